package op

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/runtime"
)

// stay is a session of the reference.
type stay struct {
	key        string
	start, end int64
	rows       []int
}

// stays are the sessions of some events, in the order of their ends.
func stays(events []event, gap int64) []stay {
	var all []stay
	open := map[string]int{}
	for i, e := range events {
		k, ok := e.vals[0].(string)
		if !ok {
			continue
		}
		at, ok := open[k]
		if !ok || e.t >= all[at].end {
			at = len(all)
			open[k] = at
			all = append(all, stay{key: k, start: e.t})
		}
		all[at].end = e.t + gap
		all[at].rows = append(all[at].rows, i)
	}
	slices.SortStableFunc(all, func(a, b stay) int {
		return a.rows[len(a.rows)-1] - b.rows[len(b.rows)-1]
	})
	return all
}

func (s *stay) row(events []event, rows []int, keep int) row {
	var list []string
	var ev []runtime.Event
	for _, i := range rows {
		list = append(list, fmt.Sprint(events[i].vals[1]))
		ev = append(ev, shown(i, events[i]))
	}
	return row{
		vals: []any{s.key, s.start, s.end, strings.Join(list, " ")}, time: s.end, start: s.start, end: s.end,
		evidence: ev[max(0, len(ev)-keep):],
	}
}

func TestSession(t *testing.T) {
	a := windowArgs(10*time.Second, map[string][]Arg{"session": nil})
	build := func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} }
	rapid.Check(t, func(rt *rapid.T) {
		events := drawEvents(rt, 5*second)
		var want []row
		for _, s := range stays(events, 10*second) {
			r := s.row(events, s.rows, 2)
			r.partial = s.end > events[len(events)-1].t
			want = append(want, r)
		}
		expect(rt, t, keyed.Cols, build, events, true, want)
	})
}

// An event exactly a gap after the last one starts another session (trap 9).
func TestSessionBoundary(t *testing.T) {
	a := windowArgs(10*time.Second, map[string][]Arg{"session": nil})
	c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} })
	got := c.feed([]event{{0, []any{"a", int64(1)}}, {10*second - 1, []any{"a", int64(2)}}, {20*second - 1, []any{"a", int64(3)}}}, nil)
	if len(got) != 2 || got[0].vals[3] != "1 2" || got[1].vals[3] != "3" {
		t.Errorf("got\n%s", lines(got))
	}
}
