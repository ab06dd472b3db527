package lint

import (
	"regexp"

	"github.com/detlang/det/lang/ast"
)

var containsDomain = Lint{
	Code: "L513", Name: "domain-by-part", Category: Robustness, Level: Info,
	Summary: "a domain looked for anywhere in a host name",
	Why: "`contains \"evil.com\"` also holds for evil.com.example.org and notevil.com. registered_domain(host) is the " +
		"domain itself, endswith \".evil.com\" its hosts.",
	Avoid: `import std.dns

rule drop_site {
  from dns
  when query contains "pastebin.com"
}
`,
	Prefer: `import std.dns

rule drop_site {
  from dns
  when registered_domain(query) == "pastebin.com"
}
`,
	Rule: func(p *Pass, r *Rule) {
		if r.File.Sigma {
			return
		}
		r.patterns("contains", func(b *ast.Binary, at *ast.Literal, s string) {
			if caselessHost.MatchString(dotted(b.X)) && domainName.MatchString(s) {
				p.Tell(at.At, "other names have this in them, too").Hint = "write: registered_domain(" + dotted(b.X) + ") == " + at.Raw
			}
		})
	},
}

var (
	caselessHost = regexp.MustCompile(`(?i)^(.*[._])?(query|domain|domain_?name|fqdn|host|host_?name)$`)
	domainName   = regexp.MustCompile(`(?i)^[a-z0-9-]+\.(com|net|org|info|io|ru|cn|top|xyz|de|ch|uk|me|co)$`)
)
