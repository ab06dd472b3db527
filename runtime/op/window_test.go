package op

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// keyed is the row of the window tests: a key and a number.
var keyed = Row{Cols: []runtime.Column{{Name: "key", Type: types.TString}, {Name: "x", Type: types.TInt}}}

// windowArgs is "window length … by key { list = listing(x) }".
func windowArgs(length any, clauses map[string][]Arg) Args {
	a := Args{
		Head:    []Arg{{Name: "all", Col: -1}},
		Clauses: map[string][]Arg{"by": {col(0, "key", types.TString)}},
		Aggs:    []Agg{{Name: "list", Spec: &listing, Args: []Arg{col(1, "x", types.TInt)}, Type: types.TString}},
		Keep:    2,
		Shown:   []int{1},
	}
	if d, ok := length.(time.Duration); ok {
		a.Head[0] = konst(d)
	}
	for w, c := range clauses {
		a.Clauses[w] = c
	}
	return a
}

// drawEvents draws events of a few keys whose times lie on and about multiples of
// step, many of them equal.
func drawEvents(t *rapid.T, step int64) []event {
	n := rapid.IntRange(0, 60).Draw(t, "events")
	at := rapid.Int64Range(-3, 3).Draw(t, "from") * step
	var out []event
	for i := range n {
		switch rapid.IntRange(0, 5).Draw(t, "gap") {
		case 0, 1:
		case 2:
			at += rapid.Int64Range(1, step-1).Draw(t, "less")
		case 3:
			at += step
		case 4:
			at = floorDiv(at, step)*step + step
		case 5:
			at += rapid.Int64Range(1, 5).Draw(t, "many") * step
		}
		var key any = string(rune('a' + rapid.IntRange(0, 3).Draw(t, "key")))
		if key == "d" {
			key = nil
		}
		out = append(out, event{at, []any{key, int64(i)}})
	}
	return out
}

// expect compares a chain's rows with the reference for several ways to cut.
func expect(t *rapid.T, tb testing.TB, cols []runtime.Column, build func() []runtime.Operator, events []event, evidence bool, want []row) {
	seed := rapid.Uint64().Draw(t, "cuts")
	for i := range 3 {
		c := newChain(tb, cols, build)
		c.keepN = evidence
		var rnd *rand.Rand
		if i > 0 {
			rnd = rand.New(rand.NewPCG(seed, uint64(i)))
		}
		if got, want := lines(c.feed(events, rnd)), lines(want); got != want {
			t.Fatalf("cut %d\ngot\n%swant\n%sof %v", i, got, want, events)
		}
		if c.owner.n != 0 {
			t.Fatalf("%d batches are still held", c.owner.n)
		}
	}
}

// expectOpen is expect for operators that still hold events when the input ends.
func expectOpen(t *rapid.T, tb testing.TB, build func() []runtime.Operator, events []event, want []row) {
	seed := rapid.Uint64().Draw(t, "cuts")
	for i := range uint64(3) {
		c := newChain(tb, keyed.Cols, build)
		c.keepN = true
		var rnd *rand.Rand
		if i > 0 {
			rnd = rand.New(rand.NewPCG(seed, i))
		}
		if got, want := lines(c.feed(events, rnd)), lines(want); got != want {
			t.Fatalf("cut %d\ngot\n%swant\n%sof %v", i, got, want, events)
		}
		c.restart()
		if c.owner.n != 0 {
			t.Fatalf("%d batches are still held", c.owner.n)
		}
	}
}

// refFixed is fixed windows from their definition: for each window in the order of
// its end, for each key in the order of appearance, the rows inside.
func refFixed(events []event, bounds [][2]int64, keep int) []row {
	var out []row
	newest := int64(-1 << 62)
	for _, e := range events {
		newest = max(newest, e.t)
	}
	for _, w := range bounds {
		var order []string
		lists, last := map[string][]string{}, map[string][]runtime.Event{}
		for i, e := range events {
			if e.t < w[0] || e.t >= w[1] || e.vals[0] == nil {
				continue
			}
			k := e.vals[0].(string)
			if lists[k] == nil {
				order = append(order, k)
			}
			lists[k] = append(lists[k], fmt.Sprint(e.vals[1]))
			last[k] = append(last[k], shown(i, e))
		}
		for _, k := range order {
			ev := last[k][max(0, len(last[k])-keep):]
			out = append(out, row{
				vals: []any{k, w[0], w[1], strings.Join(lists[k], " ")}, time: w[1], start: w[0], end: w[1],
				partial: w[1] > newest, evidence: ev,
			})
		}
	}
	return out
}

