package det

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/input"
)

// read gives all inputs to the engine.
func (n *run) read(ctx context.Context) error {
	if n.opts.Lateness != nil {
		return n.arrive(ctx)
	}
	var merge []*file
	for _, f := range n.files {
		if f.ended {
			continue
		}
		if err := n.open(ctx, f); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			n.failed = append(n.failed, err)
			continue
		}
		stateful := n.prog.Streams[f.stream].Stateful
		if stateful && len(merge) < maxOpen && f.leads() {
			merge = append(merge, f)
			continue
		}
		for more := true; more; {
			var err error
			if more, err = n.next(ctx, f); err == nil && (!stateful || !more) {
				err = n.due()
			}
			if err != nil {
				return err
			}
		}
	}
	return n.merge(ctx, merge)
}

// merge reads files that are in order together, always the one that lies furthest
// back, and moves the clock to where all of them have come.
func (n *run) merge(ctx context.Context, files []*file) error {
	for len(files) > 0 {
		at := 0
		for i, f := range files {
			if f.frontier < files[at].frontier {
				at = i
			}
		}
		more, err := n.next(ctx, files[at])
		if err != nil {
			return err
		}
		if !more {
			files = slices.Delete(files, at, at+1)
		}
		clock := runtime.MaxTime
		for _, f := range files {
			clock = min(clock, f.frontier)
		}
		if clock != runtime.MaxTime && clock != runtime.MinTime {
			if err := n.engine.Advance(n.steady(ctx), clock); err != nil {
				return err
			}
		}
		if err := n.due(); err != nil {
			return err
		}
	}
	return nil
}

// leads reports whether the file can lead the clock while it is read: it tells a
// frontier, or is in order.
func (f *file) leads() bool {
	if floor, ok := f.s.(input.Floor); ok {
		if t, ok := floor.Floor(); ok {
			f.floor, f.frontier = floor, t
			return true
		}
	}
	sorted, ok := f.s.(input.Sorted)
	return ok && sorted.Sorted()
}

func (n *run) open(ctx context.Context, f *file) error {
	var s input.Stream
	var err error
	f.ahead = n.readsAhead(f.path)
	if f.ahead {
		s, err = openAhead(ctx, f.path, n.opts.Format, n.request(f))
	} else {
		s, err = input.OpenPath(ctx, f.path, n.opts.Format, n.request(f))
	}
	if err != nil {
		return &InputError{f.path, err}
	}
	f.s = s
	if f.ahead {
		n.aheads++
	}
	return nil
}

// next pushes a file's next batch; false at its end.
func (n *run) next(ctx context.Context, f *file) (bool, error) {
	b, err := f.s.Next(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if !errors.Is(err, io.EOF) {
			n.failed = append(n.failed, &InputError{f.path, err})
		}
		if p, ok := f.s.(input.Progress); ok {
			done, _ := p.Progress()
			n.done += done
		}
		f.ended = true
		if f.ahead {
			n.aheads--
		}
		return false, f.s.Close()
	}
	b = f.rest(b)
	defer b.Record.Release()
	n.looked[f.stream].look(b.Record)
	if rows := b.Record.NumRows(); rows > 0 {
		n.rows += rows
		pos := runtime.Positions{One: f.source, First: b.First, Row: b.Rows}
		if err := n.engine.Push(n.steady(ctx), f.stream, b.Record, pos); err != nil {
			return false, err
		}
		f.taken = b.Number(int(rows)-1) + 1
		if n.opts.Shards > 1 && isLive(f.path) { // nobody knows when the next batch comes
			if err := n.engine.Settle(n.steady(ctx)); err != nil {
				return false, err
			}
		}
	}
	if f.floor != nil {
		f.frontier, _ = f.floor.Floor()
	} else if t := n.engine.LastTime(f.stream); t != runtime.MinTime {
		f.frontier = t
	}
	n.tellFrom(f)
	return true, nil
}
