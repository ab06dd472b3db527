package why

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// Step is a step of a sequence, with the events that fit it in the time before the
// explained event. Whether they came in order is not judged here.
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
	for _, step := range st.Args.Steps {
		x := cond(st, step.Cond.Col)
		one := Step{Text: step.Name + " = " + plan.String(x), Not: step.Not, Need: max(step.Repeat, 1)}
		if step.Not {
			one.Need = 0
		}
		for _, o := range w.trail {
			if o.Time > s.Time-within && o.Time <= s.Time && newRow(&o.Judgement).input(x) == true {
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
	for len(w.trail) > 0 && w.trail[0].Time <= s.Time-within {
		w.trail = w.trail[1:]
	}
	w.trail = append(w.trail, s)
}
