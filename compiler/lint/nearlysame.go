package lint

import (
	"slices"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/diag"
)

var nearlySame = Lint{
	Code: "L118", Name: "nearly-the-same-rule", Category: Dead, Level: Info,
	Summary: "two rules that differ in a single value of long conditions",
	Why: "One condition with a list is easier to keep right than copies of it, of which sooner or later only one is " +
		"changed.",
	Avoid: `import std.windows

rule certutil_download {
  from process_creation
  when Image endswith "\\certutil.exe"
      and CommandLine contains "http"
      and CommandLine contains "urlcache"
      and User contains "admin"
      and IntegrityLevel == "High"
}

rule certutil_decode {
  from process_creation
  when Image endswith "\\certutil.exe"
      and CommandLine contains "http"
      and CommandLine contains "verifyctl"
      and User contains "admin"
      and IntegrityLevel == "High"
}
`,
	Prefer: `import std.windows

rule certutil_download {
  from process_creation
  when Image endswith "\\certutil.exe" and CommandLine contains any ["urlcache", "verifyctl"]
}
`,
	Set: func(p *Pass, s *Set) {
		first := map[string]*Rule{}
		for _, r := range s.Rules {
			x := simpleRule(r)
			if x == nil {
				continue
			}
			parts := conjuncts(x.conds)
			if r.File.Sigma {
				parts = conjuncts(x.conds[len(x.conds)-1:]) // without the log source
			}
			var texts []string
			for _, c := range parts {
				texts = append(texts, plan.String(unnamed(c)))
			}
			if len(parts) < 5 {
				continue
			}
			slices.Sort(texts)
			var other *Rule
			var keys []string
			for _, c := range parts {
				hole, ok := withHole(c)
				if !ok {
					continue
				}
				rest := slices.Clone(texts)
				i := slices.Index(rest, plan.String(unnamed(c)))
				rest[i] = hole
				slices.Sort(rest)
				key := r.Plan.From.Name() + "\x00" + r.Plan.Meta.Level + "\x00" + strings.Join(rest, "\x00")
				if other == nil {
					other = first[key]
				}
				keys = append(keys, key)
			}
			if other != nil && !sameText(other, x) {
				d := p.Tell(r.Block.Name.At, "rule %s differs from rule %s in one value", r.Plan.Name, other.Plan.Name)
				d.Notes = append(d.Notes, diag.Note{Span: other.Block.Name.At, Message: "this one"})
				continue
			}
			for _, key := range keys {
				first[key] = r
			}
		}
	},
}

// withHole is a test with its constant left out.
func withHole(x plan.Expr) (string, bool) {
	o, ok := bare(x).(*plan.Op)
	if !ok || len(o.Args) != 2 {
		return "", false
	}
	if _, isConst := constant(o.Args[1]); !isConst {
		return "", false
	}
	return o.Op + "\x00" + o.Quant + "\x00" + plan.String(o.Args[0]) + "\x00?", true
}

func sameText(r *Rule, x *simple) bool {
	y := simpleRule(r)
	return y == nil || y.text == x.text
}
