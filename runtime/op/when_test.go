package op

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// whenOver is a window with a condition on the number of events: more than limit.
func whenOver(t testing.TB, a Args, limit int64) func() []runtime.Operator {
	a.Aggs = []Agg{{Name: "n", Spec: spec("count"), Type: types.TInt}}
	a.Keep = 0
	return func() []runtime.Operator {
		return []runtime.Operator{
			must(t, window, keyed, a),
			test(func(b *runtime.Batch, r int) bool { return b.Cols[3].I64[r] > limit }),
			must(t, when, Row{}, Args{Head: []Arg{col(4, "condition", types.TBool)}}),
		}
	}
}

// fired is the keys and times of rows.
func fired(rows []row) string {
	var s []string
	for _, r := range rows {
		s = append(s, fmt.Sprintf("%v@%d", r.vals[0], r.time/second))
	}
	return strings.Join(s, " ")
}

// at makes events of one key from times in seconds.
func at(key string, seconds ...int64) []event {
	var out []event
	for _, s := range seconds {
		out = append(out, event{s * second, []any{key, s}})
	}
	return out
}

// Trap 19: past its threshold a sliding window fires once, and again only after
// the condition was false.
func TestWhenSlidingFiresOnEdge(t *testing.T) {
	a := windowArgs(10*time.Second, map[string][]Arg{"sliding": nil})
	c := newChain(t, keyed.Cols, whenOver(t, a, 2))
	got := c.feed(at("a", 0, 1, 2, 3, 4, 12, 13, 14, 15), nil)
	// More than two: at 2 it turns true; at 12 two are left of the old ones and it is
	// still true (3, 4, 12), so nothing new until it has been false.
	if fired(got) != "a@2" {
		t.Errorf("fired %s", fired(got))
	}
	c = newChain(t, keyed.Cols, whenOver(t, a, 2))
	if got := c.feed(at("a", 0, 1, 2, 11, 12, 13), nil); fired(got) != "a@2 a@13" {
		t.Errorf("fired %s, want it to rearm at 11", fired(got))
	}
}

// A key whose window has emptied is armed again, even if no row said false.
func TestWhenRearmsWhenWindowEmpties(t *testing.T) {
	a := windowArgs(10*time.Second, map[string][]Arg{"sliding": nil})
	c := newChain(t, keyed.Cols, whenOver(t, a, 0))
	if got := c.feed(at("a", 0, 1, 11, 12), nil); fired(got) != "a@0 a@11" {
		t.Errorf("fired %s", fired(got))
	}
}

// With early a window fires at the first moment and once, even if its condition
// turns false and true again; hopping windows each on their own.
func TestWhenEarlyFiresOnce(t *testing.T) {
	a := windowArgs(10*time.Second, map[string][]Arg{"early": nil})
	c := newChain(t, keyed.Cols, whenOver(t, a, 2))
	if got := c.feed(at("a", 0, 1, 2, 3, 10, 11, 12, 13), nil); fired(got) != "a@2 a@12" {
		t.Errorf("fired %s", fired(got))
	}
	a = windowArgs(10*time.Second, map[string][]Arg{"early": nil, "every": {konst(5 * time.Second)}})
	c = newChain(t, keyed.Cols, whenOver(t, a, 2))
	// The windows [-5,5), [0,10) and [5,15) get their third event at 3, 3 and 7.
	if got := c.feed(at("a", 1, 2, 3, 5, 6, 7), nil); fired(got) != "a@3 a@3 a@7" {
		t.Errorf("fired %s", fired(got))
	}
}

// Fixed windows fire whenever the condition is true.
func TestWhenFixedFiresEachWindow(t *testing.T) {
	a := windowArgs(10*time.Second, nil)
	c := newChain(t, keyed.Cols, whenOver(t, a, 1))
	if got := c.feed(at("a", 0, 1, 10, 11, 20, 30, 31), nil); fired(got) != "a@10 a@20 a@40" {
		t.Errorf("fired %s", fired(got))
	}
}

// Trap 18: an attack that straddles the boundary of tumbling windows is seen by
// sliding ones.
func TestWhenStraddles(t *testing.T) {
	events := at("a", 7, 8, 9, 10, 11, 12)
	c := newChain(t, keyed.Cols, whenOver(t, windowArgs(10*time.Second, nil), 4))
	if got := c.feed(events, nil); fired(got) != "" {
		t.Errorf("tumbling fired %s", fired(got))
	}
	c = newChain(t, keyed.Cols, whenOver(t, windowArgs(10*time.Second, map[string][]Arg{"sliding": nil}), 4))
	if got := c.feed(events, nil); fired(got) != "a@11" {
		t.Errorf("sliding fired %s", fired(got))
	}
}

// However the input is cut, and across restarts, the same rows fire.
func TestWhenCuts(t *testing.T) {
	for name, a := range map[string]Args{
		"sliding": windowArgs(10*time.Second, map[string][]Arg{"sliding": nil}),
		"early":   windowArgs(10*time.Second, map[string][]Arg{"early": nil, "every": {konst(5 * time.Second)}}),
		"session": windowArgs(10*time.Second, map[string][]Arg{"early": nil, "session": nil}),
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				events := drawEvents(rt, 5*second)
				build := whenOver(t, a, rapid.Int64Range(0, 4).Draw(rt, "limit"))
				want := lines(newChain(t, keyed.Cols, build).feed(events, nil))
				rnd := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(rt, "cuts")))
				if got := lines(newChain(t, keyed.Cols, build).feed(events, rnd)); got != want {
					rt.Fatalf("got\n%swant\n%s", got, want)
				}
			})
		})
	}
}

func TestWhere(t *testing.T) {
	in := Row{Cols: []runtime.Column{{Name: "c", Type: types.TBool}}}
	o := must(t, where, in, Args{Head: []Arg{col(0, "c", types.TBool)}})
	bits := vec.Of(types.Bool, true, nil, false, true, true)
	for _, c := range []struct {
		sel  []int32
		want string
	}{{nil, "[0 3 4]"}, {[]int32{1, 3}, "[3]"}, {[]int32{1, 2}, ""}} {
		got := ""
		err := o.Push(context.Background(), &runtime.Batch{N: 5, Sel: c.sel, Cols: []*vec.Vec{bits}}, func(b *runtime.Batch) error {
			got = fmt.Sprint(b.Sel)
			return nil
		})
		if err != nil || got != c.want {
			t.Errorf("of %v: got %s, want %s", c.sel, got, c.want)
		}
	}
}
