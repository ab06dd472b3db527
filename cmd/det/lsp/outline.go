package lsp

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/detlang/det/lang"
)

// Kinds of symbols.
const (
	symbolModule   = 2
	symbolClass    = 5
	symbolField    = 8
	symbolFunction = 12
	symbolConstant = 14
	symbolArray    = 18
	symbolKey      = 20
	symbolStruct   = 23
	symbolEvent    = 24
	symbolOperator = 25
)

var symbolKinds = map[string]int{
	"import": symbolModule, "schema": symbolStruct, "list": symbolArray, "table": symbolArray, "const": symbolConstant,
	"fn": symbolFunction, "rule": symbolEvent, "test": symbolKey, "model": symbolClass, "filter": symbolClass, "mapping": symbolStruct,
}

// symbols are the declarations of a document, with the stages of rules and the
// fields of schemas in them.
func (d *document) symbols() (any, error) {
	out := []documentSymbol{}
	c := d.classified()
	for _, r := range c.Declarations {
		word, name := d.heading(r)
		if word == "" || word == "import" {
			continue
		}
		if word == "test" {
			name = d.title(r)
		}
		first, last := c.Tokens[r[0]].At, c.Tokens[r[1]-1].At
		if name == "" {
			name = word
		}
		chosen := first
		if r[0]+1 < r[1] {
			chosen = c.Tokens[r[0]+1].At
		}
		s := documentSymbol{
			Name: name, Detail: word, Kind: symbolKinds[word],
			Range: d.span(first.Start, last.End), SelectionRange: d.span(chosen.Start, chosen.End),
		}
		s.Children = d.lines(r, word)
		out = append(out, s)
	}
	return out, nil
}

// lines are the stages of a declaration.
func (d *document) lines(r [2]int, word string) []documentSymbol {
	var out []documentSymbol
	kind := symbolOperator
	if word == "schema" || word == "table" {
		kind = symbolField
	}
	c := d.classified()
	for i := r[0]; i < r[1]; i++ {
		t := c.Tokens[i]
		if t.Kind != lang.TokenStage {
			continue
		}
		last := i
		for last+1 < r[1] && c.Tokens[last+1].Kind != lang.TokenStage {
			last++
		}
		if last == r[1]-1 && last > i && c.Tokens[last].At.Text() == "}" {
			last--
		}
		end := c.Tokens[last].At.End
		detail, _, _ := strings.Cut(d.file.Text[t.At.End:end], "\n")
		out = append(out, documentSymbol{
			Name: t.At.Text(), Detail: strings.TrimSpace(detail), Kind: kind,
			Range: d.span(t.At.Start, end), SelectionRange: d.span(t.At.Start, t.At.End),
		})
	}
	return out
}

// workspaceSymbols are declarations of all files whose name has the letters asked
// for, in their order.
func (s *server) workspaceSymbols(raw json.RawMessage) (prepared, error) {
	var q symbolQuery
	if err := decode(raw, &q); err != nil {
		return nil, err
	}
	return func(context.Context) (any, error) {
		out := []symbolInformation{}
		for _, d := range s.world.documents() {
			c := d.classified()
			for _, r := range c.Declarations {
				word, name := d.heading(r)
				if word == "import" || word == "test" || name == "" || r[0]+1 >= r[1] || !subsequence(q.Query, name) {
					continue
				}
				at := c.Tokens[r[0]+1].At
				out = append(out, symbolInformation{name, symbolKinds[word], location{d.uri, d.span(at.Start, at.End)}})
			}
		}
		return out, nil
	}, nil
}

func subsequence(part, of string) bool {
	rest := []rune(strings.ToLower(part))
	for _, r := range strings.ToLower(of) {
		if len(rest) > 0 && rest[0] == r {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

// folds are the blocks, the runs of comments and the run of imports.
func (d *document) folds() (any, error) {
	out := []foldingRange{}
	c := d.classified()
	var open []int
	imports := [2]int{-1, -1}
	for _, t := range c.Tokens {
		line, _ := d.file.Position(t.At.Start)
		if t.Kind == lang.TokenDeclaration && t.At.Text() == "import" {
			if imports[0] < 0 {
				imports[0] = line - 1
			}
			imports[1] = line - 1
		}
		if t.Kind != lang.TokenPunct {
			continue
		}
		switch t.At.Text() {
		case "{", "[":
			open = append(open, line-1)
		case "}", "]":
			if n := len(open) - 1; n >= 0 {
				if end := line - 2; end > open[n] {
					out = append(out, foldingRange{StartLine: open[n], EndLine: end})
				}
				open = open[:n]
			}
		}
	}
	if imports[1] > imports[0] {
		out = append(out, foldingRange{imports[0], imports[1], "imports"})
	}
	for i := 0; i < len(c.Comments); {
		start, _ := d.file.Position(c.Comments[i].At.Start)
		end := start
		for i++; i < len(c.Comments); i++ {
			line, _ := d.file.Position(c.Comments[i].At.Start)
			if line != end+1 {
				break
			}
			end = line
		}
		if end > start {
			out = append(out, foldingRange{start - 1, end - 1, "comment"})
		}
	}
	return out, nil
}
