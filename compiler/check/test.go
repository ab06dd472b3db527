package check

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// testLine is a line that a test may have: the clauses that go with it and what
// makes a step of it.
type testLine struct {
	clauses []string
	check   func(t *testChecker, st *ast.Stage)
}

func testLines() map[string]testLine {
	return map[string]testLine{
		"start":    {nil, (*testChecker).start},
		"end":      {nil, (*testChecker).end},
		"lateness": {nil, (*testChecker).lateness},
		"seed":     {nil, (*testChecker).seed},
		"restart":  {[]string{"at"}, (*testChecker).restart},
		"given":    {[]string{"of", "every", "poisson", "per", "for", "over", "from", "at", "late", "repeat", "shuffled"}, (*testChecker).given},
		"expect":   {[]string{"at", "within", "because", "else", "alerts"}, (*testChecker).expect},
	}
}

// testForm is how a test is written, for hints.
const testForm = "write: test \"title\" for RULE { … }"

// testStart is when a test starts that does not say so: a Monday.
var testStart = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// testChecker checks one test.
type testChecker struct {
	c    *checker
	mod  *module
	test *plan.Test
}

// testDecl checks that a test is about a rule that exists, with lines that tests
// have and fields that the rule's events have.
func (c *checker) testDecl(m *module, b *ast.Block) {
	before := c.diags.Errors()
	t := &testChecker{c: c, mod: m, test: &plan.Test{Start: testStart, Seed: 1, At: b.At}}
	if b.Title != nil {
		t.test.Title, _ = b.Title.Value.(string)
	}
	known := false
	for _, cl := range b.Clauses {
		if cl.Word.Name != "for" || len(cl.Args) != 1 {
			c.diags.Errorf("D0402", cl.Word.At, "a test has no %s here", cl.Word.Name).Hint = testForm
			continue
		}
		n, ok := cl.Args[0].Value.(*ast.Name)
		if !ok {
			c.diags.Errorf("D0407", cl.Args[0].Value.Span(), "a test names its rule").Hint = testForm
			continue
		}
		r := c.rules[n.Name]
		if r != nil {
			c.opts.Uses.decl(n.At, r.decl)
		}
		if r == nil {
			c.diags.Errorf("D0307", n.At, "unknown rule %s", n.Name).Hint = hint(n.Name, names(c.rules))
			continue
		}
		known, t.test.Rule = true, r.plan
	}
	if len(b.Clauses) == 0 {
		c.diags.Errorf("D0407", b.At, "a test names its rule").Hint = testForm
	}
	lines := testLines()
	for _, st := range b.Body {
		line, ok := lines[st.Name.Name]
		if !ok {
			d := c.diags.Errorf("D0401", st.Name.At, "a test has no line %s", st.Name.Name)
			if d.Hint = hint(st.Name.Name, names(lines)); d.Hint == "" {
				d.Hint = "its lines are start, end, lateness, seed, given, restart and expect"
			}
			continue
		}
		for _, cl := range st.Clauses {
			if !contains(line.clauses, cl.Word.Name) {
				d := c.diags.Errorf("D0402", cl.Word.At, "`%s` has no %s", st.Name.Name, cl.Word.Name)
				if len(line.clauses) > 0 {
					d.Hint = "it may have " + strings.Join(line.clauses, ", ")
				}
			}
		}
		if t.test.Rule != nil {
			line.check(t, st)
		}
	}
	if known && t.test.Rule != nil && c.diags.Errors() == before && !c.broken(b) {
		c.set.Tests = append(c.set.Tests, t.test)
	}
}

func (t *testChecker) scope() *scope { return &scope{mod: t.mod} }

// form tells that a line or a clause does not have its form.
func (t *testChecker) form(at source.Span, message, form string) {
	t.c.diags.Errorf("D0407", at, "%s", message).Hint = "write: " + form
}

// one is the constant that is the only argument of a line or a clause.
func (t *testChecker) one(at source.Span, args []*ast.Arg, what, form string) (any, bool) {
	if len(args) != 1 || args[0].Name != nil {
		t.form(at, what+" takes one value", form)
		return nil, false
	}
	return t.c.constValue(t.scope(), args[0].Value)
}

// duration is the same for a length of time, of at least least.
func (t *testChecker) duration(at source.Span, args []*ast.Arg, what, form string, least time.Duration) (time.Duration, bool) {
	v, ok := t.one(at, args, what, form)
	if !ok {
		return 0, false
	}
	d, ok := v.(time.Duration)
	if !ok || d < least {
		t.form(at, what+" takes a length of time", form)
		return 0, false
	}
	return d, true
}

// moment is a time as it goes by from the start of the test: +35d, or a timestamp.
func (t *testChecker) moment(at source.Span, args []*ast.Arg, what, form string) (time.Duration, bool) {
	v, ok := t.one(at, args, what, form)
	if !ok {
		return 0, false
	}
	switch v := v.(type) {
	case time.Duration:
		return v, true
	case time.Time:
		return v.Sub(t.test.Start), true
	}
	t.form(at, what+" takes a time from the start on, or a timestamp", form)
	return 0, false
}

// number is a number of things.
func (t *testChecker) number(at source.Span, args []*ast.Arg, what, form string) (int64, bool) {
	v, ok := t.one(at, args, what, form)
	if !ok {
		return 0, false
	}
	n, ok := v.(int64)
	if !ok || n < 1 {
		t.form(at, what+" takes a number from 1 on", form)
		return 0, false
	}
	return n, true
}

func (t *testChecker) start(st *ast.Stage) {
	v, ok := t.one(st.At, st.Args, "start", "start 2024-03-01T00:00:00Z")
	if !ok {
		return
	}
	at, ok := v.(time.Time)
	if !ok {
		t.form(st.At, "start takes a timestamp", "start 2024-03-01T00:00:00Z")
		return
	}
	if len(t.test.Givens)+len(t.test.Expects) > 0 {
		t.c.diags.Errorf("D0405", st.At, "start stands before the other lines of a test")
		return
	}
	t.test.Start = at
}

func (t *testChecker) end(st *ast.Stage) {
	t.test.End, _ = t.moment(st.At, st.Args, "end", "end +36d")
}

func (t *testChecker) lateness(st *ast.Stage) {
	if d, ok := t.duration(st.At, st.Args, "lateness", "lateness 5m", 0); ok {
		t.test.Lateness = &d
	}
}

func (t *testChecker) seed(st *ast.Stage) {
	if n, ok := t.number(st.At, st.Args, "seed", "seed 7"); ok {
		t.test.Seed = uint64(n)
	}
}

func (t *testChecker) restart(st *ast.Stage) {
	cl := st.Clause("at")
	if cl == nil || len(st.Args) > 0 {
		t.form(st.At, "restart says when", "restart at +5d")
		return
	}
	at, ok := t.moment(cl.At, cl.Args, "at", "restart at +5d")
	if !ok {
		return
	}
	if n := len(t.test.Restarts); n > 0 && at < t.test.Restarts[n-1] {
		t.c.diags.Errorf("D0405", st.At, "restarts stand in the order of time")
		return
	}
	t.test.Restarts = append(t.test.Restarts, at)
}

// TestLine documents a line of a test: its name and the clauses that go with it.
type TestLine struct {
	Name    string
	Clauses []string
}

// TestLines are the lines that tests may have, by name.
func TestLines() []TestLine {
	var out []TestLine
	lines := testLines()
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		out = append(out, TestLine{name, lines[name].clauses})
	}
	return out
}
