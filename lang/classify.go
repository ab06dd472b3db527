package lang

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// TokenKind is what a token is to a reader.
type TokenKind uint8

// The kinds of tokens.
const (
	TokenName        TokenKind = iota // an operand, or a member behind a dot
	TokenDeclaration                  // the word that starts a declaration
	TokenStage
	TokenLabel
	TokenCall
	TokenClause
	TokenFlag
	TokenOperator // also not and signs
	TokenString
	TokenLiteral // numbers, times, durations, addresses, true, false, null
	TokenPunct
	TokenBad
)

// Token is a token with what the parser takes it for.
type Token struct {
	Kind TokenKind
	At   source.Span
	// First tells that it is the first of its line.
	First bool
}

// Classified is a file as the parser's token pass sees it.
type Classified struct {
	Tokens   []Token
	Comments []*ast.Comment
	// Declarations are ranges of Tokens, from and to.
	Declarations [][2]int
}

// Classify cuts a file into tokens without parsing it, which is many times faster.
// Errors are not told.
func Classify(f *source.File) *Classified {
	diags := &diag.List{Max: 1}
	raw, comments := scan(f, diags)
	tagged := tag(f, append([]token(nil), raw...), diags)
	out := &Classified{Comments: comments, Tokens: make([]Token, 0, len(raw))}
	starts := make([]int, len(tagged.tokens)+1)
	i := 0 // raw tokens are told that one tagged token may join
	for n, t := range tagged.tokens {
		starts[n] = len(out.Tokens)
		for i < len(raw) && raw[i].start < t.start {
			i++
		}
		single := i+1 >= len(raw) || raw[i+1].start >= t.end
		if single || t.kind == operator {
			out.add(f, t, tokenKind(f, t, t.kind))
			continue
		}
		for ; i < len(raw) && raw[i].start < t.end && raw[i].kind != end; i++ {
			out.add(f, raw[i], tokenKind(f, raw[i], raw[i].kind))
		}
	}
	starts[len(tagged.tokens)] = len(out.Tokens)
	for _, d := range tagged.declarations {
		out.Declarations = append(out.Declarations, [2]int{starts[d.from], starts[min(d.to, len(tagged.tokens))]})
	}
	return out
}

func (c *Classified) add(f *source.File, t token, k TokenKind) {
	c.Tokens = append(c.Tokens, Token{k, source.Span{File: f, Start: int(t.start), End: int(t.end)}, t.first})
}

// tokenKind tells readers what a kind of the grammar is.
func tokenKind(f *source.File, t token, k kind) TokenKind {
	switch k {
	case keyword:
		return TokenDeclaration
	case stageName:
		return TokenStage
	case label:
		return TokenLabel
	case call:
		return TokenCall
	case clauseWord:
		return TokenClause
	case flagWord:
		return TokenFlag
	case operator, prefix, absent, assign:
		return TokenOperator
	case str:
		return TokenString
	case literal:
		return TokenLiteral
	case punct, separator:
		return TokenPunct
	case bad:
		return TokenBad
	case value:
		switch c := f.Text[t.start]; {
		case c == '"' || c == '\'':
			return TokenString
		case isDigit(c) || c == ':' || c == '-':
			return TokenLiteral
		}
		switch f.Text[t.start:t.end] {
		case "true", "false", "null":
			return TokenLiteral
		}
	}
	return TokenName
}

// ClauseWord is a word that starts a clause, with what it means.
type ClauseWord struct {
	Text, Doc string
	Flag      bool
}

// ClauseWords are the words that start clauses, where they are not names.
func ClauseWords() []ClauseWord {
	var out []ClauseWord
	for _, w := range clauseTable {
		out = append(out, ClauseWord{w.Text, w.Doc, w.Flag})
	}
	return out
}

// DeclarationWords are the words that start declarations.
func DeclarationWords() []string { return append([]string(nil), declarationNames...) }

// PlainName reports whether a text can be a name without backquotes.
func PlainName(s string) bool { return plainName(s) }
