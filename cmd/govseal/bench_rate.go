// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// figure is one line of the result.
type figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Ratio  float64 `json:"ratio,omitempty"`    // to the figure Of, median of the turns
	Work   float64 `json:"cpuRatio,omitempty"` // as Ratio, of processor times: what other processes disturb least
	Of     string  `json:"of,omitempty"`
	Target float64 `json:"target,omitempty"` // of the ratio; 0 means none
	AtMost bool    `json:"atMost,omitempty"` // the target is a ceiling
	CPU    float64 `json:"cpuMicroseconds,omitempty"`
	Counts string  `json:"counts,omitempty"` // what one operation holds
}

// contest is something done over and over; its rate is a figure.
type contest struct {
	name, unit, of string
	workers        int
	scale          float64 // units of one operation; 0 means 1
	target         float64
	counts         string
	do             func(ctx context.Context, worker int) error
}

// turn is what one contest reached in one round.
type turn struct{ rate, cpu float64 }

// measure lets all contests have their turn in every round.
func (b *bench) measure(ctx context.Context, contests []contest) error {
	turns := map[string][]turn{}
	for round := range b.rounds {
		for _, c := range contests {
			b.progress(fmt.Sprintf("round %d of %d: %s", round+1, b.rounds, c.name))
			t, err := c.take(ctx, b.slice)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			turns[c.name] = append(turns[c.name], t)
		}
	}
	for _, c := range contests {
		f := figure{Name: c.name, Unit: c.unit, Of: c.of, Target: c.target, Counts: c.counts}
		var rates, cpus, ratios, works []float64
		for i, t := range turns[c.name] {
			rates, cpus = append(rates, t.rate), append(cpus, t.cpu)
			if c.of != "" {
				ratios = append(ratios, t.rate/turns[c.of][i].rate)
				if t.cpu > 0 {
					works = append(works, turns[c.of][i].cpu/t.cpu)
				}
			}
		}
		f.Value, f.CPU, f.Ratio, f.Work = median(rates), median(cpus), median(ratios), median(works)
		b.figures = append(b.figures, f)
	}
	return nil
}

// take runs the contest for about the time given, once at least by each
// worker.
func (c contest) take(ctx context.Context, slice time.Duration) (turn, error) {
	runtime.GC() // the rubbish of the contest before is not ours
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var done atomic.Int64
	var all sync.WaitGroup
	used, start := processorTime(), time.Now()
	for worker := range c.workers {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := c.do(ctx, worker); err != nil {
					stop(err)
					return
				}
				done.Add(1)
				if time.Since(start) >= slice {
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	n := float64(done.Load())
	t := turn{rate: n / took.Seconds(), cpu: float64((processorTime() - used).Microseconds()) / n}
	if c.scale != 0 {
		t.rate *= c.scale
	}
	return t, context.Cause(ctx)
}

// median of nothing is 0.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// heap is what objects occupy, dead ones not yet swept included: what the
// process must have, not only what it still needs.
const heap = "/memory/classes/heap/objects:bytes"

// peak returns by how many octets the heap grew at most while work ran,
// looked at five thousand times a second.
func peak(work func() error) (float64, error) {
	runtime.GC()
	base := heapNow()
	ended, highest := make(chan struct{}), make(chan uint64, 1)
	go func() {
		high := base
		for tick := time.NewTicker(200 * time.Microsecond); ; {
			high = max(high, heapNow())
			select {
			case <-ended:
				tick.Stop()
				highest <- high
				return
			case <-tick.C:
			}
		}
	}()
	err := work()
	close(ended)
	return float64(<-highest - base), err
}

func heapNow() uint64 {
	sample := []metrics.Sample{{Name: heap}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
