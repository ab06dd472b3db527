package lsp

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// renamable is the name at an offset, if it is the author's own.
func (d *document) renamable(off int) (*check.Use, error) {
	u := d.use(off)
	switch {
	case u == nil:
		return nil, errors.New("there is no name here")
	case d.sigma():
		return nil, errors.New("names in YAML are renamed by hand")
	case u.Kind == check.UseImport:
		return nil, errors.New("to rename an import, rename its file")
	case u.Def.File == nil:
		return nil, fmt.Errorf("%s belongs to the language", u.Name)
	case library(u.Def.File):
		return nil, fmt.Errorf("%s is declared by the library %s", u.Name, libraryName(u.Def.File))
	case u.Kind == check.UseField && d.world.inMapping(u.Def):
		return nil, fmt.Errorf("%s is what events and rules in YAML call it", u.Name)
	}
	return u, nil
}

// inMapping reports whether a mapping declares what stands at a place.
func (w *world) inMapping(s source.Span) bool {
	x := w.document(s.File.Name)
	if x == nil {
		return false
	}
	i := x.declaration(s.Start)
	if i < 0 {
		return false
	}
	word, _ := x.heading(x.classified().Declarations[i])
	return word == "mapping"
}

func (d *document) prepareRename(off int) (any, error) {
	u, err := d.renamable(off)
	if err != nil {
		return nil, err
	}
	return map[string]any{"range": d.span(u.At.Start, u.At.End), "placeholder": u.Name}, nil
}

// rename gives a name another text at every place of the workspace. It is refused
// where something would not compile any more.
func (d *document) rename(p renameParams) (any, error) {
	u, err := d.renamable(d.offset(p.Position))
	if err != nil {
		return nil, err
	}
	name := strings.Trim(p.NewName, "`")
	if strings.TrimSpace(name) == "" || strings.ContainsAny(name, "`\n\r") {
		return nil, fmt.Errorf("%q is no name", p.NewName)
	}
	text := name
	if !lang.PlainName(name) || clauseWord(name) {
		text = "`" + name + "`"
	}
	t := targetOf(u)
	edits := map[string][]diag.Edit{} // by path
	for _, at := range d.world.everywhere(u.Name, t) {
		edits[at.File.Name] = append(edits[at.File.Name], diag.Edit{Span: at, Text: text})
	}
	if u.Kind == check.UseField {
		if x := d.world.document(t.path); x != nil {
			if e, ok := x.keepSource(t.off); ok {
				edits[t.path] = append(edits[t.path], e)
			}
		}
	}
	if err := d.world.stillCompiles(edits); err != nil {
		return nil, fmt.Errorf("%s cannot be renamed to %s: %w", u.Name, name, err)
	}
	out := workspaceEdit{Changes: map[string][]textEdit{}}
	for path, list := range edits {
		x := d.world.document(path)
		if x == nil {
			continue
		}
		for _, e := range list {
			out.Changes[x.uri] = append(out.Changes[x.uri], textEdit{x.span(e.Span.Start, e.Span.End), e.Text})
		}
	}
	return out, nil
}

// keepSource lets a field that gets another name be read from where it was: without
// a from of its own, that is its old name in the data.
func (d *document) keepSource(off int) (diag.Edit, bool) {
	for _, decl := range d.full().tree().Decls {
		b, ok := decl.(*ast.Block)
		if !ok || b.Keyword.Name != "schema" {
			continue
		}
		for _, st := range b.Body {
			if st.Name.At.Start != off || st.Clause("from") != nil {
				continue
			}
			end := st.At.End
			if len(st.Clauses) > 0 {
				end = st.Clauses[0].At.Start
				return diag.Edit{Span: source.Span{File: d.file, Start: end, End: end}, Text: "from " + quote(st.Name.Name) + " "}, true
			}
			return diag.Edit{Span: source.Span{File: d.file, Start: end, End: end}, Text: " from " + quote(st.Name.Name)}, true
		}
	}
	return diag.Edit{}, false
}

// quote writes a path of a record as a string: a dot in a name is no step.
func quote(name string) string {
	r := strings.NewReplacer(`.`, `\\.`, `"`, `\"`)
	return `"` + r.Replace(name) + `"`
}

// stillCompiles makes edits on copies and compiles the files again.
func (w *world) stillCompiles(edits map[string][]diag.Edit) error {
	texts := map[string]string{}
	for path, list := range edits {
		x := w.document(path)
		if x == nil {
			return fmt.Errorf("%s cannot be read", path)
		}
		texts[path] = applied(x.file.Text, list)
	}
	open := func(path string) (string, bool) {
		if text, ok := texts[path]; ok {
			return text, true
		}
		return w.text(path)
	}
	for path, text := range texts {
		x := w.document(path)
		var beside []*source.File
		for _, f := range w.companions(x) {
			if changed, ok := texts[f.Name]; ok {
				f = source.New(f.Name, changed)
			}
			beside = append(beside, f)
		}
		opts := compiler.Options{Open: open, Libraries: &w.libraries, Beside: beside}
		after := compiler.Examine([]*source.File{source.New(path, text)}, opts, nil).Diags
		if after.Errors() <= x.full().Diags.Errors() {
			continue
		}
		before := map[string]bool{}
		for _, e := range x.full().Diags.All {
			before[e.Code+e.Message] = true
		}
		for _, e := range after.All {
			if e.Severity == diag.Error && !before[e.Code+e.Message] {
				return errors.New(e.Message)
			}
		}
		return errors.New("the rules would not compile any more")
	}
	return nil
}

// applied is a text after edits that do not overlap.
func applied(text string, edits []diag.Edit) string {
	list := append([]diag.Edit(nil), edits...)
	sort.SliceStable(list, func(i, j int) bool { return list[i].Span.Start < list[j].Span.Start })
	var b strings.Builder
	last := 0
	for _, e := range list {
		if e.Span.Start < last {
			continue
		}
		b.WriteString(text[last:e.Span.Start])
		b.WriteString(e.Text)
		last = e.Span.End
	}
	b.WriteString(text[last:])
	return b.String()
}

func clauseWord(name string) bool {
	for _, w := range lang.ClauseWords() {
		if w.Text == name {
			return true
		}
	}
	for _, w := range lang.DeclarationWords() {
		if w == name {
			return true
		}
	}
	return false
}
