package build

import (
	"fmt"
	"hash/fnv"
	"slices"
	"sort"
	"strings"

	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/engine"
	"github.com/detlang/det/runtime/op"
)

// Saved state belongs to a stage, under a fingerprint of all that decides what it is:
// what the stage keeps, the conditions and stages before it that decide which rows come,
// and how each column that these name is made, down to where the reader finds a field,
// or to the rule whose alert it is of. Names that only the author sees are no part of
// it, nor is what comes after the stage; so a threshold can be tuned behind a long
// history. What lists and tables hold is told beside the sum: a list of threats that is
// updated each day would else forget each day what was counted.

// fingerprints finds what saved state stands for, rule by rule.
type fingerprints struct {
	rules map[*plan.Rule]*meaning
}

// of gives the fingerprints of a rule that was built.
func (f *fingerprints) of(r *plan.Rule, built *engine.Rule) engine.RuleFingerprints {
	m := f.rule(r)
	out := engine.RuleFingerprints{Source: m.source}
	if built.Stream < 0 {
		for _, col := range r.From.Columns {
			out.Columns = append(out.Columns, m.columns[col])
		}
	}
	for _, seg := range built.Segments {
		var of engine.Fingerprint
		if seg.Op != nil {
			of = m.stages[seg.At]
		}
		out.Stages = append(out.Stages, of)
	}
	return out
}

// stream gives the fingerprints of a stream of events: of the order in which they
// come, and of the columns.
func stream(s *types.Schema, columns []runtime.Column) (source engine.Fingerprint, of []engine.Fingerprint) {
	var order sketch
	order.events(s)
	for _, col := range columns {
		of = append(of, engine.Fingerprint{Sum: sum(path(s, col.Name))})
	}
	return order.done(), of
}

// meaning is what the rows of one rule are.
type meaning struct {
	source  engine.Fingerprint                  // the rows that flow in, whatever their columns
	columns map[*plan.Column]engine.Fingerprint // how each column is made
	stages  []engine.Fingerprint                // what the stage keeps
	alerts  engine.Fingerprint                  // the rows that become alerts
	rule    *plan.Rule
}

// rule is the meaning of a rule, as its author wrote it.
func (f *fingerprints) rule(r *plan.Rule) *meaning {
	if m := f.rules[r]; m != nil {
		return m
	}
	m := f.walk(r, nil)
	if after := deciding(m); after != nil {
		m = f.walk(r, after)
	}
	f.rules[r] = m
	return m
}

// walk goes through the stages. What a stage with `exclude alerted` keeps depends on
// the stages behind it up to the condition of the rule as well: decided has them, by
// stage.
func (f *fingerprints) walk(r *plan.Rule, decided map[int]engine.Fingerprint) *meaning {
	m := &meaning{rule: r, columns: map[*plan.Column]engine.Fingerprint{}}
	m.source = f.source(r)
	for _, col := range r.From.Columns {
		m.columns[col] = f.field(r, col)
	}
	rows := m.source
	twins := map[string]int{}
	for i, st := range r.Written().Stages {
		keeps, gives := m.sketch(rows), m.sketch(rows)
		keeps.stage(st, op.RowsAlone)
		gives.stage(st, op.Display)
		if after, ok := decided[i]; ok {
			keeps.add(" decided", after)
			gives.add(" decided", after)
		}
		made := gives.done()
		for j, col := range st.Out {
			if _, known := m.columns[col]; known {
				continue
			}
			name := fmt.Sprint(j)
			if !st.Fresh {
				name = strings.TrimPrefix(col.Name, st.Args.Bound)
			}
			m.columns[col] = derived(name, made)
		}
		if !st.Spec.Adds {
			rows = made
		}
		kept := keeps.done()
		if twins[kept.Sum]++; twins[kept.Sum] > 1 { // two that are the same keep the same
			kept.Sum += fmt.Sprintf("-%d", twins[kept.Sum])
		}
		m.stages = append(m.stages, kept)
	}
	m.alerts = rows
	return m
}

