package plan

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// Reading is the rule, which looks at single events of one schema, with further
// fields in its rows: those that it reads already, and names that are no fields,
// are left out. The rule itself does not change.
func (r *Rule) Reading(s *types.Schema, names ...string) *Rule {
	out := *r
	var more []*Column
	for _, name := range names {
		has := slices.ContainsFunc(r.From.Columns, func(c *Column) bool { return c.Name == name })
		if i := s.Find(name); i >= 0 && !has {
			more = append(more, &Column{Name: name, Type: s.Fields[i].Type, Optional: true})
		}
	}
	if len(more) == 0 {
		return r
	}
	row := append(slices.Clip(r.From.Columns), more...)
	out.From.Columns, out.Stages = row, nil
	for _, st := range r.Stages {
		next := *st
		row = append(slices.Clip(row), st.Out[st.Before:]...)
		next.Before, next.Out = st.Before+len(more), row
		next.Row.Cols = nil
		for _, col := range row {
			next.Row.Cols = append(next.Row.Cols, runtime.Column{Name: col.Name, Type: col.Type})
		}
		out.Stages = append(out.Stages, &next)
	}
	return &out
}
