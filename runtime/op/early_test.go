package op

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/runtime"
)

// judgedAt reports whether row i is the last of its key and time.
func judgedAt(events []event, i int) bool {
	for _, f := range events[i+1:] {
		if f.t == events[i].t && f.vals[0] == events[i].vals[0] {
			return false
		}
	}
	return events[i].vals[0] != nil
}

func TestEarly(t *testing.T) {
	for _, c := range []struct{ length, every time.Duration }{
		{10 * time.Second, 10 * time.Second},
		{10 * time.Second, 5 * time.Second},
		{9 * time.Second, 2 * time.Second},
	} {
		t.Run(c.every.String(), func(t *testing.T) {
			a := windowArgs(c.length, map[string][]Arg{"every": {konst(c.every)}, "early": nil})
			build := func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} }
			rapid.Check(t, func(rt *rapid.T) {
				events := drawEvents(rt, 5*second)
				var want []row
				for i, e := range events {
					if !judgedAt(events, i) {
						continue
					}
					for _, w := range bounds(events, c.length.Microseconds(), c.every.Microseconds()) {
						if e.t < w[0] || e.t >= w[1] {
							continue
						}
						s := stay{key: e.vals[0].(string), start: w[0], end: w[1]}
						for j, f := range events[:i+1] {
							if f.vals[0] == e.vals[0] && f.t >= w[0] {
								s.rows = append(s.rows, j)
							}
						}
						r := s.row(events, s.rows, 2)
						r.time = e.t
						want = append(want, r)
					}
				}
				expect(rt, t, keyed.Cols, build, events, true, want)
			})
		})
	}
}

func TestEarlySession(t *testing.T) {
	a := windowArgs(10*time.Second, map[string][]Arg{"session": nil, "early": nil})
	build := func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} }
	rapid.Check(t, func(rt *rapid.T) {
		events := drawEvents(rt, 5*second)
		all := stays(events, 10*second)
		var want []row
		for i, e := range events {
			if !judgedAt(events, i) {
				continue
			}
			for _, s := range all {
				n := 0
				for n < len(s.rows) && s.rows[n] < i {
					n++
				}
				if n < len(s.rows) && s.rows[n] == i {
					s.end = e.t + 10*second
					r := s.row(events, s.rows[:n+1], 2)
					r.time = e.t
					want = append(want, r)
				}
			}
		}
		expect(rt, t, keyed.Cols, build, events, true, want)
	})
}
