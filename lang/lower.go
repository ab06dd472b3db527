package lang

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// lowering makes the tree of package ast from the grammar's structs. Positions
// come from the tokens: participle's own end positions lie at the start of the
// next token.
type lowering struct {
	file  *source.File
	raw   []token // as scanned, for lists that were read as one token
	diags *diag.List
}

func (l *lowering) at(t lexer.Token) source.Span {
	return source.Span{File: l.file, Start: t.Pos.Offset, End: t.Pos.Offset + len(t.Value)}
}

// ident makes a name, without its backquotes.
func (l *lowering) ident(t lexer.Token) *ast.Ident {
	return &ast.Ident{Name: strings.Trim(t.Value, "`"), At: l.at(t)}
}

// optional is ident for a token that may be nil.
func (l *lowering) optional(t *lexer.Token) *ast.Ident {
	if t == nil {
		return nil
	}
	return l.ident(*t)
}

// names makes a name of every token that is not punctuation.
func (l *lowering) names(tokens []lexer.Token) []*ast.Ident {
	var ids []*ast.Ident
	for _, t := range tokens {
		if t.Type == ident {
			ids = append(ids, l.ident(t))
		}
	}
	return ids
}

// declared makes the name of a declaration, which must not be a word that no
// expression could use as a name.
func (l *lowering) declared(t lexer.Token) *ast.Ident {
	id := l.ident(t)
	if reserved(t.Value) {
		l.diags.Errorf("D0119", id.At, "`%s` is a word of the language, not a name", t.Value).Hint = "choose another name"
	}
	return id
}

func (l *lowering) text(t *lexer.Token) *ast.Literal {
	if t == nil {
		return nil
	}
	return l.literal(*t)
}

func (l *lowering) declaration(d *declaration) ast.Decl {
	switch {
	case d.Block != nil:
		return l.block(d.Block)
	case d.Constant != nil:
		c := d.Constant
		value := l.expression(c.Value)
		return &ast.Const{Name: l.declared(c.Name), Value: value, At: l.at(c.Keyword).To(value.Span())}
	case d.List != nil:
		return l.list(d.List)
	case d.Function != nil:
		fn := d.Function
		body := l.expression(fn.Body)
		return &ast.Fn{Name: l.declared(fn.Name), Params: l.names(fn.Params), Body: body, At: l.at(fn.Keyword).To(body.Span())}
	}
	return l.include(d.Import)
}

func (l *lowering) include(d *include) *ast.Import {
	if d.File != nil {
		return &ast.Import{File: l.literal(*d.File), At: l.at(d.Keyword).To(l.at(*d.File))}
	}
	return &ast.Import{Path: l.names(d.Path), At: l.at(d.Keyword).To(l.at(d.Path[len(d.Path)-1]))}
}

func (l *lowering) list(d *list) *ast.ListDecl {
	decl := &ast.ListDecl{Name: l.declared(d.Name), Type: l.optional(d.Type), From: l.text(d.From), At: l.at(d.Keyword)}
	if d.Value != nil {
		decl.Value = l.expression(d.Value)
		decl.At = decl.At.To(decl.Value.Span())
	} else {
		decl.At = decl.At.To(decl.From.At)
	}
	return decl
}

// block makes a block, or nil of one without a name, which nothing can refer to.
func (l *lowering) block(d *block) ast.Decl {
	b := l.heading(&d.Heading)
	b.Body = make([]*ast.Stage, len(d.Stages))
	for i, s := range d.Stages {
		b.Body[i] = l.stage(s)
	}
	b.Close = l.at(d.Close)
	b.At = b.At.To(b.Close)
	if b.Name == nil && b.Title == nil {
		return nil
	}
	return b
}

// heading makes a block without its body. A test has a title, the others a name.
func (l *lowering) heading(h *heading) *ast.Block {
	b := &ast.Block{Keyword: l.ident(h.Keyword), Title: l.text(h.Title), Clauses: l.clauses(h.Clauses)}
	b.At = b.Keyword.At
	if h.Name != nil {
		b.Name = l.declared(*h.Name)
	}
	l.checkHeading(b)
	for _, c := range b.Clauses {
		b.At = b.At.To(c.At)
	}
	return b
}

func (l *lowering) checkHeading(b *ast.Block) {
	switch isTest := b.Keyword.Name == "test"; {
	case isTest && b.Title == nil:
		l.diags.Errorf("D0119", b.Keyword.At, "expected the test's title after `test`").Hint = `a test is written: test "what it shows" for some_rule { … }`
	case isTest && b.Name != nil:
		l.diags.Errorf("D0102", b.Name.At, "unexpected %s: a test has a title only", describe(b.Name.Name)).Hint = `a test is written: test "what it shows" for some_rule { … }`
	case !isTest && b.Name == nil:
		l.missingName(b.Keyword)
	case !isTest && b.Title != nil:
		l.diags.Errorf("D0102", b.Title.At, "unexpected %s after the name of a %s", describe(b.Title.Raw), b.Keyword.Name).Hint = "a title is a line of the body: title \"…\""
	}
}

func (l *lowering) missingName(keyword *ast.Ident) {
	l.diags.Errorf("D0119", keyword.At, "expected the name of the %s after `%s`", keyword.Name, keyword.Name).Hint =
		"a name has letters, digits and _: " + keyword.Name + " my_" + keyword.Name
}

func (l *lowering) stage(s *stage) *ast.Stage {
	last := s.Tokens[len(s.Tokens)-1]
	st := &ast.Stage{Name: l.ident(s.Tokens[0]), Args: l.arguments(s.Args), Clauses: l.clauses(s.Clauses)}
	st.At = st.Name.At.To(l.at(last))
	if last.Type == punct && last.Value == "}" {
		st.HasBody, st.Close = true, l.at(last)
		for _, it := range s.Items {
			st.Items = append(st.Items, l.item(it))
		}
	}
	return st
}

func (l *lowering) item(it *item) *ast.Item {
	first, last := it.Tokens[0], it.Tokens[len(it.Tokens)-1]
	if last.Type == separator {
		last = it.Tokens[len(it.Tokens)-2]
	}
	e := &ast.Item{Value: l.expression(it.Value), Clauses: l.clauses(it.Clauses), At: l.at(first).To(l.at(last))}
	if first.Type == absent {
		e.Not = true
	}
	e.Name = l.label(it.Value)
	return e
}

func (l *lowering) clauses(cs []*clause) []*ast.Clause {
	var out []*ast.Clause
	for _, c := range cs {
		word, last := c.Tokens[0], c.Tokens[len(c.Tokens)-1]
		out = append(out, &ast.Clause{Word: l.ident(word), Args: l.arguments(c.Args), At: l.at(word).To(l.at(last))})
	}
	return out
}

func (l *lowering) arguments(as []*expression) []*ast.Arg {
	if len(as) == 0 {
		return nil
	}
	out := make([]*ast.Arg, len(as))
	for i, a := range as {
		out[i] = &ast.Arg{Name: l.label(a), Value: l.expression(a)}
	}
	return out
}

// label is the name that an expression is given, or nil.
func (l *lowering) label(e *expression) *ast.Ident {
	if t := e.Tokens[0]; t.Type == label {
		return l.ident(t)
	}
	return nil
}
