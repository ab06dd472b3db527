package lint

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var regexLiteral = Lint{
	Code: "L400", Name: "regex-for-literal", Category: Performance, Level: Warning,
	Summary: "a regular expression that looks for a plain text",
	Why: "contains, startswith and endswith say the same, are searched for in one pass with those of all other rules, and " +
		"cannot be misread. A regular expression heeds case, so the fix does too; leave `cased` out unless case matters.",
	Avoid: `import std.web

rule admin {
  from web_access
  when path matches "^/admin/"
}
`,
	Prefer: `import std.web

rule admin {
  from web_access
  when path startswith cased "/admin/"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.patterns("matches", func(b *ast.Binary, at *ast.Literal, s string) {
			if b.Quant != "" || b.Not {
				return
			}
			op, values, cased, ok := plainRegex(s)
			if !ok || len(values) != 1 {
				return
			}
			if cased {
				op += " cased"
			}
			p.mend(p.Tell(at.At, "this is what %s looks for", op), b.Span(), b.X.Span().Text()+" "+op+" "+quote(values[0], at))
		})
	},
}

// plainRegex is the operator and the texts that a pattern amounts to, if it is a
// text or several, anchored or not.
func plainRegex(s string) (op string, values []string, cased, ok bool) {
	re, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return "", nil, false, false
	}
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	begin, end := false, false
	if len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		begin, parts = true, parts[1:]
	}
	if n := len(parts); n > 0 && parts[n-1].Op == syntax.OpEndText {
		end, parts = true, parts[:n-1]
	}
	if len(parts) != 1 {
		return "", nil, false, false
	}
	x := parts[0]
	for x.Op == syntax.OpCapture {
		x = x.Sub[0]
	}
	alternatives := []*syntax.Regexp{x}
	if x.Op == syntax.OpAlternate {
		alternatives = x.Sub
	}
	folds := 0
	for _, a := range alternatives {
		if a.Op != syntax.OpLiteral {
			return "", nil, false, false
		}
		if a.Flags&syntax.FoldCase != 0 {
			folds++
		}
		values = append(values, string(a.Rune))
	}
	if folds != 0 && folds != len(alternatives) {
		return "", nil, false, false
	}
	op, ok = anchoredTest(begin, end, values)
	return op, values, folds == 0, ok
}

// anchoredTest is the operator that asks what a regular expression of plain texts
// does, which is held to the beginning or the end or to both. The whole is a matter of
// `like`, for texts that it takes as they are.
func anchoredTest(begin, end bool, texts []string) (op string, ok bool) {
	switch {
	case begin && end:
		return "like", !slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsAny(s, `*?\`) })
	case begin:
		return "startswith", true
	case end:
		return "endswith", true
	}
	return "contains", true
}
