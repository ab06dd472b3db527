package check

import (
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// maxGiven is how many events one line of a test may give.
const maxGiven = 1_000_000

// draws are the values by chance, with what their arguments are.
var draws = map[string]string{
	"pick":    "pick([value, …])",
	"uniform": "uniform(low, high)",
	"normal":  "normal(mean, deviation)",
	"poisson": "poisson(mean)",
}

// givenForms shows how events are given.
const givenForms = "given { … }, given 40 over 10m from +35d { … }, given every 2h for 35d { … }, given poisson 2 per 1h for 35d { … }"

// given checks a line of events.
func (t *testChecker) given(st *ast.Stage) {
	g := &plan.Given{Count: 1, Repeat: 1, At: st.At}
	ok := true
	length := func(word, form string, d *time.Duration) bool {
		cl := st.Clause(word)
		if cl == nil {
			return false
		}
		v, fine := t.duration(cl.At, cl.Args, "`"+word+"`", form, 0)
		*d, ok = v, ok && fine
		return true
	}
	if len(st.Args) > 0 {
		n, fine := t.number(st.At, st.Args, "given", "given 40 over 10m { … }")
		g.Count, ok = n, ok && fine
	}
	if cl := st.Clause("from"); cl != nil {
		ok = t.from(cl, g) && ok
	}
	if cl := st.Clause("at"); cl != nil {
		d, fine := t.moment(cl.At, cl.Args, "`at`", "given at +35d { … }")
		g.From, ok = d, ok && fine
	}
	over := length("over", "given 40 over 10m { … }", &g.Over)
	every := length("every", "given every 2h for 35d { … }", &g.Every)
	span := length("for", "given every 2h for 35d { … }", &g.For)
	per := length("per", "given poisson 2 per 1h for 35d { … }", &g.Per)
	length("late", "given 5 over 1m late 10m { … }", &g.Late)
	chance := st.Clause("poisson")
	if chance != nil {
		v, fine := t.one(chance.At, chance.Args, "`poisson`", "given poisson 2 per 1h for 35d { … }")
		g.Poisson, ok = float(v), ok && fine
		if fine && !(g.Poisson > 0) {
			t.form(chance.At, "`poisson` takes a mean above 0", "given poisson 2 per 1h for 35d { … }")
			ok = false
		}
	}
	if cl := st.Clause("repeat"); cl != nil {
		n, fine := t.number(cl.At, cl.Args, "`repeat`", "given repeat 2 { … }")
		g.Repeat, ok = n, ok && fine
	}
	g.Shuffled = st.Clause("shuffled") != nil
	if !ok {
		return
	}
	switch {
	case g.File != "" && (len(st.Args) > 0 || over || every || span || chance != nil || st.HasBody):
		t.form(st.At, "a file brings its events with their times", `given from "events.ndjson"`)
		return
	case (chance != nil) != per, every && chance != nil, over && (every || chance != nil), span != (every || chance != nil),
		(every || chance != nil) && len(st.Args) > 0, len(st.Args) == 0 && over, every && g.Every <= 0, per && g.Per <= 0:
		t.c.diags.Errorf("D0407", st.At, "these words do not go together").Hint = "write one of: " + givenForms
		return
	case g.Count > maxGiven, every && int64(g.For/g.Every) > maxGiven, per && g.Poisson*float64(g.For)/float64(g.Per) > maxGiven:
		t.c.diags.Errorf("D0991", st.At, "this line gives more than %d events", maxGiven)
		return
	}
	if g.Schema = t.schema(st); g.Schema == nil {
		return
	}
	if t.fields(st, g) {
		t.test.Givens = append(t.test.Givens, g)
	}
}

// float is a number as a float; 0 of what is none.
func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// from is a time, or the file that events come from.
func (t *testChecker) from(cl *ast.Clause, g *plan.Given) bool {
	v, ok := t.one(cl.At, cl.Args, "`from`", `given from +35d { … }, or: given from "events.ndjson"`)
	name, file := v.(string)
	if !ok || !file {
		if ok {
			g.From, ok = t.moment(cl.At, cl.Args, "`from`", `given from +35d { … }, or: given from "events.ndjson"`)
		}
		return ok
	}
	data, err := t.c.opts.Read(cl.At.File, name)
	if err != nil {
		t.c.diags.Errorf("D0801", cl.Args[0].Value.Span(), "cannot read the events: %s", err)
		return false
	}
	g.File, g.Data = name, data
	return true
}

// sources are the schemas whose events reach a rule, directly or through others.
func (t *testChecker) sources() []*types.Schema {
	var out []*types.Schema
	for _, r := range plan.Closure(t.test.Rule, t.c.set.Rules) {
		for _, s := range r.From.Schemas() {
			if !contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// schema finds whose events a line gives.
func (t *testChecker) schema(st *ast.Stage) *types.Schema {
	all := t.sources()
	var known []string
	for _, s := range all {
		known = append(known, s.Name)
	}
	cl := st.Clause("of")
	if cl == nil {
		if len(all) == 1 {
			return all[0]
		}
		t.c.diags.Errorf("D0992", st.At, "rule %s reads events of several schemas", t.test.Rule.Name).Hint = "say which: given of " + strings.Join(known, " or given of ") + " { … }"
		return nil
	}
	if len(cl.Args) == 1 {
		if n, ok := cl.Args[0].Value.(*ast.Name); ok {
			for _, s := range all {
				if s.Name == n.Name {
					return s
				}
			}
			d := t.c.diags.Errorf("D0992", n.At, "rule %s reads no events of a schema %s", t.test.Rule.Name, n.Name)
			if d.Hint = hint(n.Name, known); d.Hint == "" {
				d.Hint = "it reads " + strings.Join(known, ", ")
			}
			return nil
		}
	}
	t.form(cl.At, "`of` names a schema", "given of "+strings.Join(known, " or given of ")+" { … }")
	return nil
}

// fields checks the names and values of given events.
func (t *testChecker) fields(st *ast.Stage, g *plan.Given) bool {
	s, ok := g.Schema, true
	var fields []string
	for _, f := range s.Fields {
		fields = append(fields, f.Name)
	}
	seen := map[string]bool{}
	for _, it := range st.Items {
		if it.Name == nil || it.Not || len(it.Clauses) > 0 {
			t.form(it.At, "an event is fields with values", `{ user: "ann", outcome: "DENIED" }`)
			ok = false
			continue
		}
		name := it.Name.Name
		if s.Find(name) < 0 && !s.Open {
			t.c.diags.Errorf("D0301", it.Name.At, "schema %s has no field %s", s.Name, name).Hint = hint(name, fields)
			ok = false
			continue
		}
		if seen[name] {
			t.c.diags.Errorf("D0403", it.Name.At, "%s is given twice", name)
			ok = false
			continue
		}
		seen[name] = true
		t.c.opts.Uses.field(it.Name.At, s, name)
		f := plan.GivenField{Name: name, At: it.Value.Span()}
		if call, drawn := ast.Unparen(it.Value).(*ast.Call); drawn && call.On == nil && draws[call.Fun.Name] != "" {
			f.Draw = t.draw(call)
			ok = ok && f.Draw != nil
		} else {
			sc := t.scope()
			sc.row = []*plan.Column{plan.EventNumber()}
			f.Value = t.c.expr(sc, it.Value)
			ok = ok && f.Value != nil
		}
		g.Fields = append(g.Fields, f)
	}
	return ok
}

// draw checks a value by chance.
func (t *testChecker) draw(x *ast.Call) *plan.Draw {
	d := &plan.Draw{Kind: x.Fun.Name}
	for _, a := range x.Args {
		v, ok := t.c.constValue(t.scope(), a.Value)
		if !ok {
			return nil
		}
		d.Args = append(d.Args, v)
	}
	numbers := func(n int) bool {
		for _, v := range d.Args {
			switch v.(type) {
			case int64, float64:
			default:
				return false
			}
		}
		return len(d.Args) == n
	}
	fits := false
	switch d.Kind {
	case "pick":
		if len(d.Args) == 1 {
			list, _ := d.Args[0].([]any)
			fits = len(list) > 0
			d.Args = list
		}
	case "uniform":
		fits = numbers(2) && float(d.Args[0]) <= float(d.Args[1])
	case "normal":
		fits = numbers(2) && float(d.Args[1]) >= 0
	case "poisson":
		fits = numbers(1) && float(d.Args[0]) >= 0
	}
	if !fits {
		t.form(x.At, d.Kind+" does not take these values", draws[d.Kind])
		return nil
	}
	return d
}
