// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/govseal/govseal/ca"
)

// publisher keeps a folder in step with the authorities' newest certificates
// and lists. It is told after each issue of this process, and looks by itself
// for what others did. Several processes may write the same folder: each looks
// again after it wrote, so the last one to write leaves the newest list.
type publisher struct {
	dir string
	ca  *ca.Authority

	mu      sync.Mutex // one pass at a time
	written map[string]int64
	again   atomic.Bool           // somebody asked since the pass began
	failed  atomic.Pointer[error] // of the last pass
}

// publishWait bounds a pass that nobody waits for.
const publishWait = time.Minute

// told does not wait for a pass under way: a pass that issues a list is told of
// it by itself.
func (p *publisher) told(ctx context.Context) {
	p.again.Store(true)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishWait)
	defer cancel()
	for p.again.Load() && p.mu.TryLock() {
		for p.again.Swap(false) {
			_, err := p.pass(ctx)
			p.failed.Store(&err)
		}
		p.mu.Unlock()
	}
}

// state is what became of the last pass.
func (p *publisher) state() error {
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// pass writes what is new and returns the files of all that is published.
func (p *publisher) pass(ctx context.Context) (files []string, err error) {
	if err := os.MkdirAll(p.dir, 0o755); err != nil { //nolint:gosec // it is there to be read
		return nil, err
	}
	if p.written == nil {
		p.written = map[string]int64{}
	}
	cas, err := p.ca.CAs(ctx)
	if err != nil {
		return nil, err
	}
	for _, authority := range cas {
		more, e := p.authority(ctx, authority)
		files, err = append(files, more...), errors.Join(err, e)
	}
	return files, err
}

func (p *publisher) authority(ctx context.Context, authority ca.CA) (files []string, err error) {
	name := authority.ID + ".crt"
	err = p.put(name, 1, authority.Certificate)
	files = append(files, filepath.Join(p.dir, name))
	lists, e := p.ca.Lists(ctx, authority.ID)
	if e != nil {
		return files, errors.Join(err, e)
	}
	for _, id := range lists {
		e := p.list(ctx, id)
		if errors.Is(e, ca.ErrNotFound) { // no list yet, or no delta
			continue
		}
		files, err = append(files, filepath.Join(p.dir, id.Name()+".crl")), errors.Join(err, e)
	}
	return files, err
}

func (p *publisher) list(ctx context.Context, id ca.ListID) error {
	for number := int64(-1); ; {
		l, err := p.ca.List(ctx, id)
		if err != nil || l.Number == number {
			return err
		}
		if err := p.put(id.Name()+".crl", l.Number, l.DER); err != nil {
			return err
		}
		number = l.Number
	}
}

// put writes one file unless this version of it was written and is there.
func (p *publisher) put(name string, version int64, der []byte) error {
	path := filepath.Join(p.dir, name)
	if p.written[name] == version && exists(path) {
		return nil
	}
	if err := writeDurably(path, der, 0o644); err != nil {
		return err
	}
	p.written[name] = version
	return nil
}

// putPEM writes the authorities' certificates as people hand them on.
func (p *publisher) putPEM(ctx context.Context) (files []string, err error) {
	cas, err := p.ca.CAs(ctx)
	if err != nil {
		return nil, err
	}
	for _, authority := range cas {
		path := filepath.Join(p.dir, authority.ID+".pem")
		if err := writeDurably(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate}), 0o644); err != nil {
			return files, err
		}
		files = append(files, path)
	}
	return files, nil
}
