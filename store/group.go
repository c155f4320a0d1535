// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	groupSize = 128                    // most jobs in one transaction
	groupOpen = 8                      // so many may join while it runs
	groupTime = 50 * time.Millisecond  // longest that others wait for the lock
	retryLock = 500 * time.Microsecond // between attempts to get the write lock
	yieldLock = 200 * time.Microsecond // given to other processes after a full group
)

// group is SQLite's one writer: it runs the jobs that wait in one transaction
// and commits once for all; nobody is answered before the commit. A job that
// is refused before it wrote leaves nothing behind. When one fails later, or
// SQLite itself does, which may have ended the transaction, all are undone and
// run again, each in a savepoint of its own, so that one loses only that.
// Savepoints from the start cost each job two statements and a copy of every
// page that it changes first.
type group struct {
	engine *liteEngine
	wait   time.Duration
	conn   *sql.Conn
	stmts  *prepared   // on conn; only the writer's goroutine uses both
	wal    os.FileInfo // the write-ahead log as first seen, nil before
	known  standingCache

	jobs chan *job
	done chan struct{}
	mu   sync.RWMutex // guards closed, against sends on a closed channel
	shut bool
}

// job is one caller's transaction.
type job struct {
	ctx      context.Context
	work     func(context.Context, *tx) error
	err      error
	panicked any
	ended    chan struct{}
}

func startGroup(ctx context.Context, e *liteEngine, wait time.Duration) (*group, error) {
	conn, err := e.writers.Conn(ctx)
	if err != nil {
		return nil, classify(err)
	}
	// begin waits for the lock itself, in short steps: SQLite's own handler
	// sleeps up to 100 ms and would starve beside a busy server.
	if _, err := conn.ExecContext(ctx, `PRAGMA busy_timeout = 1`); err != nil {
		return nil, errors.Join(classify(err), conn.Close())
	}
	g := &group{
		engine: e, wait: wait, conn: conn, stmts: &prepared{on: conn},
		jobs: make(chan *job, groupSize), done: make(chan struct{}),
	}
	go g.run()
	return g, nil
}

