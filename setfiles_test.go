package det_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det"
)

// TestFilesTogether compiles several files as one set: what one says against
// another, and which rules are left.
func TestFilesTogether(t *testing.T) {
	const narrow = "schema web {\n  time timestamp\n  user string\n}\n\n"
	const wide = "schema web {\n  time timestamp\n  user string\n  ip ip\n}\n\n"
	rule := func(name, from, when string) string {
		return "rule " + name + " {\n  from " + from + "\n  when " + when + "\n}\n\n"
	}
	tests := []struct {
		name  string
		files []string
		codes string
		rules string
	}{
		{"one schema twice", []string{narrow + rule("a", "web", `user == "x"`), narrow + rule("b", "web", `user == "x"`)}, "", "a b"},
		{"two schemas of one name", []string{narrow + rule("a", "web", `user == "x"`), wide + rule("b", "web", `user == "x"`)}, "D0608", "a"},
		{"and rules that read what is refused", []string{
			narrow + rule("a", "web", `user == "x"`),
			wide + rule("b", "web", `user == "x"`) + rule("c", "rule b", "true") + rule("d", "rule c", "true") + rule("e", "rule a", "true"),
		}, "D0607 D0608", "a e"},
		{"two rules of one name", []string{narrow + rule("a", "web", `user == "x"`), narrow + rule("a", "web", `user == "y"`)}, "D0602", "a"},
		{"the second with an error of its own", []string{narrow + rule("a", "web", `user == "x"`), narrow + rule("a", "web", `usr == "y"`)}, "D0301 D0602", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sources []det.Source
			for i, text := range tt.files {
				sources = append(sources, det.Source{Name: string(rune('a'+i)) + ".det", Text: text})
			}
			set, diags := det.Compiler{}.Sources(sources...)
			var codes, rules []string
			for _, d := range diags.All {
				codes = append(codes, d.Code)
			}
			slices.Sort(codes)
			if got := strings.Join(slices.Compact(codes), " "); got != tt.codes {
				t.Errorf("got %q, want %q\n%s", got, tt.codes, render(diags))
			}
			for _, r := range set.Rules() {
				rules = append(rules, r.Name)
			}
			if got := strings.Join(rules, " "); got != tt.rules {
				t.Errorf("left are %q, want %q", got, tt.rules)
			}
			engine, err := set.NewEngine(det.EngineOptions{})
			if err != nil {
				t.Fatal(err)
			}
			engine.Close()
		})
	}
}
