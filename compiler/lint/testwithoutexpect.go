package lint

import "github.com/detlang/det/lang/ast"

var testWithoutExpect = Lint{
	Code: "L021", Name: "test-expects-nothing", Category: Bug, Level: Warning,
	Summary: "a test that expects nothing, not even silence",
	Why:     "It passes whatever the rule does.",
	Avoid: `import std.auth

rule many {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  when failed >= 5
}

test "a burst" for many {
  start 2024-03-01T00:00:00Z
  given 6 over 10m { user: "ann", outcome: "DENIED" }
}
`,
	Prefer: `import std.auth

rule many {
  from authentication
  where outcome == "DENIED"
  window 1h by user { failed = count() }
  when failed >= 5
}

test "a burst" for many {
  start 2024-03-01T00:00:00Z
  given 6 over 10m { user: "ann", outcome: "DENIED" }
  expect alert at +1h { user: "ann", failed: 6 }
}
`,
	File: func(p *Pass, f *File) {
		for _, d := range f.Tree.Decls {
			b, ok := d.(*ast.Block)
			if !ok || b.Keyword.Name != "test" {
				continue
			}
			expects := false
			for _, st := range b.Body {
				expects = expects || st.Name.Name == "expect" || st.Name.Name == "assert"
			}
			if !expects {
				p.Tell(b.Keyword.At, "this test expects nothing").Hint = "write: expect none, or what alert is expected"
			}
		}
	},
}
