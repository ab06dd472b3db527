// Package lang turns the text of rule files into syntax trees, and back.
//
// A file passes through four steps: the scanner cuts it into tokens, the token
// pass tells names, stages and clauses apart, participle parses each declaration
// by itself, and lowering makes the tree of package ast from what it found. A
// declaration with an error is parsed again stage by stage, so that one broken
// line costs no more than itself.
package lang

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Limits on what one file may cost, whoever wrote it.
const (
	maxFile   = 64 << 20  // bytes
	maxTokens = 1_000_000 // in a declaration, where a list of plain values counts as one
	maxErrors = 1000      // told of one file
)

// Parse reads a rule file. It always returns a tree: what could not be parsed is
// left out, or is an ast.Bad, and told in diags.
func Parse(f *source.File, diags *diag.List) *ast.File {
	tree := &ast.File{Source: f}
	if len(f.Text) > maxFile {
		d := diags.Errorf("D0115", source.Span{File: f}, "the file has %d MiB; at most %d are read", len(f.Text)>>20, maxFile>>20)
		d.Hint = `keep large lists in files of their own: list bad from "bad.txt"`
		return tree
	}
	own := &diag.List{Max: maxErrors}
	defer hand(own, diags, f)
	checkText(f, own)
	raw, comments := scan(f, own)
	tree.Comments = comments
	t := tag(f, raw, own)
	l := &lowering{file: f, raw: raw, diags: own}
	for i, p := range parseAll(f, t) {
		if d := l.segment(t.tokens[t.declarations[i].from:t.declarations[i].to], p); d != nil {
			tree.Decls = append(tree.Decls, d)
		}
	}
	return tree
}

// hand passes the errors of one file on.
func hand(own, diags *diag.List, f *source.File) {
	for _, d := range own.All {
		diags.Add(d)
	}
	if own.Dropped > 0 {
		at := own.All[len(own.All)-1].Span
		diags.Errorf("D0121", at, "%s has %d more errors", f.Name, own.Dropped)
	}
}

// parsed is what participle made of a declaration; both are nil for text that
// starts none.
type parsed struct {
	tree   *declaration
	failed *failure
}

// parseAll parses every declaration, on all processors where there are many: the
// grammar takes nine tenths of the time, and declarations do not depend on one
// another.
func parseAll(f *source.File, t tagged) []parsed {
	all := make([]parsed, len(t.declarations))
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(all); i = int(next.Add(1)) - 1 {
			if s := t.declarations[i]; s.to-s.from > maxTokens {
				all[i].failed = &failure{full: true, told: s.over}
			} else if !s.unknown {
				all[i].tree, all[i].failed = parse(declarationParser, f, t.tokens[s.from:s.to])
			}
		}
	}
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0)-1, len(all)/16) {
		workers.Go(work)
	}
	work()
	workers.Wait()
	return all
}

// checkText tells the first place that is not UTF-8.
func checkText(f *source.File, diags *diag.List) {
	if utf8.ValidString(f.Text) {
		return
	}
	for i, r := range f.Text {
		if r != utf8.RuneError {
			continue
		}
		if _, n := utf8.DecodeRuneInString(f.Text[i:]); n == 1 {
			at := source.Span{File: f, Start: i, End: i + 1}
			diags.Errorf("D0112", at, "the byte 0x%02x is not UTF-8 text", f.Text[i]).Hint = "save the file as UTF-8"
			return
		}
	}
}

// segment lowers one declaration, or tells what is wrong with it. It returns nil
// where nothing can be made of it.
func (l *lowering) segment(tokens []token, p parsed) ast.Decl {
	switch {
	case p.tree != nil:
		return l.declaration(p.tree)
	case p.failed != nil:
		return l.recover(tokens, *p.failed)
	}
	l.unknown(tokens)
	return nil
}

// failure is where a parse stopped: before the token at index at. It is full
// where there is too much to be parsed, and told if an error says so already.
type failure struct {
	at         int
	full, told bool
}

// parse runs one production over tokens, to their end.
func parse[P any](p *participle.Parser[P], f *source.File, tokens []token) (*P, *failure) {
	s := newStream(f, tokens)
	peeking, err := lexer.Upgrade(s)
	if err == nil {
		var tree *P
		if tree, err = p.ParseFromLexer(peeking); err == nil {
			return tree, nil
		}
	}
	unexpected, ok := err.(*participle.UnexpectedTokenError)
	if !ok {
		return nil, &failure{at: 0, full: true}
	}
	at := 0
	for at < len(tokens) && int(tokens[at].start) < unexpected.Unexpected.Pos.Offset {
		at++
	}
	return nil, &failure{at: at}
}

// describe is a token's text for a message, cut where it is long.
func describe(text string) string {
	if r := []rune(text); len(r) > 40 {
		text = string(r[:39]) + "…"
	}
	return fmt.Sprintf("`%s`", text)
}