// deciding are the stages that decide which windows alert, by the stage that leaves
// those out; nil if there is none.
func deciding(m *meaning) map[int]engine.Fingerprint {
	var out map[int]engine.Fingerprint
	stages := m.rule.Written().Stages
	for i, st := range stages {
		if !st.Args.Has("exclude") {
			continue
		}
		s := m.sketch(engine.Fingerprint{})
		for _, next := range stages[i+1:] {
			s.stage(next, op.Display)
			if next.Spec.Name == "when" {
				break
			}
		}
		if out == nil {
			out = map[int]engine.Fingerprint{}
		}
		out[i] = s.done()
	}
	return out
}

// source is what flows into a rule.
func (f *fingerprints) source(r *plan.Rule) engine.Fingerprint {
	s := sketch{}
	switch {
	case r.From.Risk:
		s.b.WriteString("risk") // as it was added, whichever rules do so
	case r.From.Schema != nil:
		s.events(r.From.Schema)
	default:
		for _, u := range r.From.Union {
			s.events(u)
		}
		for _, of := range r.From.Rules {
			s.add(" alerts", f.rule(of).alerts)
		}
	}
	return s.done()
}

// events stands for the events of a schema, in the order of their time.
func (s *sketch) events(schema *types.Schema) {
	fmt.Fprintf(&s.b, " events of %q by %s", schema.Name, path(schema, schema.Time))
}

// path is where the reader finds a column, and of what type it is.
func path(s *types.Schema, name string) string {
	f := s.Column(name)
	if f == nil {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf("%q %q %s", name, f.Paths, f.Type.Plain())
}

// field is how a column of what a rule reads is made.
func (f *fingerprints) field(r *plan.Rule, col *plan.Column) engine.Fingerprint {
	s := sketch{}
	switch {
	case r.From.Schema != nil:
		s.b.WriteString(path(r.From.Schema, col.Read()))
	case len(r.From.Rules) > 0:
		for _, of := range r.From.Rules {
			s.shown(f.rule(of), col.Name)
		}
	default:
		fmt.Fprintf(&s.b, "%q %s", col.Name, col.Type.Plain())
		for _, u := range r.From.Union {
			s.b.WriteString(" or " + path(u, col.Name))
		}
	}
	return s.done()
}

// shown is what alerts of a rule show under a name.
func (s *sketch) shown(m *meaning, name string) {
	meta := m.rule.Meta
	switch name {
	case "time":
		s.b.WriteString(" time")
		return
	case "rule", "rule_id", "level":
		fmt.Fprintf(&s.b, " %s of %q %q %q", name, m.rule.Name, meta.ID, meta.Level)
		return
	}
	s.m = m
	a := m.rule.Written().Alert
	for _, list := range [][]plan.Output{a.Keys, a.Values, a.Carried} {
		for _, o := range list {
			if o.Name == name {
				s.b.WriteString(" or ")
				s.expr(o.X)
			}
		}
	}
}

// sketch writes down what something means, for its fingerprint.
type sketch struct {
	m        *meaning
	b        strings.Builder
	contents []engine.Content
}

// sketch begins one with what flows in.
func (m *meaning) sketch(in engine.Fingerprint) *sketch {
	s := &sketch{m: m}
	s.add("", in)
	return s
}

// add takes up what has a fingerprint already.
func (s *sketch) add(word string, f engine.Fingerprint) {
	s.b.WriteString(word + " " + f.Sum)
	s.holds(f.Contents...)
}

func (s *sketch) holds(contents ...engine.Content) {
	for _, c := range contents {
		if !slices.Contains(s.contents, c) {
			s.contents = append(s.contents, c)
		}
	}
}

// done is the fingerprint of what was written.
func (s *sketch) done() engine.Fingerprint {
	return engine.Fingerprint{Sum: sum(s.b.String()), Contents: s.contents}
}

// derived is the fingerprint of a part of something.
func derived(name string, of engine.Fingerprint) engine.Fingerprint {
	return engine.Fingerprint{Sum: sum(name + " of " + of.Sum), Contents: of.Contents}
}

func sum(text string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(text)) // it never fails
	return fmt.Sprintf("%x", h.Sum(nil))
}

