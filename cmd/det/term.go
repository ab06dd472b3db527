package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// streams are the program's input and outputs.
type streams struct {
	in       io.Reader
	out, err *console
}

// console is one of the outputs. What it is connected to decides on the width,
// on colours and on whether progress is shown.
type console struct {
	io.Writer
	terminal bool
	color    bool
	width    int // columns
}

// plainWidth is the width of what is not a terminal.
const plainWidth = 80

func newStreams(in io.Reader, out, err *os.File) *streams {
	return &streams{in: in, out: newConsole(out), err: newConsole(err)}
}

func newConsole(f *os.File) *console {
	o := &console{Writer: f, width: plainWidth}
	if !isatty.IsTerminal(f.Fd()) && !isatty.IsCygwinTerminal(f.Fd()) {
		return o
	}
	o.terminal = true
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		o.width = w
	} else if w, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && w > 0 {
		o.width = w
	}
	return o
}

// setColor decides on colours by the --color flag: auto is on a terminal that
// can, unless NO_COLOR (no-color.org) is set to anything.
func (s *streams) setColor(when string) {
	able := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	for _, o := range []*console{s.out, s.err} {
		o.color = when == "always" || when == "auto" && able && o.terminal
	}
}

// style is a way to set text off, as an SGR parameter (ECMA-48, 8.3.117).
type style string

const (
	bold style = "1"
	dim  style = "2"
	red  style = "31"
	cyan style = "36"
)

// paint sets text off where colours are wanted.
func (o *console) paint(as style, text string) string {
	if !o.color || text == "" {
		return text
	}
	return "\x1b[" + string(as) + "m" + text + "\x1b[0m"
}

// report tells an error: its first line after the program's name, further lines
// as hints.
func (s *streams) report(err error) {
	first, rest, _ := strings.Cut(err.Error(), "\n")
	fmt.Fprintln(s.err, s.err.paint(red, "det:"), first)
	if rest != "" {
		fmt.Fprintln(s.err, "     "+strings.ReplaceAll(rest, "\n", "\n     "))
	}
}