// shown is event i as evidence.
func shown(i int, e event) runtime.Event {
	return runtime.Event{Source: "s0", Row: int64(i), Time: e.t, Fields: []runtime.Named{{Name: "x", Kind: types.Int, Value: e.vals[1]}}}
}

// bounds are the windows of a length that start every step, from the epoch, that
// hold one of the events.
func bounds(events []event, length, step int64) [][2]int64 {
	var out [][2]int64
	if len(events) == 0 {
		return nil
	}
	for s := (floorDiv(events[0].t-length, step)) * step; s <= events[len(events)-1].t; s += step {
		out = append(out, [2]int64{s, s + length})
	}
	return out
}

func TestFixedWindows(t *testing.T) {
	for _, c := range []struct{ length, every time.Duration }{
		{10 * time.Second, 10 * time.Second},
		{10 * time.Second, 5 * time.Second},
		{10 * time.Second, 4 * time.Second},
		{9 * time.Second, 2 * time.Second},
		{10 * time.Second, time.Second},
	} {
		t.Run(fmt.Sprintf("%s every %s", c.length, c.every), func(t *testing.T) {
			a := windowArgs(c.length, map[string][]Arg{"every": {konst(c.every)}})
			part := 0
			build := func() []runtime.Operator {
				w := must(t, window, keyed, a)
				w.(*fixed).part = part
				return []runtime.Operator{w}
			}
			rapid.Check(t, func(rt *rapid.T) {
				part = rapid.IntRange(1, 4).Draw(rt, "part")
				events := drawEvents(rt, 5*second)
				want := refFixed(events, bounds(events, c.length.Microseconds(), c.every.Microseconds()), 2)
				expect(rt, t, keyed.Cols, build, events, true, want)
			})
		})
	}
}

// One window over everything is judged when the input ends, and is whole then.
func TestWindowAll(t *testing.T) {
	a := windowArgs("all", nil)
	build := func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} }
	rapid.Check(t, func(rt *rapid.T) {
		events := drawEvents(rt, 5*second)
		var first, last int64
		first = 1 << 62
		for _, e := range events {
			first, last = min(first, e.t), e.t
		}
		want := refFixed(events, [][2]int64{{-1 << 62, 1 << 62}}, 2)
		for i := range want {
			w := &want[i]
			w.start, w.end, w.time, w.partial = first, last, last, false
			w.vals[1], w.vals[2] = first, last
		}
		expect(rt, t, keyed.Cols, build, events, true, want)
	})
}

// An event on a boundary belongs to the window that starts there (trap 9, 18).
func TestWindowBoundary(t *testing.T) {
	a := windowArgs(10*time.Second, nil)
	c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} })
	got := c.feed([]event{{0, []any{"a", int64(1)}}, {10*second - 1, []any{"a", int64(2)}}, {10 * second, []any{"a", int64(3)}}}, nil)
	if len(got) != 2 || got[0].vals[3] != "1 2" || got[1].vals[3] != "3" || got[0].partial || !got[1].partial {
		t.Errorf("got\n%s", lines(got))
	}
}

// A window is judged when time has passed its end, not before (trap 22), and a row
// without a key is left out and counted (trap 20).
func TestWindowClosesWithTime(t *testing.T) {
	a := windowArgs(10*time.Second, nil)
	c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} })
	c.push([]event{{0, []any{"a", int64(1)}}, {1, []any{nil, int64(2)}}, {1, []any{nil, int64(3)}}}, 0, false)
	c.advance(10*second - 1)
	if len(c.out) != 0 {
		t.Errorf("judged early:\n%s", lines(c.out))
	}
	c.advance(10 * second)
	if len(c.out) != 1 || c.out[0].vals[3] != "1" {
		t.Errorf("got\n%s", lines(c.out))
	}
	if m := c.ops[0].(runtime.Meter).Meter(); m.MissingKey != 2 || m.Overflow != 0 {
		t.Errorf("meters %+v", m)
	}
}

