package check

import (
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/op"
)

// module is what the names of one file mean: its own declarations and its
// imports.
type module struct {
	file    *ast.File
	names   map[string]*decl
	order   []*decl
	tests   []*ast.Block
	imports map[string]*module // by the last word of the path
	used    []*module          // all imports, in order
}

// decl is one named declaration, resolved when it is first needed.
type decl struct {
	mod   *module
	ast   ast.Decl
	state resolution
	// second marks a declaration whose name another one has. It is checked, and
	// nothing more.
	second bool

	schema *types.Schema
	list   *plan.Const
	konst  *plan.Const
	table  *op.Table
	fn     *ast.Fn
	rule   *ruleDecl
}

type resolution uint8

const (
	unresolved resolution = iota
	resolving
	resolved
)

// kind is the declaration in the author's words.
func (d *decl) kind() string {
	switch x := d.ast.(type) {
	case *ast.Const:
		return "a const"
	case *ast.ListDecl:
		return "a list"
	case *ast.Fn:
		return "a fn"
	case *ast.Block:
		return "a " + x.Keyword.Name
	}
	return "a declaration"
}

// module collects the declarations of a file. Files that import each other see
// each other's names.
func (c *checker) module(f *ast.File) *module {
	if m := c.modules[f]; m != nil {
		return m
	}
	m := &module{file: f, names: map[string]*decl{}, imports: map[string]*module{}}
	c.modules[f] = m
	for _, d := range f.Decls {
		switch x := d.(type) {
		case *ast.Import:
			c.importModule(m, x)
			continue
		case *ast.Block:
			if x.Keyword.Name == "test" {
				m.tests = append(m.tests, x)
				continue
			}
			if x.Keyword.Name == "mapping" {
				c.mapping = append(c.mapping, mappingDecl{m, x})
				continue
			}
			if x.Keyword.Name == "model" || x.Keyword.Name == "filter" {
				c.diags.Errorf("D0411", x.Keyword.At, "%s declarations do not run in this version", x.Keyword.Name)
				continue
			}
		}
		name := d.DeclName()
		if name == nil {
			continue
		}
		nd := &decl{mod: m, ast: d}
		if b, ok := d.(*ast.Block); ok && b.Keyword.Name == "rule" {
			nd.rule = &ruleDecl{decl: nd, block: b}
		}
		m.order = append(m.order, nd) // also the second of a name, for the errors inside of it
		if first := m.names[name.Name]; first != nil {
			nd.second = true
			e := c.diags.Errorf("D0304", name.At, "%s is declared twice in this file", name.Name)
			e.Hint = "the first one is " + first.kind() + " at line " + lineOf(first.ast.DeclName())
			continue
		}
		if nd.rule != nil {
			if other := c.rules[name.Name]; other != nil {
				nd.second = true
				e := c.diags.Errorf("D0602", name.At, "there is a rule %s already, in %s", name.Name, other.decl.mod.file.Source.Name)
				e.Hint = "rules of one set need different names, since alerts and `from rule` use them"
				continue
			}
			c.rules[name.Name] = nd.rule
		}
		m.names[name.Name] = nd
	}
	return m
}

func (c *checker) importModule(m *module, imp *ast.Import) {
	f := c.opts.Import(m.file, imp)
	if f == nil {
		return
	}
	c.opts.Uses.imported(imp, f)
	im := c.module(f)
	m.used = append(m.used, im)
	if n := len(imp.Path); n > 0 {
		m.imports[imp.Path[n-1].Name] = im
	} else if imp.File != nil {
		name, _ := imp.File.Value.(string)
		base := name[strings.LastIndexByte(name, '/')+1:]
		m.imports[strings.TrimSuffix(base, ".det")] = im
	}
}

// find looks a name up: in the file, then in its imports. With two imports that
// have the name, the first wins only if it is the only one; otherwise it must be
// qualified.
func (m *module) find(name string) (d *decl, ambiguous bool) {
	if d := m.names[name]; d != nil {
		return d, false
	}
	for _, im := range m.used {
		if x := im.names[name]; x != nil {
			if d != nil && d != x {
				return d, true
			}
			d = x
		}
	}
	return d, false
}

// visible lists the names that find would find of the kinds wanted.
func (m *module) visible(want func(*decl) bool) []string {
	var out []string
	for n, d := range m.names {
		if want(d) {
			out = append(out, n)
		}
	}
	for _, im := range m.used {
		for n, d := range im.names {
			if want(d) {
				out = append(out, n)
			}
		}
	}
	for alias, im := range m.imports {
		for n, d := range im.names {
			if want(d) {
				out = append(out, alias+"."+n)
			}
		}
	}
	return out
}

// lookup resolves a possibly qualified name (windows.process_creation).
func (c *checker) lookup(m *module, x ast.Expr) (*decl, string) {
	switch x := x.(type) {
	case *ast.Name:
		d, ambiguous := m.find(x.Name)
		c.opts.Uses.decl(x.At, d)
		if ambiguous {
			c.diags.Errorf("D0310", x.At, "%s is declared by more than one import", x.Name).Hint = "write it with the import's name before it"
		}
		return d, x.Name
	case *ast.Select:
		if q, ok := x.X.(*ast.Name); ok {
			full := q.Name + "." + x.Sel.Name
			if im := m.imports[q.Name]; im != nil {
				c.opts.Uses.decl(x.Sel.At, im.names[x.Sel.Name])
				return im.names[x.Sel.Name], full
			}
			return nil, full
		}
	}
	return nil, ""
}

// resolve works out a declaration that is not a rule.
func (c *checker) resolve(d *decl) {
	switch d.state {
	case resolved:
		return
	case resolving:
		c.diags.Errorf("D0604", d.ast.DeclName().At, "%s is defined by itself", d.ast.DeclName().Name)
		return
	}
	d.state = resolving
	defer c.afresh()()
	switch x := d.ast.(type) {
	case *ast.Const:
		d.konst = c.constant(d.mod, x)
	case *ast.ListDecl:
		d.list = c.list(d.mod, x)
	case *ast.Fn:
		d.fn = x
		c.fnDecl(d)
	case *ast.Block:
		switch x.Keyword.Name {
		case "schema":
			d.schema = c.schema(x)
			c.opts.Uses.schema(d.schema, x)
		case "table":
			d.table = c.table(d.mod, x)
		}
	}
	d.state = resolved
}
