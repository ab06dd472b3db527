package det

import (
	"context"
	"fmt"
	"slices"

	"github.com/detlang/det/runtime/input"
)

// arrive reads the files as streams, side by side: each in the order of its records,
// of all always the one that lies furthest back. So no file makes the rows of
// another late. More than maxOpen are read in portions. A live one that is silent for
// too long is not waited for until it speaks again.
func (n *run) arrive(ctx context.Context) error {
	if len(n.files) > maxOpen && n.opts.Note != nil {
		n.opts.Note(fmt.Sprintf("of %d files %d are read side by side; rows of the others may be late for these", len(n.files), maxOpen))
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	wake := make(chan struct{}, 1)
	for portion := range slices.Chunk(n.files, maxOpen) {
		var open []*file
		for _, f := range portion {
			if f.ended {
				continue
			}
			var err error
			if len(portion) > 1 && isLive(f.path) {
				n.openLive(ctx, f, wake)
			} else {
				err = n.open(ctx, f)
			}
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				n.failed = append(n.failed, err)
			default:
				n.engine.OpenFeed(f.stream, f.source)
				if p, ok := n.at[n.place(f)]; ok {
					n.engine.ResumeFeed(f.stream, f.source, p.clock)
				}
				open = append(open, f)
			}
		}
		for len(open) > 0 {
			f, err := n.furthest(ctx, open, wake)
			if err != nil {
				return err
			}
			more, err := n.next(ctx, f)
			if err == nil && !more {
				open = slices.DeleteFunc(open, func(o *file) bool { return o == f })
				err = n.engine.CloseFeed(n.steady(ctx), f.stream, f.source)
			}
			if err == nil {
				err = n.due()
			}
			if err != nil {
				return err
			}
			f.frontier = n.engine.FeedClock(f.stream, f.source)
		}
	}
	return nil
}

// openLive begins to open and read a live input.
func (n *run) openLive(ctx context.Context, f *file, wake chan<- struct{}) {
	req := n.request(f)
	f.live = &ahead{reject: req.Reject, wake: wake, silent: true}
	req.Reject = f.live.collect
	f.live.begin(ctx, func() (input.Stream, error) { return input.OpenPath(ctx, f.path, n.opts.Format, req) })
	f.s = f.live
}

// furthest is the file that lies furthest back of those that are not idle, and can be
// read without waiting. Where all are idle, it waits for one of them.
func (n *run) furthest(ctx context.Context, open []*file, wake <-chan struct{}) (*file, error) {
	for {
		var at *file
		for _, f := range open {
			if f.idle && f.live.ready() {
				f.idle = false
				n.engine.WakeFeed(f.stream, f.source)
			}
			if !f.idle && (at == nil || f.frontier < at.frontier) {
				at = f
			}
		}
		switch {
		case at == nil:
			select {
			case <-wake:
			case <-ctx.Done():
			}
		case at.live == nil || at.live.wait(ctx, n.opts.idle()):
			return at, nil
		default:
			at.idle = true
			if err := n.engine.IdleFeed(n.steady(ctx), at.stream, at.source); err != nil {
				return nil, err
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}
