package lang

import (
	"io"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// kind is what a token is to the grammar; it doubles as participle's token type.
type kind = lexer.TokenType

// The kinds. The scanner makes ident, quoted, str, literal, operator, prefix,
// assign, punct and bad; the token pass turns some of these into the others, and
// leaves no quoted and no literal.
const (
	end     kind = lexer.EOF
	ident   kind = iota
	quoted       // a name in backquotes: an ident that is never a keyword
	keyword      // the word that starts a declaration
	stageName
	label // a name before = or :
	call  // a name before (
	clauseWord
	flagWord // a clause word that takes no arguments
	operator
	prefix // not, - or + before an operand
	absent // not before a label, in a block
	assign
	str
	literal
	value     // in an expression: a name, with its members; a string or a literal; a list of these two
	separator // a comma that ends an entry of a block, or stands before a closing bracket
	punct
	bad // text whose error is told already
)

// tokenKinds are the kinds that the grammar names, and what text they stand for.
var tokenKinds = []struct {
	name string
	kind kind
	doc  string
}{
	{"Keyword", keyword, "a word that starts a declaration, where a declaration may start"},
	{"Ident", ident, "a name: a letter or _, then letters, digits and _; .001 and [] may end it; or any text in backquotes"},
	{"Stage", stageName, "an ident that starts a stage: after { or } or a complete operand or flag"},
	{"Label", label, "an ident before = or :"},
	{"Call", call, "an ident before ("},
	{"Clause", clauseWord, "an ident from the list of clause words, after a complete operand or after the stage's name"},
	{"Flag", flagWord, "the same, where the list marks it as a flag"},
	{"Operator", operator, `or and == != < <= > >= + - * / %, in, "not in", is, "is not", and contains startswith endswith like matches, these with any or all, with cased`},
	{"Prefix", prefix, "not, - or + before an operand"},
	{"Absent", absent, "not before a label, in a block"},
	{"Assign", assign, "= or :"},
	{"String", str, `"text with \n \t \r \\ \" \u{1F600} \x41" or 'raw text', on one line`},
	{"Value", value, "in an expression: a name, or several with dots between; a string; true false null 1_000 0xff 1.5 1e9 1h30m 2024-03-01 2024-03-01T08:00:00Z 10.0.0.1 10.0.0.0/8; or [ … ] around strings and literals only"},
	{"Separator", separator, "a comma between two entries of a block, or before a closing bracket"},
	{"Punct", punct, ". , ( ) [ ] { }"},
}

// token is a place in the text and what stands there. first tells that no other
// token stands before it on its line, entry that it starts an entry of a block.
type token struct {
	kind       kind
	start, end int32
	first      bool
	entry      bool
}

// definition makes the scanner and the token pass participle's lexer.
type definition struct{}

func (definition) Symbols() map[string]kind {
	symbols := map[string]kind{"EOF": end}
	for _, k := range tokenKinds {
		symbols[k.name] = k.kind
	}
	return symbols
}

// Lex reads all of r. Errors in the text are bad tokens, never an error here.
func (definition) Lex(name string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	f := source.New(name, string(text))
	var diags diag.List
	raw, _ := scan(f, &diags)
	return newStream(f, tag(f, raw, &diags).tokens), nil
}

// stream hands tokens to participle. Only the offset of a position is set: lines
// and columns are the business of source.File.
type stream struct {
	file   *source.File
	tokens []token
	next   int
}

func newStream(f *source.File, tokens []token) *stream { return &stream{file: f, tokens: tokens} }

func (s *stream) Next() (lexer.Token, error) {
	if s.next >= len(s.tokens) {
		return lexer.EOFToken(lexer.Position{Filename: s.file.Name, Offset: s.end()}), nil
	}
	t := s.tokens[s.next]
	s.next++
	return lexer.Token{
		Type:  t.kind,
		Value: s.file.Text[t.start:t.end],
		Pos:   lexer.Position{Filename: s.file.Name, Offset: int(t.start)},
	}, nil
}

// end is the offset behind the last token.
func (s *stream) end() int {
	if len(s.tokens) == 0 {
		return 0
	}
	return int(s.tokens[len(s.tokens)-1].end)
}