// stage writes a stage with the clauses whose effect is below the given one.
func (s *sketch) stage(st *plan.Stage, below op.Effect) {
	s.b.WriteString("\n" + st.Spec.Name)
	if st.Cond != nil {
		s.expr(st.Cond)
		return
	}
	if st.Spec.Form != nil && below == op.RowsAlone {
		s.b.WriteString(" as " + st.Spec.Form(st.Row, st.Placed()))
	}
	s.args(st, st.Args.Head, st.Spec.Head)
	words := make([]string, 0, len(st.Args.Clauses))
	for word := range st.Args.Clauses {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		i := slices.IndexFunc(st.Spec.Clauses, func(c op.Clause) bool { return c.Word == word })
		if clause := st.Spec.Clauses[i]; clause.Affects < below {
			s.b.WriteString(" " + word)
			s.args(st, st.Args.Clauses[word], clause.Params)
		}
	}
	for _, a := range st.Args.Aggs {
		s.b.WriteString(" " + a.Spec.Name + "(")
		for _, x := range a.Args {
			s.arg(st, x)
		}
		s.b.WriteString(")")
	}
	fmt.Fprintf(&s.b, " %q", st.Args.Fields)
	for _, step := range st.Args.Steps {
		fmt.Fprintf(&s.b, " step %v %d %d", step.Not, step.Repeat, step.Within)
		s.arg(st, step.Cond)
		for _, k := range step.By {
			s.arg(st, k)
		}
	}
}

// args writes arguments. The names that they bind are left out.
func (s *sketch) args(st *plan.Stage, args []op.Arg, params []op.Param) {
	for i, a := range args {
		switch p := params[min(i, len(params)-1)]; p.Kind {
		case op.Bind:
		case op.TableName:
			s.table(a)
		case op.Entity:
			fmt.Fprintf(&s.b, " %q", a.Name)
			s.arg(st, a)
		default:
			s.arg(st, a)
		}
	}
}

func (s *sketch) arg(st *plan.Stage, a op.Arg) {
	if a.Col >= 0 {
		s.expr(st.Inputs[a.Col])
		return
	}
	fmt.Fprintf(&s.b, " %s %s", a.Name, plan.FormatValue(a.Const))
}

// expr writes an expression: names of constants and expressions stand for what they
// mean, and columns for how they are made.
func (s *sketch) expr(x plan.Expr) {
	x = plan.Map(x, func(x plan.Expr) plan.Expr {
		switch x := x.(type) {
		case *plan.Named:
			return x.X
		case *plan.Col:
			made := s.m.columns[x.Column]
			s.holds(made.Contents...)
			return &plan.Col{Column: &plan.Column{Name: "$" + made.Sum}}
		case *plan.Const:
			c := *x
			c.Name = ""
			if list, ok := x.Value.([]any); ok {
				c.Name = "a list of " + x.T.Elem.String()
				if all := values(list); x.Name == "" {
					c.Name += " " + all
				} else {
					s.holds(engine.Content{Name: "list " + x.Name, Sum: all})
				}
			}
			return &c
		case *plan.Op, *plan.Call:
			return folded(x)
		}
		return x
	})
	s.b.WriteString(" " + plan.String(x))
}

// folded is the value of an expression of single constants; other expressions stay.
func folded(x plan.Expr) plan.Expr {
	for _, part := range plan.Children(x) {
		if k, ok := part.(*plan.Const); !ok || k.T.Kind == types.List {
			return x
		}
	}
	v, ok := fold.Const(x)
	if !ok {
		return x
	}
	return &plan.Const{Value: v, T: x.Type()}
}

// values is the sum of a list.
func values(list []any) string {
	var b strings.Builder
	for _, v := range list {
		x := plan.FormatValue(v)
		fmt.Fprintf(&b, "%d %s ", len(x), x)
	}
	return sum(b.String())
}

// table writes the columns of a table; its rows are contents.
func (s *sketch) table(a op.Arg) {
	t, ok := a.Const.(*op.Table)
	if !ok {
		return
	}
	fmt.Fprintf(&s.b, " table by %d", t.Key)
	h := fnv.New128a()
	for c, col := range t.Cols {
		fmt.Fprintf(&s.b, " %q %s", col.Name, col.Type.Plain())
		for i := range t.Data[c].N {
			x := plan.FormatValue(t.Data[c].Value(i))
			fmt.Fprintf(h, "%d %s ", len(x), x)
		}
	}
	s.holds(engine.Content{Name: "table " + a.Name, Sum: fmt.Sprintf("%x", h.Sum(nil))})
}
