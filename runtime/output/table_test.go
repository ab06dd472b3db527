package output

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

// TestTableWidth holds every line to its width, however long the texts are.
func TestTableWidth(t *testing.T) {
	for _, width := range []int{80, 100, 140} {
		for _, line := range strings.Split(string(written(t, "table", Options{Width: width})), "\n") {
			if n := uniseg.StringWidth(line); n > width {
				t.Errorf("%d columns in a line of at most %d: %s", n, width, line)
			}
		}
	}
}

// TestFold holds the lines of folded texts to what a text without the short way for
// plain letters would give: none is wider than it may be, none could take the next
// character of a text that had to be cut anywhere, none cuts a character, and nothing
// but spaces is lost.
func TestFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "bc", " ", ", ", "e\u0301", "界", "👩‍💻", "\u0301", "0123456789"})).Draw(t, "text"), "")
		width := rapid.IntRange(1, 12).Draw(t, "width")
		lines := fold(text, width)
		rest := text
		for i, line := range lines {
			if w := uniseg.StringWidth(line); w > width && uniseg.GraphemeClusterCount(line) > 1 {
				t.Fatalf("line %q has %d columns of %d", line, w, width)
			}
			if !strings.HasPrefix(rest, line) {
				t.Fatalf("line %q does not begin %q", line, rest)
			}
			after := rest[len(line):]
			if uniseg.GraphemeClusterCount(line)+uniseg.GraphemeClusterCount(after) != uniseg.GraphemeClusterCount(rest) {
				t.Fatalf("%q cuts a character of %q", line, rest)
			}
			if next, _, wide, _ := uniseg.FirstGraphemeClusterInString(after, -1); i < len(lines)-1 && !strings.Contains(line+next, " ") && uniseg.StringWidth(line)+wide <= width {
				t.Fatalf("line %q has room for %q", line, next)
			}
			rest = strings.TrimLeft(after, " ")
		}
		if rest != "" {
			t.Fatalf("%q is lost of %q", rest, text)
		}
	})
}

// TestTableBelow puts why on lines of its own where the columns leave it no room,
// and breaks it between values.
func TestTableBelow(t *testing.T) {
	alert := func(why ...runtime.Named) runtime.Alert {
		return runtime.Alert{
			Rule: "failed_login_spike", Level: "high", Time: 1709287200000000, Values: why,
			Keys: []runtime.Named{{Name: "user", Kind: types.String, Value: "ann.keller"}},
		}
	}
	long := []runtime.Named{
		{Name: "failed", Kind: types.Int, Value: int64(40)},
		{Name: "zscore(failed, usual)", Kind: types.Float, Value: 39.9},
		{Name: "usual.mean", Kind: types.Float, Value: 0.1},
		{Name: "usual.stddev", Kind: types.Float, Value: 0.3162},
		{Name: "usual.n", Kind: types.Int, Value: int64(10)},
	}
	tests := []struct {
		name  string
		alert runtime.Alert
		width int
		want  string
	}{
		{"room enough", alert(long[0]), 80, `
TIME                 LEVEL  RULE                KEY              WHY
2024-03-01 10:00:00  high   failed_login_spike  user ann.keller  failed 40
`},
		{"too long", alert(long...), 80, `
TIME                 LEVEL  RULE                KEY
    WHY
2024-03-01 10:00:00  high   failed_login_spike  user ann.keller
    failed 40, zscore(failed, usual) 39.9, usual.mean 0.1, usual.stddev 0.3162,
    usual.n 10
`},
		{"wrapped in its column", alert(long...), 120, `
TIME                 LEVEL  RULE                KEY              WHY
2024-03-01 10:00:00  high   failed_login_spike  user ann.keller  failed 40, zscore(failed, usual) 39.9, usual.mean 0.1,
                                                                 usual.stddev 0.3162, usual.n 10
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			sink, err := tableWriter.Open(&b, Options{Width: tt.width})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(sink.Write([]runtime.Alert{tt.alert}), sink.Close()); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want[1:], b.String()); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// TestListShowsTheEmptyText tells a key that is the empty text from one that is missing.
func TestListShowsTheEmptyText(t *testing.T) {
	got := List([]runtime.Named{
		{Name: "user", Kind: types.String, Value: ""},
		{Name: "host", Kind: types.String},
		{Name: "share", Kind: types.Float, Value: 0.123456},
	})
	if want := `user "", share 0.1235`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTableShowsControl holds that what an attacker wrote is shown, not obeyed by
// the terminal, and that no text is lost.
func TestTableShowsControl(t *testing.T) {
	got := string(written(t, "table", Options{Width: 80}))
	if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && hidden(r) }); i >= 0 {
		t.Errorf("%q is sent to the terminal", got[i:min(i+10, len(got))])
	}
	for _, want := range []string{`\x1b[2J`, `\x00`, "日本語"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not shown in\n%s", want, got)
		}
	}
}

// TestTableLater holds that alerts after the widths are settled keep to them.
func TestTableLater(t *testing.T) {
	var b strings.Builder
	sink, err := tableWriter.Open(&b, Options{Width: 80})
	if err != nil {
		t.Fatal(err)
	}
	list := alerts()
	for range settleAfter {
		if err := sink.Write(list[1:2]); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Write([]runtime.Alert{list[0], list[2]}); err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if uniseg.StringWidth(line) > 80 {
			t.Errorf("too long: %s", line)
		}
	}
	if n := strings.Count(b.String(), "bare"); n != settleAfter {
		t.Errorf("%d of %d alerts are shown", n, settleAfter)
	}
}
