package why

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/op"
)

// Statistics are what a baseline or a peer group said of a window, and the values
// that it was made of.
type Statistics struct {
	Name    string
	Stage   string // baseline or peers
	Measure string // what is compared, as the rule says it
	Value   string // of the judged window; Judged is the same as a number
	Judged  float64
	N, Min  int64
	Floor   float64
	// Members are the statistics that the rule computes, Scores the distances of the
	// judged value by them: z, or robust z.
	Members []Value
	Scores  []Value
	// Sample is the values, of a baseline those of the windows, oldest first, and of
	// peers sorted; Zeros is how many of them are windows without events.
	Sample []Sample
	Zeros  int
}

// Sample is one value in a sample: of a window, or of a peer.
type Sample struct {
	Start int64 // of the window
	Peer  string
	Value float64
}

// statistics are those of a stage for a judged window.
func (w *Witness) statistics(st *plan.Stage, at int, s *seen) *Statistics {
	r := newRow(&s.Judgement)
	measure := st.Inputs[st.Args.Clauses["of"][0].Col]
	out := &Statistics{
		Name: st.Args.Bound, Stage: st.Spec.Name, Measure: plan.String(measure), Value: text(r.eval(measure)),
		N: int64(r.float(st.Args.Bound + ".n")), Min: least(st), Floor: st.Args.Float("floor", unfloored),
	}
	out.Judged, _ = number(r.eval(measure))
	for _, n := range s.Row {
		if member, ok := strings.CutPrefix(n.Name, out.Name+"."); ok && member != "warm" && n.Value != nil {
			out.Members = append(out.Members, Value{member, text(n.Value)})
		}
	}
	out.score("z", r, measure, "mean", "scale")
	out.score("robust z", r, measure, "median", "rscale")
	if st.Spec.Name == "peers" {
		w.crowd(out, st, at, s, measure)
	} else {
		w.history(out, st, at, s, measure)
	}
	return out
}

// score is the distance of the judged value from a centre in units of a scale.
func (s *Statistics) score(name string, r *row, measure plan.Expr, centre, scale string) {
	x, ok := number(r.eval(measure))
	c, okC := number(r.at[s.Name+"."+centre].Value)
	d, okD := number(r.at[s.Name+"."+scale].Value)
	if ok && okC && okD {
		s.Scores = append(s.Scores, Value{name, short((x - c) / d)})
	}
}

// history fills in the sample of a baseline: the windows of the entity that had
// closed when the judged one began, and zeros between them.
func (w *Witness) history(out *Statistics, st *plan.Stage, at int, s *seen, measure plan.Expr) {
	every := st.Row.Every.Microseconds()
	if every == 0 {
		return
	}
	values, missing, first := map[int64]float64{}, map[int64]bool{}, int64(0)
	_, clean := st.Args.Clauses["exclude"]
	for _, o := range w.windows {
		if !o.HasWindow || o.Stage <= at || o.Partial || o.WindowStart >= s.WindowStart {
			continue
		}
		back := (s.WindowStart - o.WindowStart + every/2) / every
		first = max(first, back)
		if v, ok := number(newRow(&o.Judgement).eval(measure)); ok && !(clean && fired(o)) {
			values[back] = v
		} else {
			missing[back] = true
		}
	}
	if over := st.Args.Duration("over", 0); over > 0 {
		first = min(first, over.Microseconds()/every)
	}
	apart := (st.Row.Per.Microseconds() + every - 1) / every
	skip := len(st.Args.Clauses["fill"]) > 0 && st.Args.Clauses["fill"][0].Name == "skip"
	for back := first; back >= apart; back-- {
		v, some := values[back]
		start := s.WindowStart - back*every
		if missing[back] || !some && skip || !sameSeason(st, start, s.WindowStart, every) {
			continue
		}
		if !some {
			out.Zeros++
		}
		out.Sample = append(out.Sample, Sample{Start: start, Value: v})
	}
}

// fired reports whether the condition of the rule was true of a window.
func fired(o *seen) bool {
	return o.Outcome == runtime.Fired || o.Outcome == runtime.Throttled
}

// sameSeason reports whether two windows are each other's history. Of windows of
// days the middle is asked, which a change of the clock does not move to another.
func sameSeason(st *plan.Stage, a, b, every int64) bool {
	season := st.Args.Clauses["at"]
	if len(season) == 0 {
		return true
	}
	loc, err := time.LoadLocation(st.Row.Zone)
	if err != nil {
		return true
	}
	middle := int64(0)
	if every >= (24 * time.Hour).Microseconds() {
		middle = every / 2
	}
	return op.SameSeason(season[0].Name, time.UnixMicro(a+middle).In(loc), time.UnixMicro(b+middle).In(loc))
}

// crowd fills in the sample of a peer group: the other keys of the same window.
func (w *Witness) crowd(out *Statistics, st *plan.Stage, at int, s *seen, measure plan.Expr) {
	group := func(o *seen) string {
		var b strings.Builder
		for _, a := range st.Args.Clauses["by"] {
			fmt.Fprintf(&b, "%q", text(newRow(&o.Judgement).eval(st.Inputs[a.Col])))
		}
		return b.String()
	}
	for _, o := range append(slices.Clone(w.peers), w.windows...) {
		if o == s || !o.HasWindow || o.Stage <= at || o.WindowStart != s.WindowStart || o.WindowEnd != s.WindowEnd || group(o) != group(s) {
			continue
		}
		v, ok := number(newRow(&o.Judgement).eval(measure))
		if !ok {
			continue
		}
		var keys []string
		for _, k := range w.rule.Alert.Keys {
			n, _ := o.Judgement.Value(k.Name)
			keys = append(keys, plainText(n))
		}
		out.Sample = append(out.Sample, Sample{Peer: strings.Join(keys, ", "), Value: v})
	}
	slices.SortStableFunc(out.Sample, func(a, b Sample) int {
		if a.Value != b.Value {
			if a.Value < b.Value {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Peer, b.Peer)
	})
}
