package det_test

import (
	"context"
	"testing"

	"github.com/detlang/det"
)

// TestFootprints measures what rules keep a key: what must be there, in which bounds
// it must lie, and what a longer history adds.
func TestFootprints(t *testing.T) {
	const schema = "schema event {\n  time timestamp\n  user string\n  ip ip\n  n int\n  tags list(string)\n}\n\n"
	rule := func(body string) string { return schema + "rule x {\n  from event\n" + body + "\n}\n" }
	tests := []struct {
		name, rules string
		stage       string
		min, max    int // bytes a key of the last rule
		windows     int
	}{
		{"an event", rule("  when n > 5"), "", 0, 0, 0},
		{"a count", rule("  where n > 1000\n  window 1h by user { c = count() }\n  when c > 5"), "window", 20, 400, 0},
		{"a percentile", rule("  window 1h by user { c = percentile(n, 95) }\n  when c > 5"), "window", 20, 800, 0},
		{"a session", rule("  window 1h session by ip { c = count() }\n  when c > 5"), "window", 20, 800, 0},
		{"sliding", rule("  window 1h sliding by ip { c = count() }\n  when c > 5"), "window", 20, 1000, 0},
		{"a throttle", rule("  when n > 5\n  throttle 1h by user"), "throttle", 20, 400, 0},
		{"a baseline", rule("  window 1h by user { c = count() }\n  baseline b of c over 90d\n  when c > b.mean"), "baseline", 8 * 2160, 100_000, 2160},
		{"another source", rule("  window 1h by user { c = count() }\n  when c > 5\n  risk 5 on user(user)") +
			"rule y {\n  from risk\n  window 1d by entity { c = sum(score) }\n  when c > 5\n}\n", "window", 20, 400, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: tt.rules})
			if diags.Errors() > 0 {
				t.Fatal(render(diags))
			}
			all, err := rules.Footprints(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if tt.stage == "" {
				if len(all) != 0 {
					t.Errorf("a rule without state has %v", all)
				}
				return
			}
			if len(all) == 0 {
				t.Fatal("nothing was measured")
			}
			last := all[len(all)-1]
			found, ok := det.StageFootprint{}, false
			for _, s := range last.Stages {
				if s.Stage == tt.stage {
					found, ok = s, true
				}
			}
			if !ok || found.Bytes < tt.min || found.Bytes > tt.max || found.Windows != tt.windows {
				t.Errorf("measured %+v, want %s of %d to %d bytes over %d windows", last, tt.stage, tt.min, tt.max, tt.windows)
			}
			t.Logf("%+v: %d bytes a key", last, last.Total())
		})
	}
}
