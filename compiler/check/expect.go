package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/runtime"
)

// expectForms shows how an expectation is written.
const expectForms = `expect alert at +1h { user: "ann", failed >= 40 }, expect 2 alerts, expect none because warming_up, expect nothing else, expect "len(alerts) == 2"`

// expect checks an expectation.
func (t *testChecker) expect(st *ast.Stage) {
	e := &plan.Expect{Span: st.At}
	ok := t.kind(st, e)
	if !ok {
		t.c.diags.Errorf("D0407", st.At, "this is no expectation").Hint = "write one of: " + expectForms
		return
	}
	if cl := st.Clause("at"); cl != nil {
		at, fine := t.moment(cl.At, cl.Args, "`at`", "expect alert at +1h")
		e.At, ok = &at, fine
	}
	if cl := st.Clause("within"); cl != nil {
		d, fine := t.duration(cl.At, cl.Args, "`within`", "expect alert at +1h within 5m", 0)
		e.Within, ok = d, ok && fine
		if e.At == nil {
			t.form(cl.At, "`within` says how far from `at` the alert may be", "expect alert at +1h within 5m")
			ok = false
		}
	}
	if cl := st.Clause("because"); cl != nil {
		ok = t.because(cl, e) && ok
	}
	for _, it := range st.Items {
		ok = t.condition(it, e) && ok
	}
	if ok {
		t.test.Expects = append(t.test.Expects, e)
	}
}

// kind reads what stands behind expect.
func (t *testChecker) kind(st *ast.Stage, e *plan.Expect) bool {
	if len(st.Args) != 1 {
		return false
	}
	plural, rest := st.Clause("alerts") != nil, st.Clause("else") != nil
	switch x := st.Args[0].Value.(type) {
	case *ast.Name:
		switch {
		case x.Name == "alert" && !plural && !rest:
			e.Kind = "alert"
		case x.Name == "none" && !plural && !rest:
			e.Kind = "none"
		case x.Name == "nothing" && rest && !plural && len(st.Items) == 0:
			e.Kind = "else"
		default:
			return false
		}
		return true
	case *ast.Literal:
		switch v := x.Value.(type) {
		case int64:
			e.Kind, e.Count = "alerts", v
			return plural && !rest && v >= 0
		case string:
			e.Kind, e.That = "that", v
			if plural || rest || len(st.Items) > 0 {
				return false
			}
			if err := t.c.opts.Assertion(v); err != nil {
				t.c.diags.Errorf("D0993", x.At, "%s", err)
				e.That = "true" // told
			}
			return true
		}
	}
	return false
}

func (t *testChecker) because(cl *ast.Clause, e *plan.Expect) bool {
	if len(cl.Args) == 1 {
		if n, ok := cl.Args[0].Value.(*ast.Name); ok && e.Kind == "none" {
			e.Reason = n.Name
			known := Reasons()
			if contains(known, n.Name) {
				return true
			}
			d := t.c.diags.Errorf("D0408", n.At, "%s is no reason for silence", n.Name)
			if d.Hint = hint(n.Name, known); d.Hint == "" {
				d.Hint = "the reasons are " + strings.Join(known, ", ")
			}
			return false
		}
	}
	t.form(cl.At, "a reason belongs to the expectation of none", "expect none because warming_up")
	return false
}

// Reasons are the names that a test may give for silence.
func Reasons() []string {
	var names []string
	for _, o := range runtime.Outcomes {
		if o.Outcome != runtime.Fired {
			names = append(names, string(o.Outcome))
		}
	}
	return names
}

// condition is an equality (user: "ann") or an expression (failed >= 40).
func (t *testChecker) condition(it *ast.Item, e *plan.Expect) bool {
	known := t.test.Rule.Alert.Names()
	cond := plan.ExpectCond{At: it.At}
	if it.Not || len(it.Clauses) > 0 {
		t.form(it.At, "a condition is a value or an expression", `{ user: "ann", failed >= 40 }`)
		return false
	}
	if it.Name == nil {
		cond.Text = it.Value.Span().Text()
		t.c.opts.Uses.outputs(it.Value, t.test.Rule)
		if err := t.c.opts.Condition(cond.Text, known); err != nil {
			t.c.diags.Errorf("D0993", it.At, "%s", err)
			return false
		}
		e.Conds = append(e.Conds, cond)
		return true
	}
	cond.Name = it.Name.Name
	if _, ok := known[cond.Name]; !ok {
		d := t.c.diags.Errorf("D0301", it.Name.At, "the alerts of rule %s have no %s", t.test.Rule.Name, cond.Name)
		if d.Hint = hint(cond.Name, names(known)); d.Hint == "" && len(known) > 0 {
			d.Hint = "they have " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")
		}
		return false
	}
	t.c.opts.Uses.output(it.Name.At, t.test.Rule, cond.Name)
	v, ok := t.c.constValue(t.scope(), it.Value)
	cond.Value = v
	e.Conds = append(e.Conds, cond)
	return ok
}
