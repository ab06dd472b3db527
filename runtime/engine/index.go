package engine

import (
	"context"
	"slices"
	"time"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/match"
	"github.com/detlang/det/runtime/vec"
)

// index runs the first conditions of many rules at once.
type index struct {
	m     *match.Matcher
	rules []*rule // by number in the index; nil where the index has nothing to find by
	rows  int64   // that it saw
	list  []*rule // scratch
}

func newIndex(ix *match.Index) *index {
	return &index{m: ix.Matcher(), rules: make([]*rule, ix.Rules())}
}

// due is the rules that a batch is for, in their order: others, and those for which
// the index finds rows.
func (x *index) due(others []*rule, b *runtime.Batch) []*rule {
	x.rows += int64(b.N)
	x.m.Match(b.Cols, b.N)
	x.list = append(x.list[:0], others...)
	for _, i := range x.m.Hits() {
		if r := x.rules[i]; r != nil {
			r.hold, r.maybe = x.m.Rows(int(i))
			x.list = append(x.list, r)
		}
	}
	slices.SortFunc(x.list, func(a, b *rule) int { return a.place - b.place })
	return x.list
}

// first takes a batch of the rule's stream through its first segment.
func (r *rule) first(ctx context.Context, b *runtime.Batch) error {
	if r.def.Indexed < 0 {
		return r.run(ctx, 0, b)
	}
	seg := &r.segs[0]
	began := time.Now()
	defer func() { seg.spent += time.Since(began) }()
	if len(r.maybe) == 0 {
		return r.pass(ctx, 0, b, slices.Clone(r.hold))
	}
	mask := vec.FromRows(r.maybe, b.N)
	for _, row := range r.hold {
		mask.Set(int(row))
	}
	return r.pass(ctx, 0, b, seg.frame.Rows(seg.def.Filter, mask))
}
