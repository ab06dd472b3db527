package plan

import (
	"fmt"
	"hash/fnv"
	"io"
	"sort"
	"strings"

	"github.com/detlang/det/runtime/op"
)

// Print writes the plan of a rule, a line a stage, for people.
func (r *Rule) Print(w io.Writer) {
	fmt.Fprintf(w, "rule %s\n", r.Name)
	fmt.Fprintf(w, "  from     %s  [%s]\n", r.From.Name(), columns(r.From.Columns))
	for _, s := range r.Stages {
		s.print(w)
	}
	if out := outputs(r.Alert.Keys); out != "" {
		fmt.Fprintf(w, "  keys     %s\n", out)
	}
	if out := outputs(r.Alert.Values); out != "" {
		fmt.Fprintf(w, "  values   %s\n", out)
	}
	if out := outputs(r.Alert.Carried); out != "" {
		fmt.Fprintf(w, "  carries  %s\n", out)
	}
	if r.Meta.Muted {
		fmt.Fprintf(w, "  sends    nothing\n")
	}
	for _, k := range r.Alert.Risk {
		fmt.Fprintf(w, "  risk     %s on %s(%s)", String(k.Score), k.EntityType, String(k.Entity))
		if k.Stage != "" {
			fmt.Fprintf(w, " stage %s", k.Stage)
		}
		if k.Cap > 0 {
			fmt.Fprintf(w, " cap %g", k.Cap)
		}
		fmt.Fprintln(w)
	}
}

// Exact is the stage as a plan prints it, but with the values of constants in place
// of their names. Two stages for which it is the same compute the same of the same
// row.
func (s *Stage) Exact() string {
	var b strings.Builder
	s.exact().print(&b)
	return b.String()
}

// exact is the stage with constants that have no names.
func (s *Stage) exact() *Stage {
	out := *s
	if s.Cond != nil {
		out.Cond = nameless(s.Cond)
	}
	out.Inputs = make([]Expr, len(s.Inputs))
	for i, x := range s.Inputs {
		out.Inputs[i] = nameless(x)
	}
	return &out
}

// nameless is an expression in which names that the author gave to constants and
// expressions stand for what they mean.
func nameless(x Expr) Expr {
	return Map(x, func(x Expr) Expr {
		switch x := x.(type) {
		case *Const:
			c := *x
			c.Name = ""
			if list, long := x.Value.([]any); long && len(list) > shownElements {
				c.Name = digest(list)
			}
			return &c
		case *Named:
			return x.X
		}
		return x
	})
}

// digest stands for a list of which a plan shows only the start.
func digest(list []any) string {
	h := fnv.New128a()
	for _, v := range list {
		fmt.Fprintf(h, "%d %s ", len(FormatValue(v)), FormatValue(v))
	}
	return fmt.Sprintf("[%d values, %x]", len(list), h.Sum(nil))
}

func (s *Stage) print(w io.Writer) {
	fmt.Fprintf(w, "  %-8s", s.Spec.Name)
	if s.Cond != nil {
		fmt.Fprintf(w, " %s\n", String(s.Cond))
		return
	}
	if s.Args.Bound != "" {
		fmt.Fprintf(w, " %s", s.Args.Bound)
	}
	arg := func(a op.Arg) {
		switch {
		case a.Col >= 0:
			x := String(s.Inputs[a.Col])
			if a.Name != "" && a.Name != x {
				x = a.Name + "(" + x + ")"
			}
			fmt.Fprintf(w, " %s", x)
		case a.Name != "":
			fmt.Fprintf(w, " %s", a.Name)
		default:
			fmt.Fprintf(w, " %s", FormatValue(a.Const))
		}
	}
	for _, a := range s.Args.Head {
		if a.Name == "" || a.Name != s.Args.Bound {
			arg(a)
		}
	}
	words := make([]string, 0, len(s.Args.Clauses))
	for word := range s.Args.Clauses {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		fmt.Fprintf(w, " %s", word)
		for i, a := range s.Args.Clauses[word] {
			if i > 0 {
				fmt.Fprint(w, ",")
			}
			arg(a)
		}
	}
	if len(s.Args.Aggs) > 0 {
		fmt.Fprint(w, " {")
		for i, a := range s.Args.Aggs {
			if i > 0 {
				fmt.Fprint(w, ",")
			}
			fmt.Fprintf(w, " %s = %s(", a.Name, a.Spec.Name)
			for j, x := range a.Args {
				if j > 0 {
					fmt.Fprint(w, ",")
				}
				var b strings.Builder
				if x.Col >= 0 {
					b.WriteString(String(s.Inputs[x.Col]))
				} else {
					b.WriteString(FormatValue(x.Const))
				}
				fmt.Fprint(w, b.String())
			}
			fmt.Fprint(w, ")")
		}
		fmt.Fprint(w, " }")
	}
	if len(s.Args.Steps) > 0 {
		s.printSteps(w)
	}
	if len(s.Args.Need) > 0 {
		fmt.Fprintf(w, "  computes %s", strings.Join(s.Args.Need, ", "))
	}
	fmt.Fprintf(w, "\n           → [%s]\n", columns(s.Out))
}

func columns(cols []*Column) string {
	var b strings.Builder
	for i, c := range cols {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", c.Name, c.Type)
	}
	return b.String()
}

func outputs(outs []Output) string {
	var b strings.Builder
	for i, o := range outs {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(o.Name)
	}
	return b.String()
}

// printSteps writes the block of a sequence.
func (s *Stage) printSteps(w io.Writer) {
	fmt.Fprint(w, " {")
	for i, st := range s.Args.Steps {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprint(w, " ")
		if st.Not {
			fmt.Fprint(w, "not ")
		}
		fmt.Fprintf(w, "%s = %s", st.Name, String(s.Inputs[st.Cond.Col]))
		if st.Repeat != 1 {
			fmt.Fprintf(w, " repeat %d", st.Repeat)
		}
		if st.Within > 0 {
			fmt.Fprintf(w, " within %s", FormatValue(st.Within))
		}
		by := " by"
		for j, k := range st.By {
			if k.Col != s.Args.Clauses["by"][j].Col {
				fmt.Fprintf(w, "%s %s = %s", by, k.Name, String(s.Inputs[k.Col]))
				by = ","
			}
		}
	}
	fmt.Fprint(w, " }")
}
