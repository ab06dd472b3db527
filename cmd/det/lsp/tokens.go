package lsp

import (
	"sort"
	"strings"
	"unicode/utf16"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/source"
)

// tokenTypes is the legend of semantic tokens.
var tokenTypes = []string{"keyword", "function", "property", "variable", "operator", "string", "number", "comment", "macro", "decorator"}

// Indexes into tokenTypes.
const (
	semKeyword = iota
	semFunction
	semProperty
	semVariable
	semOperator
	semString
	semNumber
	semComment
	semMacro
	semClause
)

// semantics is what each kind of token is; punctuation and what is wrong has none.
var semantics = map[lang.TokenKind]int{
	lang.TokenDeclaration: semKeyword, lang.TokenStage: semMacro, lang.TokenClause: semClause, lang.TokenFlag: semClause,
	lang.TokenLabel: semProperty, lang.TokenCall: semFunction, lang.TokenName: semVariable, lang.TokenOperator: semOperator,
	lang.TokenString: semString, lang.TokenLiteral: semNumber,
}

// semanticTokens is the colours of a document, as the protocol packs them: five
// numbers a token, places relative to the token before.
func (d *document) semanticTokens() (any, error) {
	c := d.classified()
	type colour struct {
		at   source.Span
		kind int
	}
	all := make([]colour, 0, len(c.Tokens)+len(c.Comments))
	for _, t := range c.Tokens {
		if kind, ok := semantics[t.Kind]; ok {
			all = append(all, colour{t.At, kind})
		}
	}
	for _, x := range c.Comments {
		all = append(all, colour{x.At, semComment})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at.Start < all[j].at.Start })
	data := make([]int, 0, 5*len(all))
	last := position{}
	for _, x := range all {
		start := x.at.Start
		for _, part := range strings.SplitAfter(x.at.Text(), "\n") { // `not` and `in` may stand on two lines
			if text := strings.TrimRight(part, "\r\n"); text != "" {
				p := d.position(start)
				character := p.Character
				if p.Line == last.Line {
					character -= last.Character
				}
				data = append(data, p.Line-last.Line, character, len(utf16.Encode([]rune(text))), x.kind, 0)
				last = p
			}
			start += len(part)
		}
	}
	return map[string]any{"data": data}, nil
}
