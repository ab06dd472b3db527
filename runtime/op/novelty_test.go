package op

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

var noveltyColumns = []runtime.Column{{Name: "key", Type: types.TString}, {Name: "value", Type: types.TInt}, {Name: "n", Type: types.TInt}}

// rarity is the arguments of first_seen (below 1) or rare as a test draws them.
type rarity struct {
	over, after int64
	global      bool
	below       int64
	share       float64
	min         int64
}

func (q rarity) spec() (Spec, Args) {
	us := func(n int64) Arg { return konst(time.Duration(n) * time.Microsecond) }
	a := Args{Clauses: map[string][]Arg{
		"by": {col(0, "key", types.TString)}, "of": {col(1, "value", types.TInt)},
		"over": {us(q.over)}, "after": {us(q.after)},
	}}
	if q.global {
		a.Clauses["global"] = nil
	}
	switch {
	case q.share > 0:
		a.Clauses["below"], a.Clauses["min"] = []Arg{konst(q.share)}, []Arg{konst(q.min)}
	case q.below == 1:
		return firstSeen, a
	default:
		a.Clauses["below"] = []Arg{konst(float64(q.below))}
	}
	return rare, a
}

// expected is the numbers of the rows that pass, by the definition.
func (q rarity) expected(events []event) []string {
	var out []string
	whole := func(e event) bool { return e.vals[0] != nil && e.vals[1] != nil }
	for i, e := range events {
		if !whole(e) {
			continue
		}
		var seen, rows int64
		since, last := e.t, int64(-1) // of the key
		start := e.t
		again := false
		for _, o := range events[:i] {
			if !whole(o) {
				continue
			}
			start = min(start, o.t)
			if o.vals[0] != e.vals[0] {
				continue
			}
			if o.t == e.t {
				again = again || o.vals[1] == e.vals[1]
				continue
			}
			if last < 0 || o.t-last >= q.over {
				since = o.t
			}
			last = o.t
			if e.t-o.t < q.over {
				rows++
				if o.vals[1] == e.vals[1] {
					seen++
				}
			}
		}
		if last < 0 || e.t-last >= q.over {
			since = e.t
		}
		if q.global {
			since = start
		}
		few := seen < q.below
		if q.share > 0 {
			few = rows >= q.min && float64(seen)/float64(rows) < q.share
		}
		if again || !few || e.t-since < q.after {
			continue
		}
		line := fmt.Sprint(e.vals[2])
		if q.share > 0 || q.below > 1 {
			line += fmt.Sprint(" ", seen)
		}
		if q.share > 0 {
			line += fmt.Sprint(" ", float64(seen)/float64(rows))
		}
		out = append(out, line)
	}
	return out
}

// TestNoveltyIsItsDefinition holds first_seen and rare, in whatever batches and with
// whatever restarts, against looking at all rows before each.
func TestNoveltyIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rarity{
			over: rapid.Int64Range(1, 20).Draw(t, "over"), after: rapid.Int64Range(0, 12).Draw(t, "after"),
			global: rapid.Bool().Draw(t, "global"), below: rapid.Int64Range(1, 4).Draw(t, "below"),
		}
		if rapid.Bool().Draw(t, "shared") {
			q.below, q.share, q.min = 0, rapid.SampledFrom([]float64{0.1, 0.25, 0.5}).Draw(t, "share"), rapid.Int64Range(1, 5).Draw(t, "min")
		}
		var events []event
		now := int64(100)
		for i := range rapid.IntRange(1, 60).Draw(t, "events") {
			now += rapid.SampledFrom([]int64{0, 0, 1, 2, 7}).Draw(t, "step")
			events = append(events, event{now, []any{
				rapid.SampledFrom([]any{"a", "a", "b", nil}).Draw(t, "key"),
				rapid.SampledFrom([]any{int64(1), int64(2), int64(3), nil}).Draw(t, "value"), int64(i),
			}})
		}
		want := q.expected(events)
		for i := range 4 {
			c := newChain(&testing.T{}, noveltyColumns, func() []runtime.Operator {
				spec, a := q.spec()
				o, err := spec.New(Row{Cols: noveltyColumns}, &a)
				if err != nil {
					t.Fatal(err)
				}
				return []runtime.Operator{o}
			})
			var got []string
			for _, r := range c.feed(events, cuts(t, i)) {
				line := fmt.Sprint(r.vals[2])
				for _, x := range r.vals[3:] {
					line += fmt.Sprint(" ", x)
				}
				got = append(got, line)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%+v\nevents %v\n got %q\nwant %q", q, events, got, want)
			}
		}
	})
}

// TestNoveltyMakesRoom fills the table of values: those that are forgotten make room,
// others are left out and counted, however the rows come.
func TestNoveltyMakesRoom(t *testing.T) {
	for _, size := range []int{1, 2, 100} {
		a := Args{Clauses: map[string][]Arg{
			"of": {col(1, "value", types.TInt)}, "over": {konst(10 * time.Microsecond)}, "after": {konst(time.Duration(0))}, "max": {konst(int64(2))},
		}}
		c := newChain(t, noveltyColumns, func() []runtime.Operator { return []runtime.Operator{must(t, firstSeen, Row{Cols: noveltyColumns}, a)} })
		var events []event
		for i, e := range []struct{ t, value int64 }{{100, 1}, {101, 2}, {102, 3}, {110, 4}, {111, 5}, {111, 6}, {112, 5}} {
			events = append(events, event{e.t, []any{"k", e.value, int64(i)}})
		}
		for i := 0; i < len(events); {
			j := min(i+size, len(events))
			for j < len(events) && events[j].t == events[j-1].t {
				j++
			}
			c.push(events[i:j], i, false)
			i = j
		}
		var got []int64
		for _, r := range c.out {
			got = append(got, r.vals[1].(int64))
		}
		// 3 finds 1 and 2 remembered; at 110 the first is forgotten, at 111 the second.
		if want := []int64{1, 2, 4, 5}; !slices.Equal(got, want) {
			t.Errorf("batches of %d: %v passed, want %v", size, got, want)
		}
		if m := c.ops[0].(runtime.Meter).Meter(); m.Overflow != 2 {
			t.Errorf("batches of %d: %d rows were left out, want 2", size, m.Overflow)
		}
	}
}

func TestNoveltyRefuses(t *testing.T) {
	base := func() Args {
		return Args{Clauses: map[string][]Arg{"of": {col(1, "value", types.TInt)}, "over": {konst(time.Hour)}, "below": {konst(3.0)}}}
	}
	for _, tt := range []struct {
		clause string
		arg    Arg
	}{
		{"below", konst(0.0)}, {"below", konst(-1.0)}, {"below", konst(2.5)}, {"below", konst(1e6)},
		{"min", konst(int64(5))},
		{"over", konst(time.Duration(0))}, {"after", konst(-time.Hour)}, {"max", konst(int64(0))},
		{"of", col(1, "tags", types.ListOf(types.String))},
	} {
		a := base()
		a.Clauses[tt.clause] = []Arg{tt.arg}
		if _, e := rare.Output(Row{Cols: noveltyColumns}, &a); e == nil || e.Clause != tt.clause {
			t.Errorf("%s %v: %v", tt.clause, tt.arg.Const, e)
		}
	}
	a := base()
	if _, e := rare.Output(Row{Cols: []runtime.Column{{Name: seenColumn}}}, &a); e == nil {
		t.Error("a second column seen_before was taken")
	}
}
