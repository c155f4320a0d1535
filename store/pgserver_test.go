// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bufio"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/govseal/govseal/store"
)

// The suite runs on the PostgreSQL server that GOVSEAL_TEST_PG names, or on
// one that it starts from the system's own programs in a temporary folder.

var pg struct {
	once sync.Once
	url  string
	skip string // why there is none
	stop func()

	created  sync.Once
	template string
	made     []string // databases to drop
}

func TestMain(m *testing.M) {
	code := m.Run()
	if pg.stop != nil {
		pg.stop()
	} else {
		dropDatabases()
	}
	os.Exit(code)
}

var databases atomic.Int64

// newPostgres makes an empty database and returns its address.
func newPostgres(t testing.TB) string { return newDatabase(t, "template0") }

// createdPostgres is newPostgres and store.Create in one, copied from a
// database that was created once: a fifth of the time.
func createdPostgres(t testing.TB) string {
	t.Helper()
	pg.created.Do(func() {
		pg.template = newDatabase(t, "template0")
		db, err := store.Create(ctx, store.Config{DSN: pg.template})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	})
	return newDatabase(t, databaseOf(pg.template))
}

func newDatabase(t testing.TB, template string) string {
	t.Helper()
	pg.once.Do(startPostgres)
	if pg.skip != "" {
		t.Skip("no PostgreSQL: " + pg.skip + "; set GOVSEAL_TEST_PG to a server's address")
	}
	admin, err := sql.Open("pgx", pg.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	name := fmt.Sprintf("govseal_test_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := admin.Exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + template); err != nil {
		t.Fatal(err)
	}
	pg.made = append(pg.made, name)
	u, err := url.Parse(pg.url)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// dropDatabases leaves a server that goes on as it was found.
func dropDatabases() {
	if pg.url == "" {
		return
	}
	admin, err := sql.Open("pgx", pg.url)
	if err != nil {
		return
	}
	defer admin.Close()
	for _, name := range pg.made {
		_, _ = admin.Exec(`DROP DATABASE IF EXISTS ` + name + ` WITH (FORCE)`)
	}
}

func startPostgres() {
	if pg.url = os.Getenv("GOVSEAL_TEST_PG"); pg.url != "" {
		return
	}
	bin, err := postgresPrograms()
	if err != nil {
		pg.skip = err.Error()
		return
	}
	if err := startCluster(bin); err != nil {
		pg.skip = err.Error()
	}
}

// postgresPrograms finds the folder of initdb and postgres.
func postgresPrograms() (string, error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for i := len(folders) - 1; i >= 0; i-- {
		_, err1 := os.Stat(filepath.Join(folders[i], "initdb"))
		_, err2 := os.Stat(filepath.Join(folders[i], "pg_ctl"))
		if err1 == nil && err2 == nil {
			return folders[i], nil
		}
	}
	return "", errors.New("initdb and pg_ctl were not found")
}

// startCluster makes a cluster on a loopback port. Its commits are durable, as
// in production, only where that is measured: in benchmarks.
func startCluster(bin string) error {
	dir, err := os.MkdirTemp("", "govseal-pg-")
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=", port)
	if flag.Lookup("test.bench").Value.String() == "" {
		options += " -c fsync=off -c full_page_writes=off"
	}
	as := "" // the server refuses to run as root
	if os.Getuid() == 0 {
		as = "runuser -u postgres --"
	}
	cmd := exec.Command("sh", "-c", serve, "sh", bin, dir, options, as)
	cmd.Dir = "/"
	rest, err := cmd.StdinPipe() // closed by stop, or by the end of this process however it comes
	if err != nil {
		return err
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if line, _ := bufio.NewReader(said).ReadString('\n'); line != "ready\n" {
		rest.Close()
		_ = cmd.Wait()
		return errors.New("a server of one's own did not start")
	}
	pg.stop = func() {
		rest.Close()
		_ = cmd.Wait()
	}
	pg.url = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return nil
}

// serve keeps a server until standard input ends, and leaves nothing behind.
const serve = `
trap '' INT
bin=$1 dir=$2 options=$3 as=$4
{
	$as "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync &&
	$as "$bin/pg_ctl" -D "$dir/data" -w -t 30 -l "$dir/data/log" -o "$options" start
} </dev/null >/dev/null 2>&1 && echo ready && cat >/dev/null
$as "$bin/pg_ctl" -D "$dir/data" -m immediate stop </dev/null >/dev/null 2>&1
rm -rf "$dir"
`

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func databaseOf(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err)
	}
	return u.Path[1:]
}
