package check

import (
	"strings"

	"github.com/detlang/det/lang/ast"
)

// testStages are the lines of a test and the clauses that each may have.
var testStages = map[string][]string{
	"start":  nil,
	"given":  {"every", "for", "over", "from", "at", "with", "until"},
	"expect": {"at", "because", "else", "alerts", "within", "by", "for"},
}

// test checks that a test is about a rule that exists, with lines that tests have
// and fields that the rule's events have.
func (c *checker) test(m *module, b *ast.Block) {
	var rule *ruleDecl
	for _, cl := range b.Clauses {
		if cl.Word.Name != "for" || len(cl.Args) != 1 {
			c.diags.Errorf("D0402", cl.Word.At, "a test has no %s here", cl.Word.Name).Hint = "write: test \"title\" for RULE { … }"
			continue
		}
		n, ok := cl.Args[0].Value.(*ast.Name)
		if !ok {
			c.diags.Errorf("D0407", cl.Args[0].Value.Span(), "a test names its rule: test \"title\" for RULE { … }")
			continue
		}
		if rule = c.rules[n.Name]; rule == nil {
			c.diags.Errorf("D0307", n.At, "unknown rule %s", n.Name).Hint = hint(n.Name, names(c.rules))
		}
	}
	if len(b.Clauses) == 0 {
		c.diags.Errorf("D0407", b.At, "a test names its rule: test \"title\" for RULE { … }")
	}
	for _, st := range b.Body {
		known, ok := testStages[st.Name.Name]
		if !ok {
			c.diags.Errorf("D0401", st.Name.At, "a test has no line %s", st.Name.Name).Hint = "its lines are start, given and expect"
			continue
		}
		for _, cl := range st.Clauses {
			if !contains(known, cl.Word.Name) {
				d := c.diags.Errorf("D0402", cl.Word.At, "`%s` has no %s", st.Name.Name, cl.Word.Name)
				if len(known) > 0 {
					d.Hint = "it may have " + strings.Join(known, ", ")
				}
			}
		}
		if st.Name.Name == "given" && rule != nil {
			c.given(rule, st)
		}
	}
}

// given checks the names of an event's fields against the schema of the rule.
func (c *checker) given(rule *ruleDecl, st *ast.Stage) {
	if rule.plan == nil || rule.plan.From.Schema == nil {
		return
	}
	s := rule.plan.From.Schema
	var fields []string
	for _, f := range s.Fields {
		fields = append(fields, f.Name)
	}
	for _, it := range st.Items {
		if it.Name != nil && s.Find(it.Name.Name) < 0 && !s.Open {
			c.diags.Errorf("D0301", it.Name.At, "schema %s has no field %s", s.Name, it.Name.Name).Hint = hint(it.Name.Name, fields)
		}
	}
}
