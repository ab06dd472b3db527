package lint

import (
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
)

var absentFromTable = Lint{
	Code: "L215", Name: "absent-from-table", Category: Statistics, Level: Warning,
	Summary: "a count compared with a table's number, which is missing for keys that the table lacks",
	Why: "A comparison with a missing value is false, so for whoever is not in the table the rule is silent: new users, new " +
		"hosts, those that matter most. `coalesce` says what holds for them.",
	Avoid: `import std.auth

table usual key user {
  user string
  mean float
  row ["ann", 3.5]
}

rule busy {
  from authentication
  window 1h by user { logins = count() }
  lookup usual by user { mean }
  when logins > 2 * mean
}
`,
	Prefer: `import std.auth

table usual key user {
  user string
  mean float
  row ["ann", 3.5]
}

rule busy {
  from authentication
  window 1h by user { logins = count() }
  lookup usual by user { mean }
  when logins > 2 * coalesce(mean, 5.0)
}
`,
	Rule: func(p *Pass, r *Rule) {
		looked := map[*plan.Column]bool{}
		for _, l := range r.stages("lookup") {
			for _, c := range l.plan.Out[min(l.plan.Before, len(l.plan.Out)):] {
				looked[c] = c.Type.Numeric() && !r.guarded(c.Name)
			}
		}
		if len(looked) == 0 {
			return
		}
		r.exprs(func(x plan.Expr) {
			o, ok := x.(*plan.Op)
			if !ok || len(o.Args) != 2 || complement[o.Op] == "" {
				return
			}
			for i, a := range o.Args {
				if c := reads(o.Args[1-i], looked); c != nil && r.aggregate(a) != nil {
					p.Tell(o.Span(), "%s is missing for keys that the table lacks: for them this is false", c.Name).Hint =
						"say what holds for them: coalesce(" + c.Name + ", …), or " + c.Name + " is null or …"
				}
			}
		})
	},
}

// guarded reports whether the rule says what holds where a name is missing.
func (r *Rule) guarded(name string) bool {
	found := false
	r.walk(func(x ast.Expr) {
		var asked ast.Expr
		switch x := x.(type) {
		case *ast.Call:
			if x.Fun.Name == "coalesce" {
				asked = x
			}
		case *ast.Binary:
			if x.Op == "is" {
				asked = x.X
			}
		}
		if asked != nil {
			names := map[string]int{}
			uses(names, asked)
			found = found || names[name] > 0
		}
	})
	return found
}

// reads is one of the columns that an expression reads, or nil.
func reads(x plan.Expr, cols map[*plan.Column]bool) *plan.Column {
	var found *plan.Column
	plan.Walk(x, func(e plan.Expr) bool {
		if c := column(e); c != nil && cols[c] {
			found = c
		}
		return true
	})
	return found
}
