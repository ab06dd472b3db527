package lint

import "github.com/detlang/det/lang/diag"

var ruleTwice = Lint{
	Code: "L111", Name: "rule-twice", Category: Dead, Level: Warning,
	Summary: "two rules with the same condition over the same events",
	Why:     "Every alert comes twice. Usually one is a copy that was to be changed.",
	Avoid: `import std.web

rule admin_pages {
  from web_access
  when path startswith "/admin" and status == 200
}

rule admin_pages_2 {
  from web_access
  when status == 200 and path startswith "/admin"
}
`,
	Prefer: `import std.web

rule admin_pages {
  from web_access
  when path startswith "/admin" and status == 200
}

rule setup_pages {
  from web_access
  when path startswith "/setup" and status == 200
}
`,
	Set: func(p *Pass, s *Set) {
		first := map[string]*Rule{}
		for i, x := range s.simples() {
			if x == nil || x.text == "" {
				continue
			}
			r := s.Rules[i]
			key := r.Plan.From.Name() + "\x00" + x.text
			if other := first[key]; other != nil {
				d := p.Tell(r.Block.Name.At, "rule %s has the condition of rule %s", r.Plan.Name, other.Plan.Name)
				d.Notes = append(d.Notes, diag.Note{Span: other.Block.Name.At, Message: "the first one"})
				continue
			}
			first[key] = r
		}
	},
}
