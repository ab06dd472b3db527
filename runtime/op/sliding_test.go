package op

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// slidingArgs is "window length sliding by key" with each of the ways to keep an
// aggregate.
func slidingArgs(length time.Duration) Args {
	a := windowArgs(length, map[string][]Arg{"sliding": nil})
	x := []Arg{col(1, "x", types.TInt)}
	a.Aggs = []Agg{
		{Name: "n", Spec: spec("count"), Type: types.TInt},
		{Name: "list", Spec: &listing, Args: x, Type: types.TString},
		{Name: "queue", Spec: &removable, Args: x, Type: types.TString},
		{Name: "last", Spec: spec("last"), Args: []Arg{col(0, "key", types.TString)}, Type: types.TString},
		{Name: "sum", Spec: spec("sum"), Args: x, Type: types.TInt},
	}
	return a
}

// refSliding is sliding windows from their definition.
func refSliding(events []event, length int64, keep int) []row {
	var out []row
	for i, e := range events {
		if e.vals[0] == nil {
			continue
		}
		later := false
		for _, f := range events[i+1:] {
			later = later || f.t == e.t && f.vals[0] == e.vals[0]
		}
		if later {
			continue
		}
		var list []string
		var ev []runtime.Event
		sum := int64(0)
		for j, f := range events {
			if f.vals[0] == e.vals[0] && f.t > e.t-length && f.t <= e.t {
				list = append(list, fmt.Sprint(f.vals[1]))
				ev = append(ev, shown(j, f))
				sum += f.vals[1].(int64)
			}
		}
		out = append(out, row{
			vals: []any{e.vals[0], e.t - length, e.t, int64(len(list)), strings.Join(list, " "), strings.Join(list, " "), e.vals[0], sum},
			time: e.t, start: e.t - length, end: e.t, evidence: ev[max(0, len(ev)-keep):],
		})
	}
	return out
}

func TestSliding(t *testing.T) {
	for _, length := range []time.Duration{time.Microsecond, 5 * time.Second, 20 * time.Second} {
		t.Run(length.String(), func(t *testing.T) {
			build := func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, slidingArgs(length))} }
			rapid.Check(t, func(rt *rapid.T) {
				events := drawEvents(rt, 5*second)
				expectOpen(rt, t, build, events, refSliding(events, length.Microseconds(), 2))
			})
		})
	}
}

// A sliding window that only counts takes a short way.
func TestSlidingCount(t *testing.T) {
	a := slidingArgs(5 * time.Second)
	a.Aggs = a.Aggs[:1]
	build := func() []runtime.Operator { return []runtime.Operator{must(t, window, keyed, a)} }
	rapid.Check(t, func(rt *rapid.T) {
		events := drawEvents(rt, 5*second)
		want := refSliding(events, 5*second, 2)
		for i := range want {
			want[i].vals = want[i].vals[:4]
		}
		expectOpen(rt, t, build, events, want)
	})
}
