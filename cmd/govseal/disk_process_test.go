// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"
)

// "govseal-xfsz" is govseal that is told of files that may not grow by an
// error, as of a full disk, and not by the signal SIGXFSZ.
func init() {
	programs["govseal-xfsz"] = func() {
		signal.Ignore(syscall.SIGXFSZ)
		main()
	}
}

// fullDisk is a way to leave a running server no room, and to give it back.
type fullDisk struct {
	program string
	folder  func(t *testing.T) string
	fill    func(t *testing.T, dir string, s *server)
	free    func(t *testing.T, dir string, s *server)
}

var fullDisks = map[string]fullDisk{
	"a full file system": {program: "govseal", folder: mountSmall, fill: fillUp,
		free: func(t *testing.T, dir string, _ *server) {
			if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
				t.Fatal(err)
			}
		}},
	"files that may not grow": {program: "govseal-xfsz", folder: func(t *testing.T) string { return t.TempDir() },
		fill: func(t *testing.T, _ string, s *server) { limitFiles(t, s, 4096) },
		free: func(t *testing.T, _ string, s *server) { limitFiles(t, s, unlimited) }},
}

// No room: sealing is stopped and says so, nothing half made is left,
// verification goes on; with room again the same keys succeed.
func TestFullDisk(t *testing.T) {
	for name, disk := range fullDisks {
		t.Run(name, func(t *testing.T) {
			dir := disk.folder(t)
			w := newTown(t, dir)
			s := w.serveAs(t, disk.program)
			sealed := w.sealedPDF(t, s)
			disk.fill(t, dir, s)
			var refused []order
			for n := 1000; len(refused) < 2*len(orderKinds); n++ {
				o := order{N: n}
				if n > 3000 {
					t.Fatal("two thousand stamps fit on a full disk")
				}
				if _, err := o.place(t.Context(), t, w.client(t, s, 0), w.seal); err == nil {
					continue // what room was left in the log is used up first
				}
				w.stopped(t, s, o)
				refused = append(refused, o)
			}
			s.verifies(t, sealed)
			disk.free(t, dir, s)
			// A failure that could not be recorded holds its lease for a minute.
			if _, err := w.sql(t).Exec(`UPDATE intents SET lease_until = lease_until - 60000 WHERE state = 'running'`); err != nil {
				t.Fatal(err)
			}
			var receipts []receipt
			for _, o := range refused {
				receipts = append(receipts, w.seals(t, s, o))
			}
			if code := s.terminate(t); code != 0 {
				t.Errorf("exit status %d", code)
			}
			if findings, _ := w.examine(t, receipts, 0); len(findings) > 0 {
				t.Errorf("%q", findings)
			}
			w.sound(t, "")
		})
	}
}

// mountSmall makes a file system of 24 MiB, for which one must be root.
func mountSmall(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillUp writes until not one octet more fits.
func fillUp(t *testing.T, dir string, _ *server) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err == nil {
			continue
		} else if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, io.ErrShortWrite) {
			t.Fatal(err)
		}
		size /= 2
	}
}

const unlimited = ^uint64(0)

// limitFiles sets how large a file the server may write (prlimit(2)).
func limitFiles(t *testing.T, s *server, octets uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: octets, Max: unlimited}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(s.Process.Pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
}
