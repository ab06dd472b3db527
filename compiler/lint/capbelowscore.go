package lint

import "github.com/detlang/det/lang/ast"

var capBelowScore = Lint{
	Code: "L018", Name: "cap-below-score", Category: Bug, Level: Warning,
	Summary: "a risk whose cap is below its score",
	Why:     "An alert never adds more than the cap, so the score that is written is never given.",
	Avoid: `import std.antivirus

rule malware {
  from antivirus
  when severity == "high"
  risk 80 on user(user) cap 60
}
`,
	Prefer: `import std.antivirus

rule malware {
  from antivirus
  when severity == "high"
  risk 60 on user(user)
}
`,
	Rule: func(p *Pass, r *Rule) {
		for _, st := range r.written("risk") {
			c := st.Clause("cap")
			if c == nil || len(c.Args) != 1 || len(st.Args) != 1 {
				continue
			}
			most, ok := literalNumber(c.Args[0].Value)
			score, ok2 := literalNumber(st.Args[0].Value)
			if ok && ok2 && most < score {
				p.Tell(c.At, "the score %g is always cut to %g", score, most)
			}
		}
	},
}

// literalNumber is a number as written.
func literalNumber(x ast.Expr) (float64, bool) {
	l, ok := ast.Unparen(x).(*ast.Literal)
	if !ok {
		return 0, false
	}
	switch v := l.Value.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
