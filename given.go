package det

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/input"
)

// delivery is one given event, or a file of them, on its way to the engine. Times
// are from the start of the test on.
type delivery struct {
	given  *plan.Given
	time   time.Duration
	at     time.Duration // when it is delivered
	number int64         // in the order in which the test gives events
	fields []any         // by field of given
}

// deliveries are all events of a test in the order in which they are delivered.
func (n *testRun) deliveries() ([]delivery, error) {
	var out []delivery
	for i, g := range n.test.Givens {
		// Each line draws from a source of its own, so that a line more does not change
		// what the others give.
		draw := rand.New(rand.NewPCG(n.test.Seed, uint64(i)))
		if g.File != "" {
			out = append(out, delivery{given: g, at: math.MinInt64})
			continue
		}
		times := given(g, draw)
		first := len(out)
		for k, at := range times {
			fields, err := values(g, int64(k), draw)
			if err != nil {
				return nil, err
			}
			for range g.Repeat {
				out = append(out, delivery{given: g, time: at, at: at + g.Late, fields: fields})
			}
		}
		if g.Shuffled {
			mine := out[first:]
			draw.Shuffle(len(mine), func(a, b int) { mine[a].at, mine[b].at = mine[b].at, mine[a].at })
		}
	}
	for i := range out {
		out[i].number = int64(i)
	}
	slices.SortStableFunc(out, func(a, b delivery) int { return cmp.Compare(a.at, b.at) })
	return out, nil
}

// given are the times of a line's events.
func given(g *plan.Given, draw *rand.Rand) []time.Duration {
	var out []time.Duration
	switch {
	case g.Every > 0:
		for at := time.Duration(0); at < g.For; at += g.Every {
			out = append(out, g.From+at)
		}
	case g.Per > 0: // the gaps of a Poisson process are exponential
		mean := float64(g.Per) / g.Poisson
		for at := mean * draw.ExpFloat64(); at < float64(g.For); at += mean * draw.ExpFloat64() {
			out = append(out, g.From+time.Duration(at).Truncate(time.Microsecond))
		}
	default:
		for k := range g.Count {
			out = append(out, g.From+time.Duration(float64(g.Over)*float64(k)/float64(g.Count)).Truncate(time.Microsecond))
		}
	}
	return out
}

// values are the fields of a line's event number k.
func values(g *plan.Given, k int64, draw *rand.Rand) ([]any, error) {
	out := make([]any, len(g.Fields))
	for i, f := range g.Fields {
		if f.Draw != nil {
			out[i] = drawn(f.Draw, draw)
			continue
		}
		v, ok := fold.Const(plan.Map(f.Value, func(x plan.Expr) plan.Expr {
			if col, is := x.(*plan.Col); is && col.Column == plan.EventNumber() {
				return &plan.Const{Value: k, T: types.TInt, At: col.At}
			}
			return x
		}))
		if !ok {
			return nil, fmt.Errorf("the value of %s cannot be computed", f.Name)
		}
		out[i] = v
	}
	return out, nil
}

// drawn is a value by chance.
func drawn(d *plan.Draw, draw *rand.Rand) any {
	number := func(i int) float64 {
		if n, ok := d.Args[i].(int64); ok {
			return float64(n)
		}
		f, _ := d.Args[i].(float64)
		return f
	}
	switch d.Kind {
	case "pick":
		return d.Args[draw.IntN(len(d.Args))]
	case "uniform":
		low, ok := d.Args[0].(int64)
		if high, both := d.Args[1].(int64); ok && both {
			return low + draw.Int64N(high-low+1)
		}
		return number(0) + draw.Float64()*(number(1)-number(0))
	case "normal":
		return number(0) + draw.NormFloat64()*number(1)
	}
	return poisson(number(0), draw)
}

// poisson counts the events of a Poisson process in a unit of time (Knuth, The Art
// of Computer Programming, volume 2, 3.4.1); of a large mean it takes the normal
// distribution instead.
func poisson(mean float64, draw *rand.Rand) int64 {
	if mean > 500 {
		return max(0, int64(math.Round(mean+draw.NormFloat64()*math.Sqrt(mean))))
	}
	limit, p, k := math.Exp(-mean), draw.Float64(), int64(0)
	for p > limit {
		p *= draw.Float64()
		k++
	}
	return k
}

// open opens given events as an input.
func (n *testRun) open(ctx context.Context, g *plan.Given, events []delivery, req input.Request) (input.Stream, error) {
	if g.File != "" {
		return input.OpenBytes(ctx, g.File, g.Data, req)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range events {
		object := map[string]any{}
		for i, f := range e.given.Fields {
			if v := jsonValue(e.fields[i]); v != nil {
				object[f.Name] = v
			}
		}
		if at := e.given.Schema.Time; object[at] == nil {
			object[at] = n.test.Start.Add(e.time).UTC().Format(time.RFC3339Nano)
		}
		if err := enc.Encode(object); err != nil {
			return nil, err
		}
	}
	return input.OpenNDJSON(ctx, &input.File{Name: "given", Reader: &b}, req)
}

// jsonValue is a constant as it stands in an event.
func jsonValue(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case time.Duration:
		return types.FormatDuration(v)
	case netip.Addr:
		return v.String()
	case netip.Prefix:
		return v.String()
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = jsonValue(e)
		}
		return out
	}
	return v
}
