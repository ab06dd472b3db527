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
		first := map[string]*simple{}
		for i, x := range s.simples() {
			if x == nil {
				continue
			}
			r := s.Rules[i]
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
			var other *simple
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
			if other != nil && other.text != x.text {
				d := p.Tell(r.Block.Name.At, "rule %s differs from rule %s in one value", r.Plan.Name, other.rule.Plan.Name)
				d.Notes = append(d.Notes, diag.Note{Span: other.rule.Block.Name.At, Message: "this one"})
				continue
			}
			for _, key := range keys {
				first[key] = x
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
