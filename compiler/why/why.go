// Package why explains what a rule made of an entity at a time: whether it fired
// and if not for which reason, with the condition as a tree of values, the history
// behind a baseline, and the nearest change that would have turned the answer.
//
// It works on what an engine that is traced tells (runtime.Judgement), and computes
// the rest from the checked rule, by the very kernels that run over events.
package why

import (
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime"
)

// Explanation is the answer to a Question.
type Explanation struct {
	Rule    string
	Title   string
	Entity  []Value
	Outcome runtime.Outcome
	Alert   string // the id, if it fired
	Time    int64  // of the event, or the end of the window; 0 where nothing was seen
	// The window, for rules that have one.
	HasWindow   bool
	WindowStart int64
	WindowEnd   int64
	Partial     bool
	// Where the event stood, for rules without a window.
	Source string
	Number int64
	// Stage and Place are the stage that decided and where it is written; Condition
	// is what it asked, nil for a stage without a condition.
	Stage     string
	Place     string
	Condition *Node
	// Since and Until bound the time in which a throttled rule is silent.
	Since, Until int64
	Statistics   []*Statistics
	Steps        []Step // of a sequence that was not complete
	Changes      []Change
	Evidence     []runtime.Event
	Notes        []string
}

// Value is a named value as people read it.
type Value struct{ Name, Value string }

// explain is the explanation of one judgement.
func (w *Witness) explain(s *seen) *Explanation {
	j := &s.Judgement
	x := &Explanation{
		Rule: w.rule.Name, Title: w.rule.Meta.Title, Entity: w.values(), Outcome: j.Outcome, Alert: j.Alert, Time: j.Time,
		HasWindow: j.HasWindow, WindowStart: j.WindowStart, WindowEnd: j.WindowEnd, Partial: j.Partial,
		Source: j.Source, Number: j.Number, Since: j.Since, Until: j.Until, Evidence: s.evidence,
	}
	if st := decider(w.rule, j); st != nil {
		x.Stage, x.Place = st.Spec.Name, st.At.String()
		if st.Cond != nil {
			r := newRow(j)
			x.Condition = tree(st.Cond, r, true)
			if silent(j.Outcome) {
				x.Changes = changes(st.Cond, r, w.rule)
			}
		}
	}
	if unmatched(j.Outcome) {
		x.Steps, x.Evidence = w.steps(w.rule.Stages[j.Stage], s)
		if j.Outcome == runtime.Incomplete && !slices.ContainsFunc(x.Steps, func(s Step) bool { return !s.Holds() }) {
			x.note("every step was seen, but not one strictly after the other within the time")
		}
		if j.Outcome == runtime.Waiting && w.stopped > j.Time && w.stopped < j.Until {
			x.note("it was never told: at %s came what must not come", runtime.FormatTime(w.stopped))
		}
	}
	if j.HasWindow {
		for i, st := range w.rule.Stages {
			if st.Args.Bound != "" && i < j.Stage {
				x.Statistics = append(x.Statistics, w.statistics(st, i, s))
			}
		}
	}
	return x
}

// silent reports whether a condition that turns would end the silence.
func silent(o runtime.Outcome) bool {
	switch o {
	case runtime.ConditionFalse, runtime.WarmingUp, runtime.BelowFloor, runtime.Excluded:
		return true
	}
	return false
}

// decider is the stage that a judgement came from; for an alert, the condition that
// it passed.
func decider(r *plan.Rule, j *runtime.Judgement) *plan.Stage {
	if j.Stage >= 0 && j.Stage < len(r.Stages) {
		return r.Stages[j.Stage]
	}
	if j.Outcome == runtime.Fired {
		return when(r)
	}
	return nil
}

// when is the stage that fires.
func when(r *plan.Rule) *plan.Stage {
	for _, st := range r.Stages {
		if st.Spec.Name == "when" {
			return st
		}
	}
	return nil
}
