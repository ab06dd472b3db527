package det

import (
	"context"
	"os"
	"time"

	"github.com/detlang/det/runtime/input"
)

// defaultIdle is how long a silent source is waited for unless RunOptions say
// otherwise.
const defaultIdle = 10 * time.Second

// idle is how long a silent source is waited for.
func (o *RunOptions) idle() time.Duration {
	if o.Idle > 0 {
		return o.Idle
	}
	return defaultIdle
}

// isLive reports whether an input may be silent for any time: a pipe, a terminal, a
// socket.
func isLive(path string) bool {
	if path == "-" {
		s, err := os.Stdin.Stat()
		return err == nil && !s.Mode().IsRegular()
	}
	s, err := os.Stat(path)
	return err == nil && !s.Mode().IsRegular() && !s.IsDir()
}

// live is an input that is opened and read beside the others, so that waiting for it
// holds up none of them. At most two batches of it wait to be taken.
type live struct {
	parts chan part
	head  *part // what was looked at and not taken
	s     input.Stream
}

// part is what one look at a live input gave. What the reader set aside meanwhile is
// told where the part is taken: the run's counts are no matter for several at once.
type part struct {
	b       input.Batch
	err     error
	s       input.Stream
	rejects []input.Reject
}

// goLive begins to open and read an input. wake gets a token with each part. The
// reader ends with ctx, unless it hangs in the system: then with the process.
func goLive(ctx context.Context, wake chan<- struct{}, open func(reject func(input.Reject)) (input.Stream, error)) *live {
	l := &live{parts: make(chan part, 1)}
	go func() {
		var rejects []input.Reject
		s, err := open(func(r input.Reject) { rejects = append(rejects, r) })
		for {
			p := part{err: err, s: s}
			if err == nil {
				p.b, p.err = s.Next(ctx)
			}
			p.rejects, rejects = rejects, nil
			select {
			case l.parts <- p:
			case <-ctx.Done():
				if p.err == nil {
					p.b.Record.Release()
				}
				if s != nil {
					s.Close()
				}
				return
			}
			select {
			case wake <- struct{}{}:
			default:
			}
			if p.err != nil {
				return
			}
		}
	}()
	return l
}

// ready reports whether there is a part to take.
func (l *live) ready() bool {
	if l.head == nil {
		select {
		case p := <-l.parts:
			l.head = &p
		default:
		}
	}
	return l.head != nil
}

// wait waits for a part, at most so long.
func (l *live) wait(ctx context.Context, most time.Duration) bool {
	if l.ready() {
		return true
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case p := <-l.parts:
		l.head = &p
	case <-timer.C:
	case <-ctx.Done():
	}
	return l.head != nil
}

// take gives the next part, which is ready.
func (l *live) take() part {
	p := *l.head
	l.head, l.s = nil, p.s
	return p
}

// liveStream is a live input as a stream, for the run that takes its parts.
type liveStream struct {
	*live
	reject func(input.Reject)
}

// Next gives the part that is ready.
func (s *liveStream) Next(context.Context) (input.Batch, error) {
	p := s.take()
	for _, r := range p.rejects {
		s.reject(r)
	}
	return p.b, p.err
}

// Close ends an input whose last part was taken.
func (s *liveStream) Close() error {
	if s.s == nil {
		return nil
	}
	return s.s.Close()
}
