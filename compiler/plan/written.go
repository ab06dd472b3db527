package plan

import "slices"

// KeepWritten makes the rules of a set on whose meaning saved state depends remember
// how they were written, before rewrites change them: those that keep state or wait
// for their rows, and those that such rules read.
func (s *Set) KeepWritten() {
	for _, r := range s.Rules {
		if r.From.Schema == nil || slices.ContainsFunc(r.Stages, func(st *Stage) bool { return st.Cond == nil }) {
			r.keepWritten()
			for _, of := range r.From.Rules {
				of.keepWritten()
			}
		}
	}
}

func (r *Rule) keepWritten() {
	if r.written != nil {
		return
	}
	w := *r
	w.Stages = make([]*Stage, len(r.Stages))
	for i, st := range r.Stages {
		s := *st
		s.Inputs = slices.Clone(st.Inputs)
		w.Stages[i] = &s
	}
	for _, list := range []*[]Output{&w.Alert.Keys, &w.Alert.Values, &w.Alert.Evidence, &w.Alert.Carried} {
		*list = slices.Clone(*list)
	}
	w.Alert.Risk = slices.Clone(w.Alert.Risk)
	r.written = &w
}

// Written is the rule as it was before rewrites, as far as it remembers; the rule
// itself otherwise. Columns are the same in both.
func (r *Rule) Written() *Rule {
	if r.written != nil {
		return r.written
	}
	return r
}
