package mutate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det/lang/source"
)

// TestFile lists the mutants of single lines: the line as each leaves it.
func TestFile(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"where a == 1", []string{"", "where a != 1", "where a == 0", "where a == 2"}},
		{"when a > 3 and not b", []string{
			"when not b", "when a > 3", "when a >= 3 and not b", "when a > 2 and not b", "when a > 4 and not b", "when a > 3 or not b", "when a > 3 and b"}},
		{`when a contains any ["x", "y"]`, []string{`when a startswith any ["x", "y"]`, `when a contains any ["y"]`, `when a contains any ["x"]`}},
		{`when a not in ["x"]`, []string{`when a in ["x"]`}},
		{"when a is not null", []string{"when a is null"}},
		{"when zscore(a, u) > 2.5", []string{"when robust_zscore(a, u) > 2.5", "when zscore(a, u) >= 2.5", "when zscore(a, u) > 1.5", "when zscore(a, u) > 3.5"}},
		{"window 1h by a, b { n = count(), m = max(c) }", []string{
			"window 2h by a, b { n = count(), m = max(c) }", "window 1h by b { n = count(), m = max(c) }",
			"window 1h by a { n = count(), m = max(c) }", "window 1h by a, b { n = count(), m = min(c) }"}},
		{"baseline u of n over 30d at hour_of_day min 4", []string{
			"baseline u of n over 60d at hour_of_day min 4", "baseline u of n over 30d min 4",
			"baseline u of n over 30d at hour_of_day min 3", "baseline u of n over 30d at hour_of_day min 5"}},
		{"throttle 1d by a", []string{"", "throttle 2d by a"}},
		{"title \"a 1\"", nil},
	} {
		head := "rule r {\n  from s\n  "
		f := source.New("r.det", head+tt.line+"\n}\n")
		var got []string
		for _, m := range File(f) {
			text := strings.TrimSuffix(strings.TrimPrefix(m.Apply(), head), "\n}\n")
			got = append(got, strings.Join(strings.Fields(text), " "))
			if m.Rule != "r" || m.What == "" {
				t.Errorf("%s: mutant %+v", tt.line, m)
			}
		}
		slices.Sort(got)
		want := slices.Clone(tt.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s", tt.line, diff(got, want))
		}
	}
}

func diff(got, want []string) string {
	var b strings.Builder
	for _, g := range got {
		if !slices.Contains(want, g) {
			fmt.Fprintf(&b, "  not wanted: %s\n", g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			fmt.Fprintf(&b, "  missing: %s\n", w)
		}
	}
	return b.String()
}
