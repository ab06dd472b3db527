package lint

import (
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/diag"
)

var ruleCovered = Lint{
	Code: "L110", Name: "rule-implied", Category: Dead, Level: Warning,
	Summary: "a rule that fires only when another one does",
	Why: "Both look at the same events one by one, and whenever the first fires the second fires too. Either one is " +
		"superfluous, or its condition is not what was meant.",
	Avoid: `import std.web

rule admin_pages {
  from web_access
  when path startswith "/admin" and status == 200
}

rule admin_login {
  from web_access
  when path == "/admin/login" and status == 200
}
`,
	Prefer: `import std.web

rule admin_pages {
  from web_access
  when path startswith "/admin" and path != "/admin/login" and status == 200
}

rule admin_login {
  from web_access
  when path == "/admin/login" and status == 200
}
`,
	Set: func(p *Pass, s *Set) {
		streams := map[string][]*simple{}
		for _, r := range s.Rules {
			if x := simpleRule(r); x != nil {
				streams[r.Plan.From.Name()] = append(streams[r.Plan.From.Name()], x)
			}
		}
		for _, r := range s.Rules {
			for _, x := range streams[r.Plan.From.Name()] {
				if x.rule != r || x.text == "" {
					continue
				}
				for _, y := range streams[r.Plan.From.Name()] {
					if x == y || x.text == y.text || !x.mayImply(y) || x.rule.Plan.Meta.Level != y.rule.Plan.Meta.Level {
						continue
					}
					if x.implies(y) && !y.implies(x) {
						d := p.Tell(r.Block.Name.At, "rule %s fires only when rule %s does", r.Plan.Name, y.rule.Plan.Name)
						d.Notes = append(d.Notes, diag.Note{Span: y.rule.Block.Name.At, Message: "this one"})
						break
					}
				}
			}
		}
	},
}

// simple is a rule over single events: its conditions, joined.
type simple struct {
	rule  *Rule
	conds []plan.Expr
	text  string
	reads []string // names of the columns that every alternative reads
}

// simpleRule reads a rule without stages but where, let and when.
func simpleRule(r *Rule) *simple {
	s := &simple{rule: r}
	if r.verdict().kind != possible {
		return nil
	}
	var texts []string
	for _, st := range r.Plan.Stages {
		if st.Cond == nil {
			return nil
		}
		s.conds = append(s.conds, st.Cond)
	}
	for _, x := range conjuncts(s.conds) {
		texts = append(texts, plan.String(unnamed(x)))
	}
	if len(texts) > maxParts {
		return nil
	}
	slices.Sort(texts)
	s.text = strings.Join(slices.Compact(texts), " and ")
	seen := map[string]bool{}
	for _, x := range s.conds {
		plan.Walk(x, func(e plan.Expr) bool {
			if c, ok := e.(*plan.Col); ok {
				seen[c.Column.Name] = true
			}
			return true
		})
	}
	for name := range seen {
		s.reads = append(s.reads, name)
	}
	slices.Sort(s.reads)
	return s
}

// unnamed is an expression with the names that its author gave taken out.
func unnamed(x plan.Expr) plan.Expr {
	return plan.Map(x, func(e plan.Expr) plan.Expr {
		switch e := e.(type) {
		case *plan.Named:
			return e.X
		case *plan.Const:
			k := *e
			k.Name = ""
			return &k
		}
		return e
	})
}

// mayImply is a quick look: what y reads, x must read.
func (x *simple) mayImply(y *simple) bool {
	for _, name := range y.reads {
		if _, ok := slices.BinarySearch(x.reads, name); !ok {
			return false
		}
	}
	return len(y.reads) > 0
}

// implies proves that y holds whenever x does.
func (x *simple) implies(y *simple) bool {
	cols := map[string]*plan.Column{}
	for _, c := range x.rule.Plan.From.Columns {
		cols[c.Name] = c
	}
	for _, cond := range y.conds {
		moved := plan.Map(cond, func(e plan.Expr) plan.Expr {
			if c, ok := e.(*plan.Col); ok && cols[c.Column.Name] != nil {
				return &plan.Col{Column: cols[c.Column.Name], At: c.At}
			}
			return e
		})
		if x.rule.possible(x.conds, moved) {
			return false
		}
	}
	return true
}
