package diag

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/detlang/det/lang/source"
)

// Options say how diagnostics are printed.
type Options struct {
	Color bool // with ANSI colours
	Width int  // columns of the terminal; longer source lines are cut around the place; 0 means 100
}

// maxWidth is the longest stretch of a source line that anybody looks at.
const maxWidth = 1000

// Render prints diagnostics as an author reads them, in the order of the list:
//
//	brute.det:7:18: error D0203: cannot compare ip with int
//	   7 |     where src_ip > 10
//	     |           ~~~~~~ ^ ~~
//	     = to test a network, write: src_ip in 10.0.0.0/8
//
// Of a span over several lines the first is shown. Characters that would steer a
// terminal are replaced, wherever they come from. The error is the writer's.
func Render(w io.Writer, list *List, o Options) error {
	if o.Width <= 0 {
		o.Width = 100
	}
	o.Width = min(o.Width, maxWidth)
	p := printer{w: bufio.NewWriter(w), o: o}
	for i := range list.All {
		p.diagnostic(&list.All[i])
	}
	return p.w.Flush()
}

type printer struct {
	w *bufio.Writer
	o Options
}

// The ANSI codes in use.
const (
	bold = "1"
	blue = "34"
)

// colors is the ANSI code of each severity.
var colors = [...]string{Error: "1;31", Warning: "1;33", Info: "1;36"}

// paint writes text in a colour, if colours are asked for.
func (p *printer) paint(color, text string) {
	if p.o.Color {
		text = "\x1b[" + color + "m" + text + "\x1b[0m"
	}
	p.w.WriteString(text)
}

func (p *printer) diagnostic(d *Diagnostic) {
	place := d.Operator
	if place.IsZero() {
		place = d.Span
	}
	p.place(place)
	p.paint(colors[d.Severity], strings.TrimRight(d.Severity.String()+" "+d.Code, " ")+":")
	p.w.WriteString(" " + visible(d.Message) + "\n")
	p.source(d.Span, d.Operator, colors[d.Severity])
	if d.Hint != "" {
		p.gutter(p.number(place), "=")
		p.w.WriteString(visible(d.Hint) + "\n")
	}
	for _, n := range d.Notes {
		p.place(n.Span)
		p.paint(colors[Info], "note:")
		p.w.WriteString(" " + visible(n.Message) + "\n")
		p.source(n.Span, source.Span{}, colors[Info])
	}
}

func (p *printer) place(at source.Span) {
	if !at.IsZero() {
		p.paint(bold, visible(at.String())+":")
		p.w.WriteByte(' ')
	}
}

// number is the line number of a place, at least four columns wide.
func (p *printer) number(at source.Span) string {
	if at.IsZero() {
		return "    "
	}
	line, _ := at.File.Position(at.Start)
	return fmt.Sprintf("%4d", line)
}

// gutter writes the margin of a line that belongs to the numbered one.
func (p *printer) gutter(number, mark string) {
	p.paint(blue, strings.Repeat(" ", len(number)+1)+mark)
	p.w.WriteByte(' ')
}

// source writes the line of a span, and the marks below it.
func (p *printer) source(at, operator source.Span, color string) {
	if at.IsZero() || at.File.Text == "" {
		return
	}
	shown := at
	if !operator.IsZero() {
		shown = operator
	}
	number := p.number(shown)
	v := newView(at, operator, p.o.Width-len(number)-3)
	p.paint(blue, number+" |")
	p.w.WriteString(" " + v.text + "\n")
	p.gutter(number, "|")
	p.paint(color, v.marks)
	p.w.WriteByte('\n')
}

// visible replaces what would steer a terminal or reorder a line: control
// characters show as their pictures, line ends and tabs as spaces.
func visible(s string) string {
	clean := true
	for _, r := range s {
		clean = clean && picture(r) == r
	}
	if clean {
		return s
	}
	return strings.Map(picture, s)
}

func picture(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return ' '
	case r < ' ':
		return '␀' + r
	case r == 0x7f:
		return '␡'
	case r == '\u200c' || r == '\u200d': // joiners: part of words and of emoji
		return r
	case !strconv.IsPrint(r):
		return '\ufffd'
	}
	return r
}
