package engine

import (
	"context"
	"slices"
	"time"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// share is the rows of a piece that pass the first conditions of a rule, by the worker
// that they fall to: those of worker w are rows[ends[w-1]:ends[w]], ascending.
type share struct {
	rows []int32
	ends []int32
	all  bool // all rows of the piece, of one worker, which are not listed
}

// of is the rows of a worker. Where it has all, none are listed.
func (s *share) of(worker int) (rows []int32, all, any bool) {
	from := int32(0)
	if worker > 0 {
		from = s.ends[worker-1]
	}
	to := s.ends[worker]
	if s.all {
		return nil, true, to > from
	}
	return s.rows[from:to], false, to > from
}

// judge does what single rows of a piece need.
func (w *worker) judge(ctx context.Context, p *piece) error {
	w.step = p.step
	s, mine := w.Engine.streams[p.stream], &w.streams[p.stream]
	s.frame.Begin(p.batch.Cols, p.batch.N)
	s.look()
	due := mine.rows
	if s.index != nil {
		due = s.index.due(mine.rows, p.batch)
	}
	for _, r := range due {
		if err := r.first(ctx, p.batch); err != nil {
			return err
		}
	}
	mine.owners.begin()
	p.shares = slices.Grow(p.shares[:0], len(mine.divided))[:len(mine.divided)]
	for i, r := range mine.divided {
		began := time.Now()
		seg := &r.segs[0]
		var rows []int32
		if seg.in += int64(p.batch.N); seg.def.Filter != None {
			rows = s.frame.Rows(seg.def.Filter, nil)
		}
		w.share(&p.shares[i], r, p.batch.N, rows)
		seg.spent += time.Since(began)
	}
	return nil
}

// share gives the rows of a piece (nil: all n) to the workers.
func (w *worker) share(s *share, r *rule, n int, rows []int32) {
	s.all, s.ends = false, slices.Grow(s.ends[:0], w.of)[:w.of]
	if r.def.Split.Kind == Whole {
		if s.all = rows == nil; !s.all {
			n = len(rows)
		}
		s.rows = append(s.rows[:0], rows...)
		for i := range s.ends {
			s.ends[i] = 0
			if i >= r.place%w.of {
				s.ends[i] = int32(n)
			}
		}
		return
	}
	o := &w.streams[r.def.Stream].owners
	s.deal(o.rows(o.number(r.def.Split.Keys), n, rows), rows)
}

// take takes the worker's rows of a piece through its rules.
func (w *worker) take(ctx context.Context, p *piece) error {
	mine := &w.streams[p.stream]
	begun := false
	for i, r := range mine.divided {
		rows, all, some := p.shares[i].of(w.number)
		if !some {
			continue
		}
		if !begun {
			begun = true
			mine.frame.Begin(p.batch.Cols, p.batch.N)
		}
		if all {
			rows = nil
		}
		if err := r.have(ctx, p.batch, rows); err != nil {
			return err
		}
	}
	return nil
}

// have takes rows that have passed the first conditions on. Which rows they are is
// only told where a column has to be computed.
func (r *rule) have(ctx context.Context, b *runtime.Batch, rows []int32) error {
	seg := &r.segs[0]
	began := time.Now()
	defer func() { seg.spent += time.Since(began) }()
	var mask vec.Bitmap
	if rows != nil && !r.plain {
		mask = vec.FromRows(rows, b.N)
	}
	return r.hand(ctx, 0, b, rows, mask)
}
