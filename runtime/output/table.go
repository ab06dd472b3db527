package output

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/detlang/det/runtime"
)

var tableWriter = Writer{
	Name: "table", Doc: "aligned columns for people: when, how bad, which rule, about whom, and why",
	Open: func(w io.Writer, o Options) (Sink, error) {
		if o.Width <= 0 {
			o.Width = 100
		}
		return &table{w: bufio.NewWriter(w), o: o}, nil
	},
}

// settleAfter is how many alerts the widths of the columns are taken from. Later
// ones that are wider wrap.
const settleAfter = 500

// table lays alerts out in columns. The first alerts wait until it is known how
// wide the columns must be.
type table struct {
	w       *bufio.Writer
	o       Options
	waiting [][]string
	widths  []int // once settled
	below   bool  // why stands on lines of its own, below the other columns
}

var tableHead = []string{"TIME", "LEVEL", "RULE", "KEY", "WHY"}

func (t *table) Write(alerts []runtime.Alert) error {
	for i := range alerts {
		row := cells(&alerts[i])
		if t.widths != nil {
			t.row(row)
			continue
		}
		if t.waiting = append(t.waiting, row); len(t.waiting) == settleAfter {
			t.settle()
		}
	}
	if t.widths == nil {
		return nil
	}
	return t.w.Flush()
}

func (t *table) Close() error { return t.Flush() }

func (t *table) Flush() error {
	if t.widths == nil && len(t.waiting) > 0 {
		t.settle()
	}
	return t.w.Flush()
}

// cells are an alert's columns.
func cells(a *runtime.Alert) []string {
	why := List(a.Values)
	if a.Suppressed > 0 {
		why += fmt.Sprintf(", %d held back before", a.Suppressed)
	}
	if a.Partial {
		why += ", partial"
	}
	return []string{time.UnixMicro(a.Time).UTC().Format(time.DateTime), a.Level, Printable(a.Rule), List(a.Keys), strings.TrimPrefix(why, ", ")}
}

// List is named values for people, a fraction with four digits, the empty text in quotes.
func List(named []runtime.Named) string {
	var parts []string
	for _, n := range named {
		if n.Value == nil {
			continue
		}
		text := runtime.FormatValue(n.Value, n.Kind)
		if f, ok := n.Value.(float64); ok && f != math.Trunc(f) {
			text = strconv.FormatFloat(f, 'g', 4, 64)
		}
		parts = append(parts, Printable(n.Name+" "+Visible(text)))
	}
	return strings.Join(parts, ", ")
}

// Visible is a text as people see it, also if it is empty.
func Visible(s string) string {
	if s == "" {
		return `""`
	}
	return s
}

// Printable shows control characters instead of sending them to a terminal, which
// would obey them: alerts hold what attackers wrote.
func Printable(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError
}

// Where why has fewer columns than minWhy and needs more, it goes below, indented.
const (
	minKey = 8
	minWhy = 40
	indent = 4
)

// settle chooses the widths: of the short columns what they need, of rule and key
// no more than a quarter of the width each, and the rest for why; where that goes
// below, the rest is the key's.
func (t *table) settle() {
	t.widths = make([]int, len(tableHead))
	for c, h := range tableHead {
		t.widths[c] = len(h)
		for _, row := range t.waiting {
			t.widths[c] = max(t.widths[c], columns(row[c]))
		}
	}
	for _, c := range []int{2, 3} {
		t.widths[c] = min(t.widths[c], max(12, t.o.Width/4))
	}
	rest := t.o.Width
	for _, w := range t.widths[:4] {
		rest -= w + 2
	}
	if t.below = rest < min(minWhy, t.widths[4]); t.below {
		rest = t.o.Width - t.widths[0] - t.widths[1] - 6
		t.widths[2] = min(t.widths[2], max(minKey, rest/2))
		t.widths[3] = max(minKey, rest-t.widths[2])
		rest = t.o.Width - indent
	}
	t.widths[4] = max(minKey, rest)
	t.row(tableHead)
	for _, row := range t.waiting {
		t.row(row)
	}
	t.waiting = nil
}

// row writes a row, on as many lines as its longest cell needs.
func (t *table) row(row []string) {
	var why []string
	if t.below {
		row, why = row[:4], fold(row[4], t.widths[4])
	}
	lines := make([][]string, len(row))
	height := 1
	for c, text := range row {
		lines[c] = fold(text, t.widths[c])
		height = max(height, len(lines[c]))
	}
	for h := range height {
		var b strings.Builder
		for c := range row {
			text := ""
			if h < len(lines[c]) {
				text = lines[c][h]
			}
			pad := t.widths[c] - columns(text) + 2
			if t.o.Color && h == 0 {
				text = paint(c, text, row[0] == tableHead[0])
			}
			b.WriteString(text)
			b.WriteString(strings.Repeat(" ", pad))
		}
		t.w.WriteString(strings.TrimRight(b.String(), " "))
		t.w.WriteByte('\n')
	}
	for _, text := range why {
		if t.o.Color {
			text = paint(4, text, row[0] == tableHead[0])
		}
		t.w.WriteString(strings.Repeat(" ", indent) + text + "\n")
	}
}

// paint sets a cell off: the head in bold, levels by how bad they are.
func paint(column int, text string, head bool) string {
	color := ""
	switch {
	case head:
		color = "1"
	case column == 1 && (text == "high" || text == "critical"):
		color = "31"
	case column == 1 && text == "medium":
		color = "33"
	case column == 2:
		color = "36"
	}
	if color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// fold breaks a text into lines of at most width columns: behind the last comma of
// the second half of a line, else at its last space, else anywhere.
func fold(text string, width int) []string {
	var lines []string
	for {
		cut := fitting(text, width)
		if cut == len(text) {
			return append(lines, text)
		}
		if text[cut] != ' ' {
			for _, at := range []string{", ", " "} {
				if space := strings.LastIndex(text[:cut], at) + len(at) - 1; space > 0 && columns(text[:space]) > width/2 {
					cut = space
					break
				}
			}
		}
		lines = append(lines, text[:cut])
		text = strings.TrimLeft(text[cut:], " ")
	}
}

// columns is how many columns of a terminal a text takes.
func columns(text string) int {
	if plain(text) {
		return len(text)
	}
	return uniseg.StringWidth(text)
}

// plain reports whether a text has only letters of one byte and one column. Most have,
// and to find out is a hundred times as fast as to look up each letter.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// fitting is how many bytes of a text fit the columns: whole characters as people
// see them, one at least.
func fitting(text string, width int) int {
	if n := max(width, 1); plain(text[:min(len(text), n+1)]) { // the letter behind joins none before it
		return min(len(text), n)
	}
	n, used, state := 0, 0, -1
	for rest := text; rest != ""; {
		var cluster string
		var wide int
		cluster, rest, wide, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used += wide; used > width && n > 0 {
			break
		}
		n += len(cluster)
	}
	return n
}
