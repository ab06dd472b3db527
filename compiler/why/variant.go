package why

import (
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime"
)

// plain names the values that were read for the log source of a rule as the rule
// does. Values that other rules read under these names go.
func plain(r *plan.Rule, j *runtime.Judgement) {
	for _, col := range r.From.Columns {
		i := slices.IndexFunc(j.Row, func(n runtime.Named) bool { return n.Name == col.Variant })
		if col.Variant == "" || i < 0 {
			continue
		}
		v := j.Row[i]
		v.Name = col.Name
		j.Row = slices.DeleteFunc(j.Row, func(n runtime.Named) bool { return n.Name == col.Name || n.Name == col.Variant })
		j.Row = append(j.Row, v)
	}
}
