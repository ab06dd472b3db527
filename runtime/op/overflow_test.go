package op

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/runtime"
)

// admitted is the events that find room when at most two keys are held at a time,
// and how many do not. live reports whether a key still holds its place at t, given
// the time of its last event.
func admitted(events []event, live func(last, t int64) bool) (in []event, left int64) {
	last := map[string]int64{}
	for i, e := range events {
		if i == 0 || e.t != events[i-1].t {
			for k, at := range last {
				if !live(at, e.t) {
					delete(last, k)
				}
			}
		}
		k, ok := e.vals[0].(string)
		if !ok {
			continue
		}
		if _, ok := last[k]; !ok && len(last) == 2 {
			left++
			continue
		}
		last[k] = e.t
		in = append(in, e)
	}
	return in, left
}

// A full table leaves rows out and counts them; keys that are not in use any more
// make room, at the very moment at which they are not, however the input is cut.
func TestFullTable(t *testing.T) {
	const w = 10 * second
	for _, c := range []struct {
		name    string
		clauses map[string][]Arg
		live    func(last, t int64) bool
	}{
		{"tumbling", nil, func(last, t int64) bool { return floorDiv(last, w) == floorDiv(t, w) }},
		{"hopping", map[string][]Arg{"every": {konst(5 * time.Second)}}, func(last, t int64) bool { return floorDiv(last, w/2)*w/2+w > t }},
		{"sliding", map[string][]Arg{"sliding": nil}, func(last, t int64) bool { return last > t-w }},
		{"session", map[string][]Arg{"session": nil}, func(last, t int64) bool { return last+w > t }},
		{"early", map[string][]Arg{"early": nil}, func(last, t int64) bool { return floorDiv(last, w) == floorDiv(t, w) }},
		{"early session", map[string][]Arg{"early": nil, "session": nil}, func(last, t int64) bool { return last+w > t }},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := windowArgs(10*time.Second, c.clauses)
			a.Keep = 0
			full := windowArgs(10*time.Second, c.clauses)
			full.Clauses["max"] = []Arg{konst(int64(2))}
			full.Keep = 0
			rapid.Check(t, func(rt *rapid.T) {
				events := drawEvents(rt, 5*second)
				for i := range events {
					if rapid.IntRange(0, 3).Draw(rt, "other") == 0 {
						events[i].vals[0] = string(rune('p' + rapid.IntRange(0, 5).Draw(rt, "key")))
					}
				}
				in, left := admitted(events, c.live)
				// The reference is the same window over what was admitted; missing keys stay,
				// since they tell the time.
				var kept []event
				k := 0
				for _, e := range events {
					switch {
					case k < len(in) && in[k].vals[1] == e.vals[1]:
						kept = append(kept, e)
						k++
					default:
						kept = append(kept, event{e.t, []any{nil, e.vals[1]}})
					}
				}
				want := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} }).feed(kept, nil)
				for cut := range 3 {
					ch := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, full)} })
					got := ch.feed(events, cuts(rt, cut))
					if lines(got) != lines(want) {
						rt.Fatalf("got\n%swant\n%sof %v", lines(got), lines(want), events)
					}
					if m := ch.ops[0].(runtime.Meter).Meter(); m.Overflow != left {
						rt.Fatalf("%d rows left out, want %d of %v", m.Overflow, left, events)
					}
				}
			})
		})
	}
}
