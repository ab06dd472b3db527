package lint

import "github.com/detlang/det/lang/ast"

var sigmaKeywords = Lint{
	Code: "L806", Name: "sigma-keywords-only", Category: Sigma, Level: Info, Ext: ".yml",
	Summary: "a Sigma rule that only searches for keywords",
	Why: "Keywords are looked for in all values of an event: slower than a field, and true for a log that only mentions " +
		"them. Where the log has fields, name one.",
	Avoid: sigmaExample(sigmaID, `    keywords:
        - 'vssadmin delete shadows'
        - 'shadowcopy delete'
    condition: keywords
`),
	Prefer: sigmaExample(sigmaID, `    selection:
        CommandLine|contains:
            - 'vssadmin delete shadows'
            - 'shadowcopy delete'
    condition: selection
`),
	Rule: func(p *Pass, r *Rule) {
		if !r.File.Sigma {
			return
		}
		words, fields := ast.Expr(nil), false
		for _, l := range r.lines {
			if n := l.ast.Name.Name; n != "let" && n != "when" {
				continue
			}
			walkStage(l.ast, func(x ast.Expr) {
				b, ok := x.(*ast.Binary)
				if !ok || b.Op == "and" || b.Op == "or" {
					return
				}
				if dotted(b.X) == "any_value" {
					words = b
				} else {
					fields = true
				}
			})
		}
		if words != nil && !fields {
			p.Tell(words.Span(), "this only searches for keywords, in all values of an event")
		}
	},
}
