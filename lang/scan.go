package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// scanner cuts a file into tokens and comments. It reads each byte once, keeps
// no text of its own, and never stops: what it cannot read becomes a bad token
// whose error is already told.
type scanner struct {
	file     *source.File
	text     string
	pos      int
	diags    *diag.List
	tokens   []token
	comments []*ast.Comment
	newline  bool // no token stands before pos on its line
}

// scan cuts up the whole of f. The tokens end with one of kind end.
func scan(f *source.File, diags *diag.List) ([]token, []*ast.Comment) {
	s := &scanner{file: f, text: f.Text, diags: diags, newline: true}
	s.tokens = make([]token, 0, len(s.text)/5+1)
	s.pos = len(s.text) - len(strings.TrimPrefix(s.text, "\ufeff"))
	for s.blank(); s.pos < len(s.text); s.blank() {
		s.next()
	}
	s.add(end, s.pos)
	return s.tokens, s.comments
}

// blank passes over white space and comments.
func (s *scanner) blank() {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '\n':
			s.newline = true
			s.pos++
		case c == ' ' || c == '\t' || c == '\r':
			s.pos++
		case c == '/' && strings.HasPrefix(s.text[s.pos:], "//"):
			s.comment()
		default:
			return
		}
	}
}

func (s *scanner) comment() {
	stop := s.lineEnd()
	at := source.Span{File: s.file, Start: s.pos, End: s.pos + len(strings.TrimRight(s.text[s.pos:stop], " \t\r"))}
	s.comments = append(s.comments, &ast.Comment{Text: at.Text(), At: at})
	s.pos = stop
}

// lineEnd is the offset of the end of the present line.
func (s *scanner) lineEnd() int {
	if n := strings.IndexByte(s.text[s.pos:], '\n'); n >= 0 {
		return s.pos + n
	}
	return len(s.text)
}

// add makes the text from pos to stop one token, and moves past it.
func (s *scanner) add(k kind, stop int) {
	s.tokens = append(s.tokens, token{kind: k, start: int32(s.pos), end: int32(stop), first: s.newline})
	s.pos, s.newline = stop, false
}

// next cuts one token off a text that starts with neither space nor comment.
func (s *scanner) next() {
	c := s.text[s.pos]
	switch {
	case isLetter(c):
		s.identifier(s.pos + 1)
	case isDigit(c):
		s.number()
	case c == '"':
		s.quoted()
	case c == '\'':
		s.raw('\'', str)
	case c == '`':
		s.raw('`', quoted)
	case c >= utf8.RuneSelf:
		s.wide()
	default:
		s.symbol()
	}
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

// identifier takes a word whose first character ends at stop. Two shapes beyond
// the usual are one word as well: a tail of digits after a dot (T1059.001) and
// empty brackets, which make a list type (string[]).
func (s *scanner) identifier(stop int) {
	stop = s.wordEnd(stop)
	for stop+1 < len(s.text) && s.text[stop] == '.' && isDigit(s.text[stop+1]) {
		stop = s.wordEnd(stop + 1)
	}
	if strings.HasPrefix(s.text[stop:], "[]") && !operatorWords[s.text[s.pos:stop]] {
		stop += 2
	}
	s.add(ident, stop)
}

func (s *scanner) wordEnd(i int) int {
	for i < len(s.text) {
		if c := s.text[i]; isLetter(c) || isDigit(c) {
			i++
		} else if r, n := utf8.DecodeRuneInString(s.text[i:]); c >= utf8.RuneSelf && inWord(r) {
			i += n
		} else {
			break
		}
	}
	return i
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// quoted takes a string in double quotes; what its escapes mean is read later.
func (s *scanner) quoted() {
	for i := s.pos + 1; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
			if i < len(s.text) && s.text[i] == '\n' {
				i--
			}
		case '"':
			s.add(str, i+1)
			return
		case '\n':
			s.unclosed(i)
			return
		}
	}
	s.unclosed(len(s.text))
}

// raw takes text between two equal quotes, without escapes.
func (s *scanner) raw(quote byte, k kind) {
	stop := s.lineEnd()
	n := strings.IndexByte(s.text[s.pos+1:stop], quote)
	if n < 0 {
		s.unclosed(stop)
		return
	}
	s.add(k, s.pos+n+2)
}

func (s *scanner) unclosed(stop int) {
	stop = s.pos + len(strings.TrimRight(s.text[s.pos:stop], "\r\\"))
	what := map[byte]string{'"': "string", '\'': "string", '`': "name"}[s.text[s.pos]]
	s.bad(stop, "D0108", "this %s has no closing %c", what, s.text[s.pos]).Hint = "a " + what + " ends on the line on which it starts; write \\n in double quotes for a line break"
}

