package det

import (
	"bytes"
	"context"
	goruntime "runtime"
	"time"

	"github.com/detlang/det/runtime/input"
)

// maxAhead is how many files are read ahead at a time, since each keeps three batches
// in memory rather than one.
const maxAhead = 8

// ahead is an input that is read beside the run: records are parsed while the engine
// works on those before, and an input that is silent holds up no other. At most two
// batches wait to be taken. What the reader sets aside is told where its batch is
// taken, so that the run is told everything in one order, by one goroutine.
type ahead struct {
	reject func(input.Reject)
	wake   chan<- struct{} // gets a token with each part; nil for none
	silent bool            // reading may take any time, and cannot be waited for

	s       input.Stream   // the reading side's, once it has begun
	rejects []input.Reject // of the part that it makes
	parts   chan part      // closed when it has ended
	stop    context.CancelFunc

	head *part // was looked at and not taken
	last part  // was taken
}

// part is what one look at an input gave.
type part struct {
	b           input.Batch
	err         error
	closed      error // of closing the input, behind the last part
	rejects     []input.Reject
	done, total int64 // see input.Progress
	floor       int64 // see input.Floor
	floors      bool
}

// openAhead opens an input that is read ahead from the first call of Next on.
func openAhead(ctx context.Context, path, format string, req input.Request) (*ahead, error) {
	a := &ahead{reject: req.Reject}
	req.Reject = a.collect
	var err error
	a.s, err = input.OpenPath(ctx, path, format, req)
	return a, err
}

// collect keeps what is set aside for the part in the making.
func (a *ahead) collect(r input.Reject) {
	r.Text = bytes.Clone(r.Text)
	a.rejects = append(a.rejects, r)
}

// begin starts the reading side, which opens the input if it has to. It ends with ctx,
// unless it hangs in the system: then with the process.
func (a *ahead) begin(ctx context.Context, open func() (input.Stream, error)) {
	a.parts = make(chan part, 1)
	ctx, a.stop = context.WithCancel(ctx)
	go a.read(ctx, open)
}

func (a *ahead) read(ctx context.Context, open func() (input.Stream, error)) {
	defer close(a.parts)
	s, err := open()
	if err != nil {
		a.give(ctx, part{err: err})
		return
	}
	for {
		var p part
		p.b, p.err = s.Next(ctx)
		if by, ok := s.(input.Progress); ok {
			p.done, p.total = by.Progress()
		}
		if by, ok := s.(input.Floor); ok {
			p.floor, p.floors = by.Floor()
		}
		if p.err != nil {
			p.closed = s.Close()
		}
		switch given := a.give(ctx, p); {
		case p.err != nil:
			return
		case !given:
			p.b.Record.Release()
			s.Close()
			return
		}
	}
}

// give hands a part over, and reports whether the run still takes any.
func (a *ahead) give(ctx context.Context, p part) bool {
	p.rejects, a.rejects = a.rejects, nil
	select {
	case a.parts <- p:
	case <-ctx.Done():
		return false
	}
	select {
	case a.wake <- struct{}{}:
	default:
	}
	return true
}

// ready reports whether there is a part to take.
func (a *ahead) ready() bool {
	if a.head == nil {
		select {
		case p, ok := <-a.parts:
			a.look(p, ok)
		default:
		}
	}
	return a.head != nil
}

// look keeps a part that came, if the reading side did not end instead.
func (a *ahead) look(p part, ok bool) {
	if ok {
		a.head = &p
	}
}

// wait waits for a part, at most so long.
func (a *ahead) wait(ctx context.Context, most time.Duration) bool {
	if a.ready() {
		return true
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case p, ok := <-a.parts:
		a.look(p, ok)
	case <-timer.C:
	case <-ctx.Done():
	}
	return a.head != nil
}

// Next takes the next part.
func (a *ahead) Next(ctx context.Context) (input.Batch, error) {
	if a.parts == nil {
		a.begin(ctx, func() (input.Stream, error) { return a.s, nil })
	}
	if a.head == nil {
		select {
		case p, ok := <-a.parts:
			a.look(p, ok)
		case <-ctx.Done():
		}
	}
	if a.head == nil { // the reading side has ended with ctx
		return input.Batch{}, ctx.Err()
	}
	a.last, a.head = *a.head, nil
	for _, r := range a.last.rejects {
		a.reject(r)
	}
	return a.last.b, a.last.err
}

// Sorted is that of the input, before anything is read.
func (a *ahead) Sorted() bool {
	s, ok := a.s.(input.Sorted)
	return ok && s.Sorted()
}

// Floor is that of the input when the last part was read.
func (a *ahead) Floor() (int64, bool) {
	if a.parts != nil {
		return a.last.floor, a.last.floors
	}
	if s, ok := a.s.(input.Floor); ok {
		return s.Floor()
	}
	return 0, false
}

// Progress is that of the input when the last part was read.
func (a *ahead) Progress() (done, total int64) { return a.last.done, a.last.total }

// Close ends reading. A silent input that has not ended is not waited for.
func (a *ahead) Close() error {
	if a.parts == nil {
		return a.s.Close()
	}
	a.stop()
	if a.silent && a.last.err == nil {
		return nil
	}
	if a.head != nil && a.head.err == nil {
		a.head.b.Record.Release()
	}
	for p := range a.parts {
		if p.err == nil {
			p.b.Record.Release()
		}
	}
	return a.last.closed
}

// readsAhead reports whether one more file should be read ahead: a second core has to
// be there for it.
func (n *run) readsAhead(path string) bool {
	return n.aheads < maxAhead && goruntime.GOMAXPROCS(0) > 1 && !isLive(path)
}
