// Package diag holds what the tools tell an author: a diagnostic with its place,
// its code and a hint, the catalogue of codes, and how diagnostics are printed.
package diag

import (
	"fmt"
	"sort"

	"github.com/detlang/det/lang/source"
)

// Severity is how bad a diagnostic is.
type Severity uint8

// The severities, worst first. Only an Error stops a rule.
const (
	Error Severity = iota
	Warning
	Info
)

func (s Severity) String() string { return [...]string{"error", "warning", "info"}[s] }

// Note is a further place that belongs to a diagnostic.
type Note struct {
	Span    source.Span
	Message string
}

// Edit replaces the text of a span.
type Edit struct {
	Span source.Span
	Text string
}

// Diagnostic is one finding. Operator, where set, is the part of Span that the
// rendering marks with a caret (the operator of a comparison).
type Diagnostic struct {
	Code     string
	Severity Severity
	Span     source.Span
	Operator source.Span
	Message  string
	Hint     string
	Notes    []Note
	Fix      *Edit
}

// List collects diagnostics. The zero List is ready to use. Where Max is set, no
// more than that are kept, and Dropped counts the rest.
type List struct {
	All     []Diagnostic
	Max     int
	Dropped int
	seen    map[key]bool
}

type key struct {
	file       *source.File
	start, end int
	code       string
}

// Add records a diagnostic, unless one of the same code stands at the same
// place already. It returns the stored one, so that a hint can be added; the
// pointer is valid until the next Add.
func (l *List) Add(d Diagnostic) *Diagnostic {
	k := key{d.Span.File, d.Span.Start, d.Span.End, d.Code}
	if l.seen == nil {
		l.seen = map[key]bool{}
	}
	if l.seen[k] {
		return &d
	}
	if l.Max > 0 && len(l.All) >= l.Max {
		l.Dropped++
		return &d
	}
	l.seen[k] = true
	l.All = append(l.All, d)
	return &l.All[len(l.All)-1]
}

// Errorf records an error.
func (l *List) Errorf(code string, at source.Span, format string, args ...any) *Diagnostic {
	return l.Add(Diagnostic{Code: code, Severity: Error, Span: at, Message: fmt.Sprintf(format, args...)})
}

// Warnf records a warning.
func (l *List) Warnf(code string, at source.Span, format string, args ...any) *Diagnostic {
	return l.Add(Diagnostic{Code: code, Severity: Warning, Span: at, Message: fmt.Sprintf(format, args...)})
}

// Errors is how many errors there are.
func (l *List) Errors() int {
	n := 0
	for i := range l.All {
		if l.All[i].Severity == Error {
			n++
		}
	}
	return n
}

// Sort orders by file, place and code. It is stable.
func (l *List) Sort() {
	sort.SliceStable(l.All, func(i, j int) bool {
		a, b := &l.All[i], &l.All[j]
		if a.Span.File != b.Span.File {
			if a.Span.File == nil || b.Span.File == nil {
				return a.Span.File == nil
			}
			return a.Span.File.Name < b.Span.File.Name
		}
		if a.Span.Start != b.Span.Start {
			return a.Span.Start < b.Span.Start
		}
		return a.Code < b.Code
	})
}