// bad tells an error about the text from pos to stop, and makes it a token that
// the parser takes for an error already told.
func (s *scanner) bad(stop int, code, format string, args ...any) *diag.Diagnostic {
	at := source.Span{File: s.file, Start: s.pos, End: max(stop, s.pos+1)}
	s.add(bad, at.End)
	return s.diags.Errorf(code, at, format, args...)
}

// wide takes what starts with a character beyond ASCII.
func (s *scanner) wide() {
	r, n := utf8.DecodeRuneInString(s.text[s.pos:])
	switch {
	case unicode.IsLetter(r):
		s.identifier(s.pos + n)
	case unicode.IsSpace(r):
		s.pos += n
	case r == utf8.RuneError && n == 1:
		s.add(bad, s.pos+1) // checkText tells it once for the whole file
	case strings.ContainsRune(curlyQuotes, r):
		stop := s.pos + n
		if i := strings.IndexAny(s.text[stop:s.lineEnd()], curlyQuotes); i >= 0 {
			_, closing := utf8.DecodeRuneInString(s.text[stop+i:])
			stop += i + closing
		}
		s.bad(stop, "D0109", "%q has no meaning here", r).Hint = `strings stand in straight quotes: "…" or '…'`
	default:
		s.bad(s.pos+n, "D0109", "%q has no meaning here", r)
	}
}

// curlyQuotes are what text processors make of straight ones.
const curlyQuotes = "“”„‟«»‘’‚‛"

// symbols are tried in order, so a longer one stands before its beginning.
var symbols = []struct {
	text string
	kind kind
}{
	{"==", operator}, {"!=", operator}, {"<=", operator}, {">=", operator},
	{"<", operator}, {">", operator}, {"*", operator}, {"/", operator}, {"%", operator},
	{"+", operator}, {"-", operator}, {"=", assign}, {":", assign},
}

// foreign are symbols of other languages, with what to write here. Where kind is
// set, the parser reads on as if that had been written.
var foreign = []struct {
	text, instead string
	kind          kind
}{
	{"&&", "and", operator}, {"||", "or", operator}, {"===", "==", operator}, {"!==", "!=", operator},
	{"=~", "matches", operator}, {"<>", "!=", operator}, {"!", "not", prefix}, {"^", "", bad}, {"&", "and", operator}, {"|", "or", operator},
}

func (s *scanner) symbol() {
	rest := s.text[s.pos:]
	switch {
	case strings.IndexByte("()[]{},.", rest[0]) >= 0:
		s.add(punct, s.pos+1)
		return
	case rest[0] == '#':
		s.skip(s.lineEnd(), "a comment starts with //")
		return
	case strings.HasPrefix(rest, "/*"):
		stop := len(s.text)
		if n := strings.Index(rest, "*/"); n >= 0 {
			stop = s.pos + n + 2
		}
		s.skip(stop, "a comment starts with // and ends with its line")
		return
	case rest[0] == ';':
		s.skip(s.pos+1, "nothing stands between two stages but space")
		return
	}
	for _, f := range foreign {
		if strings.HasPrefix(rest, f.text) && !(f.text == "!" && strings.HasPrefix(rest, "!=")) {
			s.foreign(f.text, f.instead, f.kind)
			return
		}
	}
	for _, sym := range symbols {
		if strings.HasPrefix(rest, sym.text) {
			s.add(sym.kind, s.pos+len(sym.text))
			return
		}
	}
	d := s.bad(s.pos+1, "D0109", "%q has no meaning here", rest[0])
	switch rest[0] {
	case '@', '$':
		d.Hint = "a name with other characters stands in backquotes: `@timestamp`"
	case '\\':
		d.Hint = "a backslash belongs in a string"
	}
}

func (s *scanner) foreign(text, instead string, k kind) {
	at := source.Span{File: s.file, Start: s.pos, End: s.pos + len(text)}
	s.add(k, at.End)
	d := s.diags.Errorf("D0109", at, "%q has no meaning here", text)
	if instead != "" {
		d.Hint = "write `" + instead + "`"
		d.Fix = &diag.Edit{Span: at, Text: instead}
	}
}

// skip tells that the text up to stop means nothing, and passes over it.
func (s *scanner) skip(stop int, hint string) {
	first, _, _ := strings.Cut(s.text[s.pos:stop], "\n")
	at := source.Span{File: s.file, Start: s.pos, End: s.pos + len(strings.TrimRight(first, " \t\r"))}
	s.diags.Errorf("D0109", at, "%q has no meaning here", s.text[s.pos:s.pos+min(2, stop-s.pos)]).Hint = hint
	s.pos = stop
}
