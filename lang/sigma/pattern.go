package sigma

import "strings"

// pattern is a text of a rule: literal pieces, wildcards and placeholders. The
// specification ("Escaping"): a backslash before *, ? or another backslash takes
// that character literally; any other backslash is itself.
type pattern []piece

// piece is a literal text, or a wildcard ('*' or '?'), or the name of a
// placeholder.
type piece struct {
	text        string
	wild        byte
	placeholder string
}

// parsePattern reads a text with its wildcards.
func parsePattern(s string) pattern { return parse(s, false) }

// parse reads a text with its wildcards and, where the modifier expand asks for them,
// its placeholders: a name between percent signs. A percent sign that begins none is
// itself, as is one behind a backslash.
func parse(s string, expand bool) pattern {
	var p pattern
	var lit strings.Builder
	flush := func() {
		if lit.Len() > 0 {
			p = append(p, piece{text: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`*?\`, s[i+1]) >= 0:
			i++
			lit.WriteByte(s[i])
		case c == '\\' && expand && i+1 < len(s) && s[i+1] == '%':
			i++
			lit.WriteByte('%')
		case c == '%' && expand && placeholderAt(s[i:]) != "":
			flush()
			name := placeholderAt(s[i:])
			p = append(p, piece{placeholder: name})
			i += len(name) + 1
		case c == '*' || c == '?':
			flush()
			if c == '*' && len(p) > 0 && p[len(p)-1].wild == '*' {
				continue // two stars are one
			}
			p = append(p, piece{wild: c})
		default:
			lit.WriteByte(c)
		}
	}
	flush()
	return p
}

// placeholderAt is the name of the placeholder with which a text begins, or "".
func placeholderAt(s string) string {
	name, _, closed := strings.Cut(s[1:], "%")
	if !closed || strings.ContainsAny(name, `*?\ `) {
		return ""
	}
	return name
}

// literal is the text of a pattern without wildcards.
func (p pattern) literal() (string, bool) {
	switch {
	case len(p) == 0:
		return "", true
	case len(p) == 1 && p[0].wild == 0 && p[0].placeholder == "":
		return p[0].text, true
	}
	return "", false
}

// hasPlaceholder reports whether a list is to be put in.
func (p pattern) hasPlaceholder() bool {
	for _, x := range p {
		if x.placeholder != "" {
			return true
		}
	}
	return false
}

func (p pattern) startsWild() bool { return len(p) > 0 && p[0].wild == '*' }
func (p pattern) endsWild() bool   { return len(p) > 0 && p[len(p)-1].wild == '*' }

// open puts a star before or behind a pattern that has none there.
func (p pattern) open(before, behind bool) pattern {
	out := make(pattern, 0, len(p)+2)
	if before && !p.startsWild() {
		out = append(out, piece{wild: '*'})
	}
	out = append(out, p...)
	if behind && !out.endsWild() {
		out = append(out, piece{wild: '*'})
	}
	return out
}

// like writes a pattern as the operator like has it.
func (p pattern) like() string {
	var b strings.Builder
	for i, x := range p {
		if x.wild != 0 {
			b.WriteByte(x.wild)
			continue
		}
		for j := 0; j < len(x.text); j++ {
			c := x.text[j]
			next := byte(0)
			switch {
			case j+1 < len(x.text):
				next = x.text[j+1]
			case i+1 < len(p):
				next = p[i+1].wild
			}
			// A backslash needs one before it only where it would take what follows.
			if c == '*' || c == '?' || c == '\\' && (next == '*' || next == '?' || next == '\\') {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

// operation is the operator that says what a pattern says, with its text. The
// operator is "exists" for a single star, which every value fits.
func (p pattern) operation() (op, text string) {
	if s, ok := p.literal(); ok {
		return "==", s
	}
	before, behind := p.startsWild(), p.endsWild()
	inside := p
	if before {
		inside = inside[1:]
	}
	if behind && len(inside) > 0 {
		inside = inside[:len(inside)-1]
	}
	s, ok := inside.literal()
	switch {
	case !ok || !before && !behind:
		return "like", p.like()
	case len(inside) == 0:
		return "exists", ""
	case before && behind:
		return "contains", s
	case before:
		return "endswith", s
	}
	return "startswith", s
}
