package engine

import (
	"context"
	"sync/atomic"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/order"
)

// Epochs: what an engine with workers has to do is put off until there is enough of it
// that the workers seldom wait for each other. An epoch is a list of steps, batches and
// movements of the clock in the order in which they came, and is run in two phases:
//
//  1. The batches are cut into pieces, which the workers take as they come. Whoever has
//     a piece does all that single rows need: rules that look at single events, and of
//     the others the first conditions, and which worker has which of the rows (share).
//  2. Each worker takes its rows of all pieces, step by step, and moves its clock where
//     the steps say so.
//
// So each row's conditions are judged once, and a worker meets only rows that are its
// own. The alerts then go on step by step, so that an epoch does not show in them.
type epoch struct {
	steps  []step
	pieces []*piece
	spare  []*piece
	rows   int
	bytes  int64
}

// step is a batch of a stream, or, where it has none, a movement of the clock.
type step struct {
	batch     *runtime.Batch
	stream    int
	release   func()
	watermark int64
}

// piece is a stretch of a batch that holds all rows of each of its times.
type piece struct {
	step   int
	stream int
	batch  *runtime.Batch
	shares []share // by divided rule of the stream
}

// An epoch ends with so many rows, times the rules that they go to, or bytes, or steps. A
// push of fewer rows than promptRows ends it as well: where events come in small numbers,
// somebody waits for the alerts.
const (
	epochRows  = 1 << 19
	epochBytes = 64 << 20
	epochSteps = 1 << 12
	promptRows = 1 << 10
)

// Pieces have about so many rows, fewer where a worker would have none.
const (
	pieceMost  = 1 << 14
	pieceLeast = 1 << 9
)

// putOff adds a batch to the epoch, or a movement of the clock.
func (e *Engine) putOff(s step) {
	if b := s.batch; b != nil {
		for i, c := range b.Cols {
			b.Cols[i] = c.Loaded(nil) // a column is made once, and then only read
		}
		s.release = b.Keep()
		e.epoch.rows += b.N
		e.epoch.bytes += order.Size(b)
	}
	e.epoch.steps = append(e.epoch.steps, s)
}

// settleFull settles an epoch that is as large as one may be.
func (e *Engine) settleFull(ctx context.Context) error {
	p := &e.epoch
	if p.rows*max(e.shared, 1) >= epochRows || p.bytes >= epochBytes || len(p.steps) >= epochSteps {
		return e.Settle(ctx)
	}
	return nil
}

// Settle does what an engine with workers has put off: all alerts that are due are
// given. Finish, Drain and Save do so by themselves.
func (e *Engine) Settle(ctx context.Context) error {
	p := &e.epoch
	if len(p.steps) == 0 {
		return nil
	}
	defer p.clear()
	p.cut(len(e.workers), e.prog.Streams)
	var next atomic.Int64
	if err := e.each(func(w *worker) error {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(p.pieces) {
				return nil
			}
			if err := w.judge(ctx, p.pieces[i]); err != nil {
				return err
			}
		}
	}); err != nil {
		return err
	}
	e.pool()
	if err := e.each(func(w *worker) error { return w.follow(ctx, p) }); err != nil {
		return err
	}
	defer e.letGo()
	return e.goOn(ctx, e.gather())
}

// follow takes the worker's rows of all steps through its rules.
func (w *worker) follow(ctx context.Context, p *epoch) error {
	pieces := p.pieces
	for i, s := range p.steps {
		w.step = i
		if s.batch == nil {
			if err := w.advance(ctx, s.watermark); err != nil {
				return err
			}
		}
		for len(pieces) > 0 && pieces[0].step == i {
			if err := w.take(ctx, pieces[0]); err != nil {
				return err
			}
			pieces = pieces[1:]
		}
	}
	return nil
}

// goOn sends the alerts of an epoch on, and moves the clock of the rules that workers
// cannot have.
func (e *Engine) goOn(ctx context.Context, all []turn) error {
	own := e.own()
	for i, s := range e.epoch.steps {
		n := 0
		for n < len(all) && int(all[n].step) == i {
			all[n].send(e)
			n++
		}
		all = all[n:]
		if s.batch != nil {
			continue
		}
		for _, r := range own {
			if err := r.advance(ctx, s.watermark); err != nil {
				return err
			}
		}
	}
	return e.flush()
}

// cut cuts the batches into pieces.
func (p *epoch) cut(workers int, streams []*Stream) {
	most := min(max(p.rows/(4*workers), pieceLeast), pieceMost)
	for i, s := range p.steps {
		if s.batch == nil {
			continue
		}
		n := s.batch.N
		for from := 0; from < n; {
			to := n
			if n-from > most+most/2 {
				to = from + most
			}
			if streams[s.stream].Stateful {
				for to < n && s.batch.Time[to] == s.batch.Time[to-1] {
					to++
				}
			}
			x := p.piece()
			x.step, x.stream, x.batch = i, s.stream, s.batch.Slice(from, to)
			from = to
		}
	}
}

// piece adds a piece.
func (p *epoch) piece() *piece {
	x := &piece{}
	if n := len(p.spare); n > 0 {
		x, p.spare = p.spare[n-1], p.spare[:n-1]
	}
	p.pieces = append(p.pieces, x)
	return x
}

// clear ends the epoch, and lets go of its batches.
func (p *epoch) clear() {
	for i := range p.steps {
		if s := &p.steps[i]; s.batch != nil {
			s.release()
		}
	}
	for _, x := range p.pieces {
		x.batch = nil
	}
	p.spare = append(p.spare, p.pieces...)
	clear(p.steps)
	clear(p.pieces)
	p.steps, p.pieces, p.rows, p.bytes = p.steps[:0], p.pieces[:0], 0, 0
}
