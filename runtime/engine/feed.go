package engine

import (
	"context"

	"github.com/detlang/det/runtime"
)

// feed is one source of one stream. Where feeds are opened, each has a clock of
// its own, by which its rows are late or not, and the watermark follows the one that
// lies furthest back: a source that is read faster makes no other late.
type feed struct {
	stream int
	source int32
}

// clocks are the feeds that are open, and the newest event time of each.
type clocks struct {
	of map[feed]*int64
	// idle are those that the watermark does not wait for.
	idle map[feed]bool
	// first is the engine's clock when the first of them was opened, which saved
	// state may have set: a new feed's first row is held against it.
	first int64
}

// OpenFeed says that rows of a source will come into a stream. Until CloseFeed
// the watermark waits for them.
func (e *Engine) OpenFeed(stream int, source int32) {
	if e.feeds.of == nil {
		e.feeds = clocks{of: map[feed]*int64{}, idle: map[feed]bool{}, first: e.clock}
	}
	at := runtime.MinTime
	e.feeds.of[feed{stream, source}] = &at
}

// ResumeFeed sets the clock of an open feed to what it was when state was saved.
func (e *Engine) ResumeFeed(stream int, source int32, clock int64) {
	*e.feeds.of[feed{stream, source}] = clock
}

// CloseFeed says that no more rows of a source will come into a stream.
func (e *Engine) CloseFeed(ctx context.Context, stream int, source int32) error {
	delete(e.feeds.of, feed{stream, source})
	delete(e.feeds.idle, feed{stream, source})
	if err := e.follow(ctx); err != nil {
		return err
	}
	return e.Settle(ctx)
}

// IdleFeed says that an open feed is silent: the watermark goes on without it, and
// rows of it that come behind the watermark are late.
func (e *Engine) IdleFeed(ctx context.Context, stream int, source int32) error {
	e.feeds.idle[feed{stream, source}] = true
	if err := e.follow(ctx); err != nil {
		return err
	}
	return e.Settle(ctx)
}

// WakeFeed says that a silent feed speaks again.
func (e *Engine) WakeFeed(stream int, source int32) { delete(e.feeds.idle, feed{stream, source}) }

// FeedClock is the newest event time of an open feed, MinTime before its first.
func (e *Engine) FeedClock(stream int, source int32) int64 {
	if at := e.feeds.of[feed{stream, source}]; at != nil {
		return *at
	}
	return runtime.MinTime
}

// clockOf gives the clock that a batch moves, and the time that its first row may
// not lie too far ahead of, MinTime for any.
func (e *Engine) clockOf(stream int, pos runtime.Positions) (clock *int64, known int64) {
	at := e.feeds.of[feed{stream, pos.One}]
	switch {
	case at == nil:
		return &e.clock, e.clock
	case *at == runtime.MinTime:
		return at, e.feeds.first
	}
	return at, *at
}

// follow moves the watermark to the newest event time less the lateness: of the
// feed that lies furthest back of those that are not idle, if feeds are open.
func (e *Engine) follow(ctx context.Context) error {
	clock := e.clock
	for f, at := range e.feeds.of {
		if !e.feeds.idle[f] {
			clock = min(clock, *at)
		}
	}
	if e.opts.Manual || clock == runtime.MinTime {
		return e.flush()
	}
	return e.Advance(ctx, clock-e.opts.Lateness.Microseconds())
}
