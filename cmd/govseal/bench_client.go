// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// line is one caller's open connection to the service. net/http's client hands
// each request to two goroutines and back: a twentieth of a stamp's processor
// time, which no caller on a machine of its own takes from the service.
type line struct {
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer
}

// line returns the connection of a caller, made at his first request.
func (s *site) line(ctx context.Context, caller int) (*line, error) {
	if l := s.lines[caller]; l != nil {
		return l, nil
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		return nil, err
	}
	l := &line{conn, bufio.NewReader(conn), bufio.NewWriter(conn)}
	s.lines[caller] = l
	return l, nil
}

// ask sends a request and reads the whole answer, which must have the status.
func (l *line) ask(r *http.Request, status int) error {
	if err := l.conn.SetDeadline(time.Now().Add(clientTimeout)); err != nil {
		return err
	}
	if err := r.Write(l.out); err != nil {
		return err
	}
	if err := l.out.Flush(); err != nil {
		return err
	}
	res, err := http.ReadResponse(l.in, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != status {
		answer, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		return fmt.Errorf("the service answered %s: %s", res.Status, answer)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
