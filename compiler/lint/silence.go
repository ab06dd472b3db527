package lint

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// silencer is a comment that asks for quiet about one place:
//
//	// lint: ignore L204 because the sensor resets this counter at midnight
//
// Behind code it is about its line. On a line of its own it is about the next line
// and, if a declaration or a stage begins there, about all of that.
type silencer struct {
	file   *File
	at     source.Span
	lints  []string
	reason string
	from   int // first line, from 1
	to     int // last line
	used   map[string]bool
}

var silencing = regexp.MustCompile(`(?://|#)\s*lint:\s*ignore\b[ \t]*([A-Za-z0-9_, -]*?)[ \t]*(?:\bbecause\b[ \t]*(.*))?$`)

// silencers finds the comments of a file that ask for quiet.
func silencers(f *File) []*silencer {
	if !strings.Contains(f.Tree.Source.Text, "lint:") {
		return nil
	}
	var out []*silencer
	add := func(at source.Span) {
		m := silencing.FindStringSubmatch(at.Text())
		if m == nil {
			return
		}
		s := &silencer{file: f, at: at, reason: strings.TrimSpace(m[2]), used: map[string]bool{}}
		s.lints = strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' })
		s.reach()
		out = append(out, s)
	}
	if f.Sigma {
		for n := 1; n <= f.Tree.Source.Lines(); n++ {
			l := f.Tree.Source.Line(n)
			if i := strings.Index(l, "# lint:"); i >= 0 {
				start := f.Tree.Source.LineStart(n)
				add(source.Span{File: f.Tree.Source, Start: start + i, End: start + len(l)})
			}
		}
		return out
	}
	for _, c := range f.Tree.Comments {
		add(c.At)
	}
	return out
}

// reach works out which lines the silencer is about.
func (s *silencer) reach() {
	src := s.file.Tree.Source
	n, _ := src.Position(s.at.Start)
	s.from, s.to = n, n
	if strings.TrimSpace(src.Text[src.LineStart(n):s.at.Start]) != "" {
		return
	}
	for s.to < src.Lines() {
		s.to++
		if l := strings.TrimSpace(src.Line(s.to)); l != "" && !strings.HasPrefix(l, "//") && !strings.HasPrefix(l, "#") {
			break
		}
	}
	first := s.to
	extend := func(at source.Span) {
		if at.File != src {
			return
		}
		from, _ := src.Position(at.Start)
		to, _ := src.Position(max(at.Start, at.End-1))
		if from == first {
			s.to = max(s.to, to)
		}
	}
	for _, d := range s.file.Tree.Decls {
		extend(d.Span())
	}
	for _, r := range s.file.Rules {
		if doc := r.document(); s.file.Sigma && s.at.Start < r.Block.At.Start && s.at.Start >= doc.Start {
			from, _ := src.Position(r.Block.At.Start)
			if s.to <= from { // above the rule: about all of it
				s.to, _ = src.Position(doc.End - 1)
				return
			}
		}
		for _, l := range r.lines {
			extend(l.ast.At)
		}
	}
}

func (s *silencer) covers(d *diag.Diagnostic) bool {
	if d.Span.File != s.file.Tree.Source {
		return false
	}
	n, _ := d.Span.File.Position(d.Span.Start)
	return n >= s.from && n <= s.to
}

// silence drops the findings that comments answer, and adds what is wrong with the
// comments. ran holds the codes of the lints that ran.
func silence(s *Set, cfg *Config, ran map[string]bool, found *diag.List) []diag.Diagnostic {
	var all []*silencer
	for _, f := range s.Files {
		all = append(all, silencers(f)...)
	}
	if len(all) == 0 {
		return found.All
	}
	var out []diag.Diagnostic
	for _, d := range found.All {
		quiet := false
		for _, c := range all {
			if !c.covers(&d) {
				continue
			}
			for _, id := range c.lints {
				if l := Find(id); l != nil && l.Code == d.Code {
					c.used[id], quiet = true, true
				}
			}
		}
		if !quiet {
			out = append(out, d)
		}
	}
	about := &diag.List{}
	tell := func(l Lint) *Pass {
		return &Pass{lint: &l, level: cfg.level(&l), set: s, found: about}
	}
	for _, c := range all {
		c.judge(ran, tell)
	}
	return append(out, about.All...)
}

// judge tells what is wrong with a silencer.
func (s *silencer) judge(ran map[string]bool, tell func(Lint) *Pass) {
	if ran[silencerReason.Code] && (s.reason == "" || len(s.lints) == 0) {
		tell(silencerReason).Tell(s.at, "a silencer names lints and a reason").Hint = "write: // lint: ignore L204 because …"
	}
	for _, id := range s.lints {
		l := Find(id)
		switch {
		case l == nil:
			if ran[silencerUnknown.Code] {
				tell(silencerUnknown).Tell(s.at, "there is no lint %s", id)
			}
		case ran[l.Code] && !s.used[id] && ran[silencerUnused.Code]:
			p := tell(silencerUnused)
			d := p.Tell(s.at, "%s finds nothing here", id)
			if len(s.lints) == 1 {
				d.Fix = &diag.Edit{Span: s.whole(), Text: ""}
			}
		}
	}
}

// whole is the comment with its line, where it has one of its own.
func (s *silencer) whole() source.Span {
	src := s.file.Tree.Source
	n, _ := src.Position(s.at.Start)
	start := src.LineStart(n)
	if lead := src.Text[start:s.at.Start]; strings.TrimSpace(lead) != "" {
		return source.Span{File: src, Start: start + len(strings.TrimRight(lead, " \t")), End: s.at.End}
	}
	end := s.at.End
	if end < len(src.Text) && src.Text[end] == '\n' {
		end++
	}
	return source.Span{File: src, Start: start, End: end}
}
