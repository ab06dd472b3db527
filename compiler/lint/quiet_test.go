package lint_test

import (
	"strings"
	"testing"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang/source"
)

// sharper is a rule in YAML within a broader one.
func sharper(tag string) string {
	rule := func(title, tag, condition string) string {
		return "title: " + title + "\nid: " + map[bool]string{true: "1", false: "2"}[title == "Broad"] +
			"c4a6f29-6d5c-4a1e-9d6b-0a3d1d3f8a01\nstatus: test\nlevel: low\ndescription: Finds a program that is started.\n" + tag +
			"logsource:\n  product: windows\n  category: process_creation\ndetection:\n  selection:\n" + condition + "  condition: selection\n"
	}
	return rule("Broad", tag, "    Image|endswith: '\\net.exe'\n") + "---\n" +
		rule("Sharp", "", "    Image|endswith: '\\net.exe'\n    CommandLine|contains: ' start '\n")
}

// TestNearMisses are files that look like what a lint finds, and what they earn: the
// false alarms and the misses that were seen in rules that are in use.
func TestNearMisses(t *testing.T) {
	process := func(when string) string {
		return "import std.windows\n\nrule r {\n  from process_creation\n  when " + when + "\n}\n"
	}
	const script = `schema blocks {
  time timestamp
  ScriptBlockText string
}

rule r {
  from blocks
  when ScriptBlockText contains "*virus*"
}
`
	for _, tt := range []struct{ name, file, text, want string }{
		{"a rule within another", "a.yml", sharper(""), "L110"},
		{"a rule within one for hunting", "a.yml", sharper("tags:\n  - detection.threat-hunting\n"), ""},
		{"a lone name with a separator", "a.det", process(`Image == '\cmd.exe'`), "L011"},
		{"a path with doubled backslashes", "a.det", process(`CommandLine contains 'C:\\Windows\\Temp'`), "L015"},
		{"a share", "a.det", process(`CommandLine contains 'copy \\server\c$'`), ""},
		{"a share in quotes", "a.det", process(`CommandLine contains '-FilePath "\\server'`), ""},
		{"a share at the end", "a.det", process(`CommandLine contains ' \\'`), ""},
		{"stars in a command line", "a.det", process(`CommandLine contains "*virus*"`), "L006"},
		{"stars in a script", "a.det", script, ""},
		{"a path of a device", "a.det", process(`Image == '\Device\cmd.exe'`), ""},
	} {
		var got []string
		for _, d := range compiler.Lint([]*source.File{source.New(tt.file, tt.text)}, compiler.Options{}, &lint.Config{}).All {
			got = append(got, d.Code)
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
