package why

import (
	"cmp"
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/op"
)

// Step is a step of a sequence, with the events that fit it in the time before the
// explained event; of what must not stand before the first step, in the time before
// that. Whether they came in order is not judged here.
type Step struct {
	Text  string
	Not   bool
	Need  int
	Seen  int
	Times []int64 // of the events that fit
}

// Holds reports whether a step was seen as often as it must, or not at all if it must
// not.
func (s *Step) Holds() bool { return s.Seen >= s.Need && (!s.Not || s.Seen == 0) }

// mostShown is how many events of a sequence are shown: the last ones.
const mostShown = 10

// steps are those of a sequence for an event of the entity, with the events of the
// entity that fit any.
func (w *Witness) steps(st *plan.Stage, s *seen) (out []Step, events []runtime.Event) {
	within := st.Args.Duration("within", 0).Microseconds()
	fits := map[*seen]bool{}
	lead := leading(st)
	begin := w.begin(st, s)
	for i, step := range st.Args.Steps {
		x := cond(st, step.Cond.Col)
		one := Step{Text: step.Name + " = " + plan.String(x), Not: step.Not, Need: max(step.Repeat, 1)}
		if step.Not {
			one.Need = 0
		}
		for _, o := range w.trail {
			near := o.Time > s.Time-within && o.Time <= s.Time
			if i < lead {
				near = before(st, step, o, begin)
			}
			if near && newRow(&o.Judgement).input(x) == true {
				one.Seen++
				one.Times = append(one.Times, o.Time)
				fits[o] = true
			}
		}
		out = append(out, one)
	}
	for _, o := range w.trail {
		if fits[o] {
			events = append(events, o.evidence...)
		}
	}
	return out, events[max(0, len(events)-mostShown):]
}

// leading is how many steps of a sequence stand before the first that is to be seen.
func leading(st *plan.Stage) int {
	n := slices.IndexFunc(st.Args.Steps, func(step op.Step) bool { return !step.Not })
	return max(n, 0)
}

// before reports whether an event lies in the time before the beginning of a match in
// which a leading step must not be seen.
func before(st *plan.Stage, step op.Step, o *seen, begin int64) bool {
	wait := cmp.Or(step.Within, st.Args.Duration("within", 0)).Microseconds()
	return o.Time < begin && begin-o.Time < wait
}

// begin is the time at which a match that ends with an event would begin: that of the
// first event of the first step before which nothing stands that must not, and which
// leaves as many events of the step as it takes; else of the last such event; without
// any, of the event itself.
func (w *Witness) begin(st *plan.Stage, s *seen) int64 {
	lead := leading(st)
	if lead == 0 {
		return s.Time
	}
	step := st.Args.Steps[lead]
	first, since := cond(st, step.Cond.Col), s.Time-st.Args.Duration("within", 0).Microseconds()
	var times []int64
	for _, o := range w.trail {
		if o.Time > since && o.Time <= s.Time && newRow(&o.Judgement).input(first) == true {
			times = append(times, o.Time)
		}
	}
	if len(times) == 0 {
		return s.Time
	}
	times = times[:max(1, len(times)-step.Repeat+1)]
	for _, t := range times {
		if !w.barred(st, t) {
			return t
		}
	}
	return times[len(times)-1]
}

// barred reports whether something stands before a time with which no match begins then.
func (w *Witness) barred(st *plan.Stage, t int64) bool {
	for _, step := range st.Args.Steps[:leading(st)] {
		x := cond(st, step.Cond.Col)
		if slices.ContainsFunc(w.trail, func(o *seen) bool {
			return before(st, step, o, t) && newRow(&o.Judgement).input(x) == true
		}) {
			return true
		}
	}
	return false
}

// cond is the condition of a step; one that is constant stands for itself.
func cond(st *plan.Stage, col int) plan.Expr {
	if col >= 0 && col < len(st.Inputs) {
		return st.Inputs[col]
	}
	return &plan.Const{Value: true, T: types.TBool}
}

// unmatched reports whether an event came to a sequence and no match ended with it.
func unmatched(o runtime.Outcome) bool {
	return o == runtime.Incomplete || o == runtime.Waiting || o == runtime.Interrupted
}

// follow remembers an event that came to a sequence, and forgets those that are too
// old for the time that is asked about.
func (w *Witness) follow(s *seen) {
	if w.group < 0 || s.HasWindow || !unmatched(s.Outcome) || s.Stage != w.group || s.Time > w.asked.At {
		return
	}
	within := w.per()
	st := w.rule.Stages[w.group]
	for _, step := range st.Args.Steps[:leading(st)] {
		within = max(within, w.per()+max(step.Within.Microseconds(), w.per()))
	}
	for len(w.trail) > 0 && w.trail[0].Time <= s.Time-within {
		w.trail = w.trail[1:]
	}
	w.trail = append(w.trail, s)
}
