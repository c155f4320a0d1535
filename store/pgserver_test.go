// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
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
)

// The suite runs on the PostgreSQL server that GOVSEAL_TEST_PG names, or on
// one that it starts from the system's own programs in a temporary folder.

var pg struct {
	once sync.Once
	url  string
	skip string // why there is none
	stop func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if pg.stop != nil {
		pg.stop()
	}
	os.Exit(code)
}

var databases atomic.Int64

// newPostgres makes an empty database and returns its address.
func newPostgres(t testing.TB) string {
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
	if _, err := admin.Exec(`CREATE DATABASE ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`) })
	u, err := url.Parse(pg.url)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
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
	pg.stop = func() { os.RemoveAll(dir) }
	data := filepath.Join(dir, "data")
	if err := os.Chmod(dir, 0o777); err != nil {
		return err
	}
	if out, err := asPostgres(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"); err != nil {
		return fmt.Errorf("initdb: %v: %.200s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=%s", port, data)
	if flag.Lookup("test.bench").Value.String() == "" {
		options += " -c fsync=off -c full_page_writes=off"
	}
	ctl := filepath.Join(bin, "pg_ctl")
	out, err := asPostgres(ctl, "-D", data, "-w", "-t", "30", "-l", filepath.Join(data, "log"), "-o", options, "start")
	if err != nil {
		return fmt.Errorf("pg_ctl start: %v: %.200s", err, out)
	}
	pg.stop = func() {
		_, _ = asPostgres(ctl, "-D", data, "-m", "immediate", "stop")
		os.RemoveAll(dir)
	}
	pg.url = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return nil
}

// asPostgres runs a program of the server, which refuses to run as root.
func asPostgres(name string, args ...string) ([]byte, error) {
	if os.Getuid() == 0 {
		args = append([]string{"-u", "postgres", "--", name}, args...)
		name = "runuser"
	}
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir = "/"
	// pg_ctl's server keeps standard output open: a pipe would never end.
	log, err := os.CreateTemp("", "govseal-pg-log-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	err = cmd.Run()
	out, _ := os.ReadFile(log.Name())
	return out, err
}

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
