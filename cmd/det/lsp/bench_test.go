package lsp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det/lang/source"
)

// long is a file of about so many lines of rules and tests, with a cursor in the
// middle.
func long(lines int) string {
	var b strings.Builder
	b.WriteString("import std.web\n\nconst limit = 100\nlist office = [\"10.0.0.1\", \"10.0.0.2\"]\n\n")
	for i := 0; strings.Count(b.String(), "\n") < lines; i++ {
		fmt.Fprintf(&b, `rule flood_%d {
  title "{attempts} GETs from {ip}"
  level high
  attack [T1498]
  from web_access
  let get = method == "GET" and path contains any ["/%d", "/login", "/admin"]
  where get and not (user in office)
  window 30m by ip {
    attempts = count(),
    paths = count_distinct(path)
  }
  baseline usual of attempts over 30d min 10
  when attempts > limit and zscore(attempts, usual) > 3
}

test "flood %d" for flood_%d {
  given 101 over 10m { ip: "203.0.113.9", method: "GET", path: "/x" }
  expect none
}

`, i, i, i, i)
	}
	return b.String()
}

// BenchmarkKeystroke types into the middle of a file and waits each time for the
// completion that the editor asks for with the keystroke. Its figures are times from
// sending the edit to reading the answer.
func BenchmarkKeystroke(b *testing.B) {
	for _, lines := range []int{1000, 10000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			text := long(lines)
			s := begin(b, nil)
			s.open("a.det", text)
			s.diagnostics("a.det")
			at := strings.Index(text[len(text)/2:], "where get and ") + len(text)/2 + len("where get and ")
			p := positionIn(source.New("x", text), at)
			typed := "method == \"GET\" and "
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				n := i % len(typed)
				if n == 0 && i > 0 {
					s.edit("a.det", contentChange{&span{p, position{p.Line, p.Character + len(typed)}}, ""})
				}
				s.edit("a.det", contentChange{&span{position{p.Line, p.Character + n}, position{p.Line, p.Character + n}}, typed[n : n+1]})
				var list completionList
				s.ask("textDocument/completion", s.place("a.det", position{p.Line, p.Character + n + 1}), &list)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*95/100]), "p95-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkDiagnostics is the time from an edit to what the compiler and the linter
// say of the whole file, with the pause for which they wait.
func BenchmarkDiagnostics(b *testing.B) {
	for _, lines := range []int{1000, 10000} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			text := long(lines)
			s := begin(b, nil)
			s.open("a.det", text)
			s.diagnostics("a.det")
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				s.edit("a.det", contentChange{&span{position{2, 14}, position{2, 15}}, fmt.Sprint(i % 10)})
				s.diagnostics("a.det")
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
			b.ReportMetric(ms(took[len(took)*95/100]), "p95-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
