package engine

import (
	"context"

	"github.com/detlang/det/runtime"
)

// timeless shows the rows of a batch that have no time, or one that no event can
// have, to the rules that look at single events. They have the time 0, do not move
// the clock, and their alerts do not flow on to other rules.
func (e *Engine) timeless(ctx context.Context, s *stream, b *runtime.Batch) error {
	valid := b.Cols[s.def.Time].Valid
	lacks := func(i int) bool { return valid != nil && !valid.Get(i) || b.Time[i] < dawn }
	if valid == nil && !anyBefore(b.Time, dawn) {
		return nil
	}
	e.untimed = true
	defer func() { e.untimed = false }()
	for i := 0; i < b.N; {
		if !lacks(i) {
			i++
			continue
		}
		j := i + 1
		for j < b.N && lacks(j) {
			j++
		}
		part := b
		if i > 0 || j < b.N {
			part = b.Slice(i, j)
		}
		own := *part
		own.Time = make([]int64, own.N)
		if err := e.single(ctx, s, &own); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// single runs a batch through the rules that keep nothing.
func (e *Engine) single(ctx context.Context, s *stream, b *runtime.Batch) error {
	s.frame.Begin(b.Cols, b.N)
	s.look()
	due := s.rules
	if s.index != nil {
		due = s.index.due(s.rules, b)
	}
	for _, r := range due {
		if len(r.segs) > 1 || r.buf != nil {
			continue
		}
		if err := r.first(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func anyBefore(times []int64, t int64) bool {
	for _, x := range times {
		if x < t {
			return true
		}
	}
	return false
}
