package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// TestUnseen runs a rule over inputs that lack its fields.
func TestUnseen(t *testing.T) {
	const rule = `
rule x {
  from event
  when user == "ann" or n > 1 or note == "x"
}
`
	const closed = "schema event {\n  time timestamp\n  user string from \"user.name\", \"usr\"\n  n int\n  note string optional\n  other string from \"number\"\n}\n" + rule
	const open = "schema event open {\n  time timestamp\n}\n\nrule x {\n  from event\n  when string(user) == \"ann\" or unrelated == \"y\"\n}\n"
	const at = `"time":"2024-03-01T10:00:00Z"`
	tests := []struct {
		name, rule string
		files      map[string]string
		want       string
	}{
		{"all there", closed, map[string]string{"a.ndjson": "{" + at + `,"usr":"bob","n":1}`}, "[]"},
		{"each in one file", closed, map[string]string{"a.ndjson": "{" + at + `,"usr":"bob"}`, "b.ndjson": "{" + at + `,"n":1}`}, "[]"},
		{"null in all", closed, map[string]string{"a.ndjson": "{" + at + `,"usr":null,"n":1}`}, "[]"},
		{"nested", closed, map[string]string{"a.ndjson": "{" + at + `,"user":{"name":"bob"},"n":1}`}, "[]"},
		{"misspelt", closed, map[string]string{"a.ndjson": "{" + at + `,"account":{"usser":"ann"},"n":1}`}, "[{event user account.usser}]"},
		{"in a header", closed, map[string]string{"a.csv": "time,User,m\n2024-03-01T10:00:00Z,ann,1\n"}, "[{event user User} {event n m}]"},
		{"a name that means another field", closed, map[string]string{"a.csv": "time,usr,number\n2024-03-01T10:00:00Z,ann,1\n"}, "[{event n }]"},
		{"nothing like it", closed, map[string]string{"a.csv": "time,usr,colour\n2024-03-01T10:00:00Z,ann,1\n"}, "[{event n }]"},
		{"no time", closed, map[string]string{"a.csv": "tyme,usr,n\n2024-03-01T10:00:00Z,ann,1\n"}, "[{event time tyme}]"},
		{"no event", closed, map[string]string{"a.csv": "time,usr\n"}, "[]"},
		{"an open schema", open, map[string]string{"a.ndjson": "{" + at + `,"User":"ann"}`}, "[{event user User}]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: tt.rule})
			if diags.Errors() > 0 {
				t.Fatal(render(diags))
			}
			stats, err := rules.Run(context.Background(), det.RunOptions{
				Inputs: []string{dir}, Alerts: func([]runtime.Alert) error { return nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, fmt.Sprint(stats.Unseen)); d != "" {
				t.Errorf("unseen (-want +got)\n%s", d)
			}
		})
	}
}
