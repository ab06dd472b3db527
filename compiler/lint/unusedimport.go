package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/stdlib"
)

var unusedImport = Lint{
	Code: "L127", Name: "unused-import", Category: Dead, Level: Warning,
	Summary: "an import of which nothing is read",
	Why:     "It only makes names ambiguous.",
	Avoid: `import std.auth
import std.web

rule errors {
  from web_access
  when status >= 500
}
`,
	Prefer: `import std.web

rule errors {
  from web_access
  when status >= 500
}
`,
	Fixes: true,
	File: func(p *Pass, f *File) {
		if f.Sigma || f.broken() {
			return
		}
		for _, d := range f.Tree.Decls {
			imp, ok := d.(*ast.Import)
			if !ok || len(imp.Path) == 0 {
				continue // files may be imported for their rules
			}
			var words []string
			for _, w := range imp.Path {
				words = append(words, w.Name)
			}
			lib, ok := stdlib.File(strings.Join(words, "."))
			if !ok || strings.Contains(lib, "\nmapping ") || len(f.Rules) == 0 {
				continue // mappings are read without being named
			}
			used := f.uses()[words[len(words)-1]] > 0
			for _, m := range declared.FindAllStringSubmatch(lib, -1) {
				used = used || f.uses()[m[1]] > 0
			}
			if !used {
				p.remove(p.Tell(imp.At, "nothing of %s is read", strings.Join(words, ".")), imp.At)
			}
		}
	},
}

// declared finds the names that a library declares.
var declared = regexp.MustCompile(`(?m)^(?:schema|list|table|const|fn|rule)\s+([\p{L}_][\p{L}\p{N}_]*)`)
