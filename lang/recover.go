package lang

import (
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// recover tells what is wrong with a declaration that did not parse, and makes of
// it what can be made, so that the names it declares are known.
func (l *lowering) recover(tokens []token, failed failure) ast.Decl {
	switch word := l.textOf(tokens[0]); {
	case failed.full && failed.told:
		return nil
	case failed.full:
		l.diags.Errorf("D0115", l.span(tokens[0]), "this %s has more than a million words", word).Hint = `keep large lists in files of their own: list bad from "bad.txt"`
		return nil
	case word == "import":
		l.explain(tokens, failed)
		return nil
	case declarations[word] == 0:
		l.explain(tokens, failed)
		return l.salvage(word, tokens)
	}
	return l.recoverBlock(tokens, failed)
}

// salvage makes a declaration without a value.
func (l *lowering) salvage(word string, tokens []token) ast.Decl {
	if len(tokens) < 2 || tokens[1].kind != ident {
		return nil
	}
	name, at := l.identOf(tokens[1]), l.spanOf(tokens)
	value := &ast.Bad{At: at}
	switch word {
	case "const":
		return &ast.Const{Name: name, Value: value, At: at}
	case "list":
		return &ast.ListDecl{Name: name, Value: value, At: at}
	}
	fn := &ast.Fn{Name: name, Body: value, At: at}
	for _, t := range tokens[2:] {
		if t.kind == ident {
			fn.Params = append(fn.Params, l.identOf(t))
		} else if t.kind != punct || l.textOf(t) == ")" {
			break
		}
	}
	return fn
}

// recoverBlock parses a block's heading and its stages one by one.
func (l *lowering) recoverBlock(tokens []token, failed failure) ast.Decl {
	open := 0
	for open < len(tokens) && !l.isBrace(tokens[open], "{") {
		open++
	}
	b := l.recoverHeading(tokens[:open], failed)
	if open == len(tokens) {
		if failed.at == open {
			l.explain(tokens, failed)
		}
		return nil
	}
	body, closed := l.body(tokens[open+1:])
	for len(body) > 0 {
		n := 1
		for n < len(body) && body[n].kind != stageName {
			n++
		}
		if s := l.recoverStage(body[:n]); s != nil {
			b.Body = append(b.Body, s)
		}
		body = body[n:]
	}
	if closed {
		b.Close = l.span(tokens[len(tokens)-1])
	} else {
		l.neverClosed(tokens[open])
	}
	b.At = l.spanOf(tokens)
	if b.Name == nil && b.Title == nil {
		return nil
	}
	return b
}

// body strips the brace that closes a body off its tokens.
func (l *lowering) body(tokens []token) ([]token, bool) {
	depth := 0
	for i, t := range tokens {
		if l.isBrace(t, "{") {
			depth++
		} else if l.isBrace(t, "}") {
			if depth--; depth < 0 {
				return tokens[:i], true
			}
		}
	}
	return tokens, false
}

func (l *lowering) recoverHeading(tokens []token, failed failure) *ast.Block {
	h, err := parse(headingParser, l.file, tokens)
	if err == nil {
		return l.heading(h)
	}
	l.explain(tokens, *err)
	b := &ast.Block{Keyword: l.identOf(tokens[0])}
	if len(tokens) > 1 && tokens[1].kind == ident {
		b.Name = l.identOf(tokens[1])
	}
	return b
}

// recoverStage parses one stage. Of a broken one it keeps the name, a label
// before its first argument, and the entries of its block. It returns nil for
// text that does not even start with a name.
func (l *lowering) recoverStage(tokens []token) *ast.Stage {
	s, failed := parse(stageParser, l.file, tokens)
	if failed == nil {
		return l.stage(s)
	}
	open := 0
	for open < len(tokens) && !l.isBrace(tokens[open], "{") {
		open++
	}
	errors := l.diags.Errors()
	st := l.recoverStageHead(tokens[:open], *failed)
	if open < len(tokens) && st != nil {
		l.recoverItems(st, tokens[open:])
	}
	if l.diags.Errors() == errors {
		l.explain(tokens, *failed)
	}
	return st
}

// recoverStageHead parses a stage up to its block.
func (l *lowering) recoverStageHead(tokens []token, failed failure) *ast.Stage {
	if len(tokens) == 0 || tokens[0].kind != stageName {
		return nil
	}
	if s, err := parse(stageParser, l.file, tokens); err == nil {
		return l.stage(s)
	} else if failed.at <= len(tokens) {
		l.explain(tokens, *err)
	}
	at := l.spanOf(tokens)
	arg := &ast.Arg{Value: &ast.Bad{At: at}}
	if len(tokens) > 1 && tokens[1].kind == label {
		arg.Name = l.identOf(tokens[1])
	}
	return &ast.Stage{Name: l.identOf(tokens[0]), Args: []*ast.Arg{arg}, At: at}
}

// recoverItems parses the entries of a block, from its brace on, one by one.
func (l *lowering) recoverItems(st *ast.Stage, tokens []token) {
	body, closed := l.body(tokens[1:])
	st.HasBody = true
	st.At = st.At.To(l.spanOf(tokens))
	for len(body) > 0 {
		n := 1
		for n < len(body) && !body[n].entry {
			n++
		}
		st.Items = append(st.Items, l.recoverItem(body[:n]))
		body = body[n:]
	}
	if closed {
		st.Close = l.span(tokens[len(tokens)-1])
	} else {
		l.neverClosed(tokens[0])
	}
}

func (l *lowering) recoverItem(tokens []token) *ast.Item {
	it, failed := parse(itemParser, l.file, tokens)
	if failed == nil {
		return l.item(it)
	}
	l.explain(tokens, *failed)
	at := l.spanOf(tokens)
	e := &ast.Item{Value: &ast.Bad{At: at}, At: at}
	if tokens[0].kind == absent && len(tokens) > 1 {
		e.Not, tokens = true, tokens[1:]
	}
	if tokens[0].kind == label {
		e.Name = l.identOf(tokens[0])
	}
	return e
}

func (l *lowering) textOf(t token) string { return l.file.Text[t.start:t.end] }

func (l *lowering) isBrace(t token, brace string) bool {
	return t.kind == punct && l.textOf(t) == brace
}

func (l *lowering) span(t token) source.Span {
	return source.Span{File: l.file, Start: int(t.start), End: int(t.end)}
}

// spanOf is the span of several tokens, at least one.
func (l *lowering) spanOf(tokens []token) source.Span {
	return l.span(tokens[0]).To(l.span(tokens[len(tokens)-1]))
}

func (l *lowering) identOf(t token) *ast.Ident {
	s, _ := newStream(l.file, []token{t}).Next()
	return l.ident(s)
}
