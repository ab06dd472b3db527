package op

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// crowdRow is the row that peers are tested on, as a window would give it.
func crowdRow(kind types.Type) Row {
	return Row{Whole: true, Windowed: true, Cols: []runtime.Column{{Name: "who", Type: types.TString}, {Name: "where", Type: types.TString}, {Name: "m", Type: kind}}}
}

func crowdArgs(kind types.Type, need []string) Args {
	return Args{Bound: "crowd", Head: []Arg{{Name: "crowd", Col: -1}}, Need: need, Clauses: map[string][]Arg{
		"of": {col(2, "m", kind)}, "by": {col(1, "where", types.TString)}, "min": {konst(int64(2))}, "floor": {konst(0.25)},
	}}
}

func TestPeers(t *testing.T) {
	for _, kind := range []types.Type{types.TInt, types.TFloat} {
		rapid.Check(t, func(rt *rapid.T) {
			var events []event
			for i := range rapid.IntRange(0, 20).Draw(rt, "rows") {
				var where, m any
				if w := rapid.IntRange(0, 3).Draw(rt, "where"); w > 0 {
					where = string(rune('a' + w))
				}
				switch x := rapid.Int64Range(-4, 9).Draw(rt, "m"); {
				case x == -4:
				case kind.Kind == types.Int:
					m = x
				default:
					m = float64(x) / 3
				}
				events = append(events, event{0, []any{string(rune('A' + i)), where, m}})
			}
			need := figureNames
			c := newChain(t, crowdRow(kind).Cols, func() []runtime.Operator {
				return []runtime.Operator{must(t, peers, crowdRow(kind), crowdArgs(kind, need))}
			})
			if len(events) > 0 {
				c.push(events, 0, rapid.Bool().Draw(rt, "noise"))
			}
			for i, r := range c.out {
				var sample []float64
				for j, e := range events {
					if j == i || e.vals[1] == nil || e.vals[1] != events[i].vals[1] || e.vals[2] == nil {
						continue
					}
					if x, ok := e.vals[2].(int64); ok {
						sample = append(sample, float64(x))
					} else {
						sample = append(sample, e.vals[2].(float64))
					}
				}
				compareFigures(rt, need, r.vals[3:], sample, 2, 0.25)
			}
			if len(c.out) != len(events) {
				rt.Fatalf("%d rows of %d", len(c.out), len(events))
			}
		})
	}
}

// Trap 3: with the judged member in its sample, six members never pass z = 2.04
// (sample deviation). Left out, an outlier stands out.
func TestPeersLeaveJudgedOut(t *testing.T) {
	c := newChain(t, crowdRow(types.TInt).Cols, func() []runtime.Operator {
		return []runtime.Operator{must(t, peers, crowdRow(types.TInt), crowdArgs(types.TInt, []string{"n", "mean", "stddev"}))}
	})
	var events []event
	for i, m := range []int64{4, 5, 6, 5, 5, 50} {
		events = append(events, event{0, []any{string(rune('a' + i)), "hq", m}})
	}
	c.push(events, 0, false)
	r := c.out[5]
	z := (50 - r.vals[4].(float64)) / r.vals[5].(float64)
	if r.vals[3] != int64(5) || r.vals[4] != 5.0 || math.Abs(z-45/math.Sqrt(0.5)) > 1e-9 {
		t.Errorf("got %v, z %g", r, z)
	}
}
