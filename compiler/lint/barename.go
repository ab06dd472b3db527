package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
)

var bareName = Lint{
	Code: "L011", Name: "file-name-for-path", Category: Bug, Level: Error,
	Summary: "a field that holds a full path, compared with a bare file name",
	Why:     "Image is C:\\Windows\\System32\\cmd.exe, never cmd.exe or \\cmd.exe alone.",
	Avoid: `import std.windows

rule shell {
  from process_creation
  when Image == "cmd.exe" and ParentImage endswith "\\winword.exe"
}
`,
	Prefer: `import std.windows

rule shell {
  from process_creation
  when Image endswith "\\cmd.exe" and ParentImage endswith "\\winword.exe"
}
`,
	Fixes: true,
	Rule: func(p *Pass, r *Rule) {
		r.binaries(func(b *ast.Binary) {
			if !pathFields[dotted(b.X)] || b.Op != "==" && b.Op != "!=" && b.Op != "in" {
				return
			}
			for _, e := range elements(b.Y) {
				s, ok := text(e)
				if !ok || !executable.MatchString(s) {
					continue
				}
				d := p.Tell(b.Span(), "%s holds a full path, never %s alone", dotted(b.X), s)
				if b.Op == "==" {
					p.mend(d, b.Span(), b.X.Span().Text()+" endswith "+quote(`\`+strings.TrimPrefix(s, `\`), e.(*ast.Literal)))
				}
				return
			}
		})
	},
}

// pathFields are fields of Windows events that hold full paths.
var pathFields = map[string]bool{
	"Image": true, "ParentImage": true, "SourceImage": true, "TargetImage": true, "ImageLoaded": true, "TargetFilename": true,
}

var executable = regexp.MustCompile(`(?i)^\\?[a-z0-9_.-]+\.(exe|dll|com|scr|sys|ps1|bat|cmd)$`)