// do queues work and waits for its commit. A caller that gives up before its
// job began takes it back; one that began is waited for, so that its outcome
// is known.
func (g *group) do(ctx context.Context, work func(context.Context, *tx) error) error {
	j := &job{ctx: ctx, work: work, ended: make(chan struct{})}
	if err := g.send(ctx, j); err != nil {
		return err
	}
	<-j.ended
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

func (g *group) send(ctx context.Context, j *job) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.shut {
		return unavailable(errors.New("the database is closed"))
	}
	select {
	case g.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *group) close() error {
	g.mu.Lock()
	already := g.shut
	g.shut = true
	g.mu.Unlock()
	if already {
		return nil
	}
	close(g.jobs)
	<-g.done
	return errors.Join(g.stmts.close(), g.conn.Close())
}

func (g *group) run() {
	defer close(g.done)
	for j := range g.jobs {
		batch := g.transaction(j)
		for _, b := range batch {
			close(b.ended)
		}
		if len(batch) > 1 && len(g.jobs) > 0 {
			time.Sleep(yieldLock)
		}
	}
}

// transaction runs first and the jobs that wait behind it, and returns them
// with their outcomes. Who comes later waits for the next one: if all callers
// were let into each transaction, they would all compute at the same time and
// then all wait for the disk at the same time.
func (g *group) transaction(first *job) []*job {
	ctx := context.Background() // a caller's end must not undo the others' work
	batch := []*job{first}
	if err := g.begin(ctx); err != nil {
		return fail(g.drain(batch), err)
	}
	t := &tx{querier: g.stmts, standing: &g.known}
	start, most := time.Now(), min(max(groupOpen, 1+len(g.jobs)), groupSize)
	for i := 0; i < len(batch); i++ {
		t.wrote = false
		g.call(t, batch[i])
		if err := batch[i].err; err != nil && (t.wrote || sqliteFailed(err)) {
			g.rollback(ctx)
			return g.guarded(batch)
		}
		if i == len(batch)-1 && len(batch) < most && time.Since(start) < groupTime {
			batch = g.next(batch)
		}
	}
	return g.commit(ctx, t, batch)
}

// guarded runs jobs of which one is known to fail.
func (g *group) guarded(batch []*job) []*job {
	ctx := context.Background()
	if err := g.begin(ctx); err != nil {
		return fail(batch, err)
	}
	t := &tx{querier: g.stmts, standing: &g.known}
	for _, j := range batch {
		if err := g.savepoint(ctx, t, j); err != nil {
			g.rollback(ctx)
			return g.separate(batch, j, err)
		}
	}
	return g.commit(ctx, t, batch)
}

// separate ends a transaction that one job brought down with it, as on a full
// disk: the others, undone for no fault of theirs, run again one by one.
func (g *group) separate(batch []*job, culprit *job, err error) []*job {
	for _, j := range batch {
		if j != culprit && j.err == nil {
			g.guarded([]*job{j})
		}
	}
	culprit.err = err
	return batch
}

// next adds a waiting job to the batch, if there is one.
func (g *group) next(batch []*job) []*job {
	select {
	case j, open := <-g.jobs:
		if open {
			batch = append(batch, j)
		}
	default:
	}
	return batch
}

// drain adds all waiting jobs: when the lock cannot be had they need not wait
// for the same in turn.
func (g *group) drain(batch []*job) []*job {
	for before := 0; before < len(batch); {
		before = len(batch)
		batch = g.next(batch)
	}
	return batch
}

// fail gives every job that would have succeeded the error of the transaction.
func fail(batch []*job, err error) []*job {
	for _, j := range batch {
		if j.err == nil {
			j.err = err
		}
	}
	return batch
}

func (g *group) begin(ctx context.Context) error {
	deadline := time.Now().Add(g.wait)
	for {
		_, err := g.stmts.exec(ctx, `BEGIN IMMEDIATE`)
		switch {
		case err == nil:
			return g.started(ctx)
		case !busy(err) || time.Now().After(deadline):
			return fmt.Errorf("begin transaction: %w", err)
		}
		time.Sleep(retryLock)
	}
}

// started drops what another connection may have changed since the last
// transaction.
func (g *group) started(ctx context.Context) error {
	err := g.known.refresh(ctx, g.stmts)
	if err != nil {
		g.rollback(ctx)
	}
	return err
}

// savepoint runs one job. The job's own error stays with the job; the error
// returned concerns the whole transaction.
func (g *group) savepoint(ctx context.Context, t *tx, j *job) error {
	if _, err := g.stmts.exec(ctx, `SAVEPOINT job`); err != nil {
		return err
	}
	before := t.mark()
	g.call(t, j)
	if j.err != nil {
		t.reset(before)
		if _, err := g.stmts.exec(ctx, `ROLLBACK TO job`); err != nil {
			return unavailable(j.err) // SQLite ended the transaction, as it does on a full disk
		}
	}
	_, err := g.stmts.exec(ctx, `RELEASE job`)
	return err
}

// call runs a job unless its caller has given up. It keeps a panic from ending
// the writer; do raises it again where the caller can see it.
func (g *group) call(t *tx, j *job) {
	defer func() {
		if p := recover(); p != nil {
			j.panicked, j.err = p, errors.New("panic in a transaction")
		}
	}()
	if j.panicked, j.err = nil, j.ctx.Err(); j.err == nil {
		j.err = j.work(context.WithoutCancel(j.ctx), t)
	}
}

// commit makes the jobs' work durable, or gives all of them the error.
func (g *group) commit(ctx context.Context, t *tx, batch []*job) []*job {
	if err := g.write(ctx, t); err != nil {
		g.rollback(ctx)
		return fail(batch, err)
	}
	return batch
}

func (g *group) write(ctx context.Context, t *tx) error {
	if err := t.finish(ctx); err != nil {
		return err
	}
	if err := g.present(); err != nil {
		return err
	}
	if _, err := g.stmts.exec(ctx, `COMMIT`); err != nil {
		return fmt.Errorf("commit: %w", unavailable(err))
	}
	return nil
}

// present checks database and write-ahead log; both can be replaced under an
// open descriptor.
func (g *group) present() error {
	if err := g.engine.present(); err != nil {
		return err
	}
	wal, err := os.Stat(g.engine.path + "-wal")
	switch {
	case err != nil:
		return unavailable(errVanished)
	case g.wal == nil:
		g.wal = wal
	case !os.SameFile(wal, g.wal):
		return unavailable(errVanished)
	}
	return nil
}

// rollback ends the transaction if it is still open.
func (g *group) rollback(ctx context.Context) {
	_, _ = g.stmts.exec(ctx, `ROLLBACK`) // an error means that there is none
	g.known.forget()
}
