// Package source holds the text of rule files and places within it.
package source

import (
	"fmt"
	"sort"
	"unicode/utf8"
)

// File is the text of one rule file. Its Name is what diagnostics print.
type File struct {
	Name  string
	Text  string
	lines []int // byte offset of the start of each line
}

// New makes a File and indexes its lines.
func New(name, text string) *File {
	f := &File{Name: name, Text: text, lines: []int{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Lines is how many lines the file has; an empty file has one.
func (f *File) Lines() int { return len(f.lines) }

// Position turns a byte offset into a line and a column, both from 1. The
// column counts Unicode code points, as editors show them.
func (f *File) Position(off int) (line, col int) {
	off = max(0, min(off, len(f.Text)))
	line = sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > off })
	return line, utf8.RuneCountInString(f.Text[f.lines[line-1]:off]) + 1
}

// Line is the text of a line (from 1), without its line end.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	start, end := f.lines[n-1], len(f.Text)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	if end > start && f.Text[end-1] == '\r' {
		end--
	}
	return f.Text[start:end]
}

// LineStart is the byte offset at which a line (from 1) begins.
func (f *File) LineStart(n int) int { return f.lines[max(1, min(n, len(f.lines)))-1] }

// Span is a half-open range of bytes in a file. The zero Span is "nowhere".
type Span struct {
	File       *File
	Start, End int
}

// IsZero reports whether the span points nowhere.
func (s Span) IsZero() bool { return s.File == nil }

// Text is what the span covers.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	return s.File.Text[s.Start:s.End]
}

// To is the span from the start of s to the end of t.
func (s Span) To(t Span) Span {
	if s.File == nil {
		return t
	}
	if t.File == nil {
		return s
	}
	return Span{s.File, min(s.Start, t.Start), max(s.End, t.End)}
}

// String is the place as name:line:column.
func (s Span) String() string {
	if s.File == nil {
		return "-"
	}
	line, col := s.File.Position(s.Start)
	return fmt.Sprintf("%s:%d:%d", s.File.Name, line, col)
}