// The limit of keys holds for what is in use; more keys are counted, not evicted.
func TestWindowOverflow(t *testing.T) {
	a := windowArgs(10*time.Second, map[string][]Arg{"max": {konst(int64(2))}})
	var events []event
	for i, k := range []string{"a", "b", "c", "a", "c"} {
		events = append(events, event{int64(i), []any{k, int64(i)}})
	}
	events = append(events, event{10 * second, []any{"c", int64(5)}}, event{10 * second, []any{"d", int64(6)}}, event{11 * second, []any{"a", int64(7)}})
	for cut := range uint64(20) {
		c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} })
		got := c.feed(events, rand.New(rand.NewPCG(cut, 1)))
		var s []string
		for _, r := range got {
			s = append(s, fmt.Sprint(r.vals[0], "=", r.vals[3]))
		}
		if strings.Join(s, ", ") != "a=0 3, b=1, c=5, d=6" {
			t.Fatalf("got %s", strings.Join(s, ", "))
		}
		if m := c.ops[0].(runtime.Meter).Meter(); m.Overflow != 3 {
			t.Fatalf("meters %+v", m)
		}
	}
}

func TestWindowRefuses(t *testing.T) {
	for _, c := range []struct {
		length  any
		clauses map[string][]Arg
		want    string
	}{
		{time.Duration(0), nil, "at least a microsecond"},
		{time.Hour, map[string][]Arg{"every": {konst(2 * time.Hour)}}, "leave events out"},
		{24 * time.Hour, map[string][]Arg{"every": {konst(time.Second)}}, "more than 10000 parts"},
		{time.Hour, map[string][]Arg{"sliding": nil, "session": nil}, "either sliding or session"},
		{time.Hour, map[string][]Arg{"sliding": nil, "every": {konst(time.Minute)}}, "either every or sliding"},
		{"all", map[string][]Arg{"session": nil}, "either all or session"},
		{time.Hour, map[string][]Arg{"sliding": nil, "early": nil}, "early belongs to"},
		{time.Hour, map[string][]Arg{"zone": {konst("Mars/Olympus")}}, "no time zone"},
		{time.Hour, map[string][]Arg{"sliding": nil, "zone": {konst("Europe/Zurich")}}, "aligned to a time zone"},
		{time.Hour, map[string][]Arg{"max": {konst(int64(0))}}, "max keys is a number"},
		{time.Hour, map[string][]Arg{"evidence": {konst(int64(-1))}}, "from 0 to 100 events"},
		{time.Hour, map[string][]Arg{"by": {col(0, "list", types.TString)}}, "two columns are called list"},
		{time.Hour, map[string][]Arg{"by": {col(0, "tags", types.ListOf(types.String))}}, "a list is no key"},
	} {
		a := windowArgs(c.length, c.clauses)
		_, e := window.Output(keyed, &a)
		if e == nil || !strings.Contains(e.Message, c.want) {
			t.Errorf("%v %v: got %v, want %q", c.length, c.clauses, e, c.want)
		}
	}
}

// The ends of time do not make a window loop or lose rows.
func TestWindowFarTimes(t *testing.T) {
	for name, clauses := range map[string]map[string][]Arg{
		"tumbling": nil,
		"hopping":  {"every": {konst(5 * time.Second)}},
		"zone":     {"zone": {konst("Europe/Zurich")}},
		"sliding":  {"sliding": nil},
		"session":  {"session": nil},
		"early":    {"early": nil},
	} {
		a := windowArgs(10*time.Second, clauses)
		c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} })
		var events []event
		for i, at := range []int64{runtime.MinTime, runtime.MinTime + 1, 0, runtime.MaxTime - 1, runtime.MaxTime, runtime.MaxTime} {
			events = append(events, event{at, []any{"a", int64(i)}})
		}
		got := c.feed(events, nil)
		if s := lines(got); !strings.Contains(s, "0 1") || !strings.Contains(s, " 2] ") || !strings.Contains(s, "4 5") {
			t.Errorf("%s: got\n%s", name, s)
		}
	}
}
