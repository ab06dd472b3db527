package match

import (
	"slices"

	"github.com/detlang/det/runtime/vec"
)

// route is the rows of one kind of log, as the routing columns tell it: the rules
// that can hold for them, and the columns that tell which of those do.
type route struct {
	base    []int32    // predicates that hold for all of its rows, ascending
	live    vec.Bitmap // rules that base leaves open
	free    []int32    // of those the ones that every row must be held against
	columns []int32    // of the index, those that matter
	memo    memo
	rows    []int32 // scratch: of the part of a batch
	count   int64   // rows so far
}

// newRoute works out the route of a tuple of sets of the routing columns.
func (m *Matcher) newRoute(key []int32) *route {
	rt := &route{live: vec.NewBitmap(len(m.ix.rules))}
	m.begin()
	for i, c := range m.choice.routes {
		rt.base = append(rt.base, m.values[c].sets.of(key[i])...)
		if key[i] == missing {
			m.absent[c] = m.epoch
		}
	}
	m.mark(rt.base)
	needed := make([]bool, len(m.ix.columns))
	for r := range m.ix.rules {
		f := &m.ix.rules[r]
		if f.decide(m.byRoute) == no {
			continue
		}
		rt.live.Set(r)
		f.tests(func(p int32, _ bool) {
			if c := m.ix.preds[p].column; m.choice.known[p] && !slices.Contains(m.choice.routes, c) {
				needed[c] = true
			}
		})
	}
	for _, r := range m.choice.free {
		if rt.live.Get(int(r)) {
			rt.free = append(rt.free, r)
		}
	}
	for _, p := range rt.base {
		for _, r := range m.choice.finds[p] {
			if rt.live.Get(int(r)) {
				rt.free = append(rt.free, r)
			}
		}
	}
	slices.Sort(rt.free)
	rt.free = slices.Compact(rt.free)
	for c, yes := range needed {
		if yes {
			rt.columns = append(rt.columns, int32(c))
		}
	}
	rt.memo.width = len(rt.columns)
	return rt
}

// byRoute is what the routing columns tell of a test.
func (m *Matcher) byRoute(f *formula) truth {
	if f.op != test {
		return unknown
	}
	c := m.ix.preds[f.pred].column
	switch {
	case !slices.Contains(m.choice.routes, c):
		return unknown
	case m.stamp[f.pred] == m.epoch:
		return yes
	case m.choice.known[f.pred] || m.absent[c] == m.epoch:
		return no
	}
	return unknown
}
