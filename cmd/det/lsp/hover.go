package lsp

import (
	"fmt"
	"strings"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang"
)

// hover is what there is to say about the word at an offset.
func (d *document) hover(off int) (any, error) {
	if d.sigma() {
		if text, start, end := d.sigmaHover(off); text != "" {
			r := d.span(start, end)
			return &hover{markdown(text), &r}, nil
		}
	}
	if u := d.use(off); u != nil {
		r := d.span(u.At.Start, u.At.End)
		return &hover{markdown(useText(u)), &r}, nil
	}
	at, _ := d.token(off)
	if at < 0 {
		return nil, nil
	}
	t := d.classified().Tokens[at]
	text := d.wordText(at)
	if text == "" {
		return nil, nil
	}
	r := d.span(t.At.Start, t.At.End)
	return &hover{markdown(text), &r}, nil
}

// useText describes what a name means.
func useText(u *check.Use) string {
	var b strings.Builder
	line := string(u.Kind) + " " + u.Name
	switch {
	case strings.HasPrefix(u.Type, "("):
		line += u.Type
	case u.Type != "":
		line += ": " + u.Type
	}
	fmt.Fprintf(&b, "```det\n%s\n```\n", line)
	if strings.HasPrefix(u.Doc, "= ") {
		fmt.Fprintf(&b, "\n`%s`\n", u.Doc)
	} else if u.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", u.Doc)
	}
	if c, ok := callables()[u.Name]; ok && (u.Kind == check.UseFunction || u.Kind == check.UseAggregate) {
		for i, e := range c.examples {
			if i == 3 {
				break
			}
			fmt.Fprintf(&b, "\n`%s` is `%s`\n", e.Expr, e.Want)
		}
	}
	if u.Def.File != nil && library(u.Def.File) {
		fmt.Fprintf(&b, "\nFrom `%s`.\n", libraryName(u.Def.File))
	}
	return b.String()
}

// wordText describes a word that is no name: a stage, a clause, a technique.
func (d *document) wordText(at int) string {
	t := d.classified().Tokens[at]
	word := strings.Trim(t.At.Text(), `"'`)
	c := d.cursor(t.At.Start)
	switch t.Kind {
	case lang.TokenStage:
		if c.word == "test" {
			return testDocs[word]
		}
		if spec := stages()[word]; spec != nil {
			return fmt.Sprintf("```det\n%s\n```\n\n%s", check.Usage(spec), spec.Doc)
		}
		return metaDocs[word]
	case lang.TokenClause, lang.TokenFlag:
		return clauseDoc(c.stage, word)
	case lang.TokenName, lang.TokenString:
		if c.stage == "attack" {
			return technique(word)
		}
	}
	return ""
}
