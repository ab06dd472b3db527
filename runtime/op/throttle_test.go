package op

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

func TestThrottle(t *testing.T) {
	a := Args{Head: []Arg{konst(10 * time.Second)}, Clauses: map[string][]Arg{"by": {col(0, "key", types.TString)}}}
	build := func() []runtime.Operator { return []runtime.Operator{must(t, throttle, keyed, a)} }
	rapid.Check(t, func(rt *rapid.T) {
		events := drawEvents(rt, 5*second)
		type hold struct {
			until, n int64
		}
		var want []row
		by := map[any]hold{}
		for _, e := range events {
			k := e.vals[0]
			h, ok := by[k]
			if ok && k != nil && e.t < h.until {
				h.n++
				by[k] = h
				continue
			}
			want = append(want, row{vals: []any{k, e.vals[1], h.n}, time: e.t})
			if k != nil {
				by[k] = hold{until: e.t + 10*second}
			}
		}
		for cut := range uint64(3) {
			c := newChain(t, keyed.Cols, build)
			if got := c.feed(events, rand.New(rand.NewPCG(cut, rapid.Uint64().Draw(rt, "cut")))); lines(got) != lines(want) {
				rt.Fatalf("got\n%swant\n%s", lines(got), lines(want))
			}
		}
	})
}

// Without `by` the key is that of the window.
func TestThrottleByWindowKey(t *testing.T) {
	in := keyed
	in.Keys = []int{0}
	a := Args{Head: []Arg{konst(time.Hour)}}
	c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, throttle, in, a)} })
	got := c.feed([]event{{0, []any{"a", int64(1)}}, {1, []any{"b", int64(2)}}, {2, []any{"a", int64(3)}}}, nil)
	if len(got) != 2 || got[1].vals[0] != "b" {
		t.Errorf("got\n%s", lines(got))
	}
}

// Keys that hold nothing back any more are forgotten.
func TestThrottleForgets(t *testing.T) {
	a := Args{Head: []Arg{konst(time.Second)}, Clauses: map[string][]Arg{"by": {col(1, "x", types.TInt)}}}
	c := newChain(t, keyed.Cols, func() []runtime.Operator { return []runtime.Operator{must(t, throttle, keyed, a)} })
	for i := range 350 {
		var events []event
		for j := range 1000 {
			n := int64(i*1000 + j)
			events = append(events, event{n * second, []any{"a", n}})
		}
		c.push(events, 0, false)
	}
	if n := c.ops[0].(runtime.Meter).Meter().Groups; n > 300_000 {
		t.Errorf("%d keys are held", n)
	}
}
