package sigma

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang/ast"
)

// list is a list that a .det file declares, for placeholders. Texts are its
// elements where they are written in place.
type list struct {
	decl  *ast.ListDecl
	texts []string
}

func (l *list) known() bool { return l != nil }

// lists finds the lists of files of the language.
func lists(files []*ast.File) map[string]*list {
	out := map[string]*list{}
	for _, f := range files {
		for _, d := range f.Decls {
			x, ok := d.(*ast.ListDecl)
			if !ok || out[x.Name.Name] != nil {
				continue
			}
			l := &list{decl: x}
			if elems, ok := x.Value.(*ast.ListExpr); ok {
				for _, e := range elems.Elems {
					if v, ok := e.(*ast.Literal); ok {
						if s, ok := v.Value.(string); ok {
							l.texts = append(l.texts, s)
						}
					}
				}
			}
			out[x.Name.Name] = l
		}
	}
	return out
}

// sorted are the lists that the rules of a file use, by name.
func (s *set) sorted(used map[string]bool) []*list {
	var out []*list
	for name := range used {
		out = append(out, s.lists[name])
	}
	slices.SortFunc(out, func(a, b *list) int { return strings.Compare(a.decl.Name.Name, b.decl.Name.Name) })
	return out
}
