package output

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"

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
