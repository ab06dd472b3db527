package diag

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/detlang/det/lang/source"
)

// tabWidth is how many columns a tab is shown as.
const tabWidth = 4

// view is one source line as shown, and the marks below it, both in columns.
type view struct{ text, marks string }

// newView shows the line on which the span starts, or the operator within it, in
// at most width columns around that place.
func newView(at, operator source.Span, width int) view {
	focus := at
	if !operator.IsZero() {
		focus = operator
	}
	line, _ := focus.File.Position(focus.Start)
	start := focus.File.LineStart(line)
	cells, place := cut(focus.File.Line(line), focus.Start-start, max(width, 20))
	under := make([]rune, len(cells))
	for i, c := range cells {
		under[i] = markOf(c, start, at, operator)
	}
	if place == len(cells) { // the end of the line
		cells, under = append(cells, cell{text: " ", width: 1}), append(under, '^')
	}
	if operator.IsZero() {
		under[place] = '^'
	} else {
		blankAround(cells, under, place)
	}
	var text, marks strings.Builder
	for i, c := range cells {
		text.WriteString(c.text)
		marks.WriteString(strings.Repeat(string(under[i]), c.width))
	}
	return view{strings.TrimRight(text.String(), " "), strings.TrimRight(marks.String(), " ")}
}

// markOf is the mark below a cell of the line that starts at start.
func markOf(c cell, start int, at, operator source.Span) rune {
	switch off := start + c.offset; {
	case c.offset < 0:
		return ' '
	case !operator.IsZero() && operator.Start <= off && off < operator.End:
		return '^'
	case at.Start <= off && off < at.End:
		return '~'
	}
	return ' '
}

// blankAround takes away the marks below the spaces around the operator, which
// is at place.
func blankAround(cells []cell, under []rune, place int) {
	for i := place - 1; i >= 0 && cells[i].space(); i-- {
		under[i] = ' '
	}
	for place < len(cells) && under[place] == '^' {
		place++
	}
	for ; place < len(cells) && cells[place].space(); place++ {
		under[place] = ' '
	}
}

// cell is one character as a reader sees it: a grapheme cluster.
type cell struct {
	text   string
	width  int // columns
	offset int // bytes from the start of the line; -1 for a mark of omission
}

func (c cell) space() bool { return strings.TrimSpace(c.text) == "" }

// cut splits a line into cells, and finds the one at byte offset off. A line
// wider than width loses its ends, but never the place.
func cut(line string, off, width int) (cells []cell, place int) {
	off = min(off, len(line))
	from, to := near(line, off, width)
	all := split(line[from:to], from)
	for place < len(all) && all[place].offset < off {
		place++
	}
	first, last, room := window(all, place, width, from > 0, to < len(line))
	if first > 0 || from > 0 {
		cells = append(cells, cell{"…", 1, -1})
	}
	cells = append(cells, all[first:last]...)
	if room || to < len(line) || last < len(all) {
		cells = append(cells, cell{"…", 1, -1})
	}
	if first > 0 || from > 0 {
		place++
	}
	return cells, place - first
}

// near bounds the bytes of a long line that can be visible, so that a line of
// megabytes costs no more than a short one.
func near(line string, off, width int) (from, to int) {
	const widest = 16 // bytes of a generous grapheme cluster
	from, to = max(0, off-width*widest), min(len(line), off+width*widest)
	for from > 0 && !utf8.RuneStart(line[from]) {
		from--
	}
	for to < len(line) && !utf8.RuneStart(line[to]) {
		to++
	}
	return from, to
}

// split makes cells of text that starts at byte base of its line.
func split(text string, base int) []cell {
	var cells []cell
	for state := -1; text != ""; {
		var c string
		var width int
		offset := base
		c, text, width, state = uniseg.FirstGraphemeClusterInString(text, state)
		base += len(c)
		if c == "\t" {
			cells = append(cells, cell{strings.Repeat(" ", tabWidth), tabWidth, offset})
			continue
		}
		if shown := visible(c); shown != c || width == 0 {
			c, width = shown, max(1, uniseg.StringWidth(shown))
		}
		cells = append(cells, cell{c, width, offset})
	}
	return cells
}

// window picks the cells to show: all when they fit, else as many as fit with
// the place a third of the way in.
func window(all []cell, place, width int, cutLeft, cutRight bool) (first, last int, cut bool) {
	total := 0
	for _, c := range all {
		total += c.width
	}
	if total <= width && !cutLeft && !cutRight {
		return 0, len(all), false
	}
	width -= 2 // the marks of omission
	first, used := place, 0
	for first > 0 && used+all[first-1].width <= width/3 {
		first--
		used += all[first].width
	}
	last = place
	for last < len(all) && used+all[last].width <= width {
		used += all[last].width
		last++
	}
	for first > 0 && used+all[first-1].width <= width {
		first--
		used += all[first].width
	}
	return first, last, last < len(all)
}
