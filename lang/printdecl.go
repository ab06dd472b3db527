package lang

import (
	"math"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

func (p *printer) tree(tree *ast.File) doc {
	decls := tree.Decls
	parts := p.separated(len(decls),
		func(i int) source.Span { return decls[i].Span() },
		func(i int) doc { return p.declaration(decls[i]) },
		func(i int) bool { return apart(decls[i-1], decls[i]) })
	return concat(append(parts, p.remarks(math.MaxInt, len(decls) > 0, false)...)...)
}

// apart reports whether an empty line must stand between two declarations: around
// blocks, and behind the imports.
func apart(a, b ast.Decl) bool {
	_, before := a.(*ast.Block)
	_, after := b.(*ast.Block)
	_, imports := a.(*ast.Import)
	_, imported := b.(*ast.Import)
	return before || after || imports != imported
}

func (p *printer) declaration(d ast.Decl) doc {
	p.place = 0
	switch d := d.(type) {
	case *ast.Import:
		return concat(p.word("import", d.At), text(" "), p.importPath(d))
	case *ast.Const:
		return concat(p.word("const", d.At), text(" "), p.name(d.Name), text(" = "), p.expression(d.Value, orLevel))
	case *ast.ListDecl:
		return concat(p.word("list", d.At), text(" "), p.listBody(d))
	case *ast.Fn:
		return concat(p.word("fn", d.At), text(" "), p.signature(d), text(" "), p.expression(d.Body, orLevel))
	case *ast.Block:
		return p.block(d)
	}
	return text("")
}

// word is a keyword, which stands at the start of a span.
func (p *printer) word(s string, at source.Span) doc {
	if !at.IsZero() {
		at.End = at.Start + len(s)
	}
	return p.leaf(s, at)
}

func (p *printer) importPath(d *ast.Import) doc {
	if d.File != nil {
		return p.literal(d.File)
	}
	parts := make([]doc, len(d.Path))
	for i, id := range d.Path {
		s := p.spelling(id)
		if i > 0 {
			s = "." + s
		}
		parts[i] = p.leaf(s, id.At)
	}
	return concat(parts...)
}

// signature is a function's name and parameters, up to the equals sign.
func (p *printer) signature(d *ast.Fn) doc {
	last := d.Name.At
	parts := []doc{p.leaf(p.spelling(d.Name)+"(", last.To(p.find("(", last)))}
	for i, id := range d.Params {
		if i > 0 {
			parts = append(parts, text(", "))
		}
		parts = append(parts, p.name(id))
		last = id.At
	}
	at := p.find(")", last)
	return concat(append(parts, p.leaf(") =", at.To(p.find("=", at))))...)
}

func (p *printer) listBody(d *ast.ListDecl) doc {
	parts := []doc{p.name(d.Name)}
	last := d.Name.At
	if d.Type != nil {
		parts = append(parts, text(" "), p.name(d.Type))
		last = d.Type.At
	}
	if d.From != nil {
		return concat(append(parts, text(" "), p.leaf("from", p.find("from", last)), text(" "), p.literal(d.From))...)
	}
	return concat(append(parts, text(" = "), p.expression(d.Value, orLevel))...)
}

func (p *printer) block(d *ast.Block) doc {
	p.place = inHead
	parts := []doc{p.leaf(d.Keyword.Name, d.Keyword.At)}
	last := d.Keyword.At
	if d.Name != nil {
		parts = append(parts, text(" "), p.name(d.Name))
		last = d.Name.At
	}
	if d.Title != nil {
		parts = append(parts, text(" "), p.literal(d.Title))
		last = d.Title.At
	}
	parts = append(parts, p.clauses(d.Clauses)...)
	for _, c := range d.Clauses {
		last = c.At
	}
	p.place = declarations[d.Keyword.Name]
	parts = append(parts, text(" "), p.leaf("{", p.find("{", last)))
	body := p.separated(len(d.Body),
		func(i int) source.Span { return d.Body[i].At },
		func(i int) doc { return p.stage(d.Body[i]) },
		func(int) bool { return false })
	return concat(append(parts, indent(inner, body...), p.closing(len(body) == 0, restart, "}", d.Close))...)
}
