package build

import (
	"fmt"
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/op"
)

// division is how a rule over events may be divided among workers: by row, by the
// keys, or not.
type division struct {
	kind engine.SplitKind
	keys []groupKey
	why  string // of a rule that is not divided
}

// groupKey is a grouping key: the name it has behind the stage that groups by it, and
// the expression over the event.
type groupKey struct {
	name string
	x    plan.Expr
}

// partition finds how a rule over events may be divided. Rows with the same keys
// stay together; a stage that looks at several keys at once leaves those that it
// has in common, and one that has none in common leaves the rule whole.
func partition(r *plan.Rule) division {
	d := division{kind: engine.ByRow}
	whole := func(format string, args ...any) division {
		return division{kind: engine.Whole, why: fmt.Sprintf(format, args...)}
	}
	for _, st := range r.Stages {
		by, given := st.Args.Clauses["by"]
		if st.Args.Has("max") {
			return whole("%s has room for so many keys in all", st.Spec.Name)
		}
		switch st.Spec.Name {
		case "where", "when", "lookup":
			continue
		case "baseline":
			continue // of the keys of its window
		case "throttle":
			if !given && d.kind == engine.ByKey && len(st.Row.Keys) > 0 {
				continue
			}
		case "first_seen", "rare":
			if st.Args.Has("global") {
				return whole("%s learns the whole stream", st.Spec.Name)
			}
		case "sequence":
			for _, step := range st.Args.Steps {
				if len(step.By) > 0 {
					return whole("a step of its sequence has keys of its own")
				}
			}
		case "window":
			if st.Args.Head[0].Name == "all" {
				return whole("a window over everything begins and ends with the events of all keys")
			}
		case "peers":
		default:
			return whole("%s is not divided", st.Spec.Name)
		}
		if len(by) == 0 {
			return whole("%s has no key", st.Spec.Name)
		}
		if d.keys = common(d, st, by, r.From.Columns); len(d.keys) == 0 {
			return whole("%s has other keys than the stages before it, or keys from a table", st.Spec.Name)
		}
		d.kind = engine.ByKey
	}
	return d
}

// common are the keys of a stage, of those that the stages before it have, if there
// are any.
func common(d division, st *plan.Stage, by []op.Arg, source []*plan.Column) []groupKey {
	var out []groupKey
	for _, a := range by {
		if a.Col < 0 {
			continue
		}
		x := st.Inputs[a.Col]
		if d.kind == engine.ByRow {
			if ofEvent(x, source) {
				out = append(out, groupKey{a.Name, x})
			}
			continue
		}
		for _, k := range d.keys {
			if plan.String(x) == k.name || !st.Row.Windowed && plan.String(x) == plan.String(k.x) {
				out = append(out, groupKey{a.Name, k.x})
				break
			}
		}
	}
	return out
}

// ofEvent reports whether an expression reads nothing but the event: a stage may
// have added columns to its row.
func ofEvent(x plan.Expr, source []*plan.Column) bool {
	ok := true
	plan.Walk(x, func(x plan.Expr) bool {
		if col, is := x.(*plan.Col); is {
			ok = ok && slices.Contains(source, col.Column)
		}
		return ok
	})
	return ok
}

// split puts the keys into the graph of the rule's stream.
func (rb *ruleBuilder) split(d division) (engine.Split, error) {
	out := engine.Split{Kind: d.kind, Why: d.why}
	for _, k := range d.keys {
		id, err := rb.graph.node(k.x)
		if err != nil {
			return out, err
		}
		out.Keys = append(out.Keys, id)
	}
	return out, nil
}
