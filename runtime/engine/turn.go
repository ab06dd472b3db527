package engine

import (
	"cmp"
	"slices"
)

// turn is an alert of a worker on its way out, with what says when it goes. The alerts
// themselves are large, and stay where they are.
type turn struct {
	step, rule int32
	time       int64
	found      *found
	nth        int32 // of those gathered
}

// gather lists the alerts of the workers: step by step, rule by rule and, of one
// rule, in the order of time. They are valid until letGo.
func (e *Engine) gather() []turn {
	all := e.turns[:0]
	for _, w := range e.workers {
		for i := range w.found {
			f := &w.found[i]
			all = append(all, turn{int32(f.step), int32(f.rule), f.alert.Time, f, int32(len(all))})
		}
	}
	e.turns = all
	slices.SortFunc(all, func(a, b turn) int {
		switch {
		case a.step != b.step:
			return cmp.Compare(a.step, b.step)
		case a.rule != b.rule:
			return cmp.Compare(a.rule, b.rule)
		case a.time != b.time:
			return cmp.Compare(a.time, b.time)
		}
		x, y := &a.found.at, &b.found.at
		return cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(x.row, y.row), cmp.Compare(a.nth, b.nth))
	})
	return all
}

// send sends the alert on, by the rule of the same place in front.
func (t *turn) send(e *Engine) { e.rules[t.rule].send(&t.found.alert, t.found.at) }

// letGo lets go of the alerts that were gathered.
func (e *Engine) letGo() {
	clear(e.turns)
	for _, w := range e.workers {
		clear(w.found)
		w.found = w.found[:0]
	}
}
