package lint

import (
	"path"
	"path/filepath"
	"regexp"

	"github.com/detlang/det/lang/ast"
)

// titleHole is a name that a title shows.
var titleHole = regexp.MustCompile(`\{\s*([^{}]*)\}`)

var word = regexp.MustCompile(`[\p{L}_][\p{L}\p{N}_]*`)

// uses are the names that an expression reads, functions that it calls included.
func uses(into map[string]int, x ast.Expr) {
	walk(x, func(x ast.Expr) {
		switch x := x.(type) {
		case *ast.Name:
			into[x.Name]++
		case *ast.Call:
			into[x.Fun.Name]++
		}
	})
}

// stageUses are the names that a stage reads, but for those that it binds.
func stageUses(into map[string]int, st *ast.Stage) {
	if st.Name.Name == "title" {
		for _, a := range st.Args {
			s, _ := text(a.Value)
			for _, m := range titleHole.FindAllStringSubmatch(s, -1) {
				for _, w := range word.FindAllString(m[1], -1) {
					into[w]++
				}
			}
		}
	}
	if metadata[st.Name.Name] {
		return
	}
	args := st.Args
	if st.Name.Name == "baseline" || st.Name.Name == "peers" {
		args = nil // the name that it binds
	}
	for _, a := range args {
		uses(into, a.Value)
	}
	for _, c := range st.Clauses {
		for _, a := range c.Args {
			uses(into, a.Value)
		}
	}
	for _, it := range st.Items {
		uses(into, it.Value)
		for _, c := range it.Clauses {
			for _, a := range c.Args {
				uses(into, a.Value)
			}
		}
	}
}

// uses are the names that the rule reads behind a stage, or in all for nil.
func (r *Rule) uses(behind *ast.Stage) map[string]int {
	into := map[string]int{}
	past := behind == nil
	for _, l := range r.lines {
		if past || metadata[l.ast.Name.Name] {
			stageUses(into, l.ast)
		}
		past = past || l.ast == behind
	}
	return into
}

// uses are the names that the declarations of a file read.
func (f *File) uses() map[string]int {
	if f.used != nil {
		return f.used
	}
	f.used = map[string]int{}
	for _, d := range f.Tree.Decls {
		switch d := d.(type) {
		case *ast.Const:
			uses(f.used, d.Value)
		case *ast.ListDecl:
			if d.Value != nil {
				uses(f.used, d.Value)
			}
		case *ast.Fn:
			uses(f.used, d.Body)
		case *ast.Block:
			for _, st := range d.Body {
				stageUses(f.used, st)
			}
			for _, c := range d.Clauses {
				for _, a := range c.Args {
					uses(f.used, a.Value)
				}
			}
		}
	}
	return f.used
}

// imported reports whether another file may read the declarations of this one, of the
// set or elsewhere. A file without rules is a library for files that are not here.
func (f *File) imported() bool {
	rules := false
	for _, d := range f.Tree.Decls {
		if b, ok := d.(*ast.Block); ok && b.Keyword.Name == "rule" {
			rules = true
		}
	}
	if !rules || f.Sigma || f.Set.Config.Imported != nil && f.Set.Config.Imported(f.Tree.Source) {
		return true
	}
	base := filepath.Base(f.Tree.Source.Name)
	for _, other := range f.Set.Files {
		for _, d := range other.Tree.Decls {
			imp, ok := d.(*ast.Import)
			if !ok || imp.File == nil {
				continue
			}
			if name, _ := imp.File.Value.(string); path.Base(name) == base {
				return true
			}
		}
	}
	return false
}

// unused calls f for the declarations that nothing in the file reads, if the file
// is whole and no other reads it.
func (f *File) unused(call func(d ast.Decl)) {
	if f.broken() || f.imported() {
		return
	}
	for _, d := range f.Tree.Decls {
		if n := d.DeclName(); n != nil && f.uses()[n.Name] == 0 {
			call(d)
		}
	}
}
