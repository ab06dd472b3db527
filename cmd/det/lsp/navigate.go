package lsp

import (
	"strings"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang/source"
)

// use is what stands at an offset, or nil.
func (d *document) use(off int) *check.Use {
	a := d.near(off)
	return a.uses.Find(a.file, off)
}

// definition is where the name at an offset is declared. What a library declares is
// shown in its file on the shelf.
func (d *document) definition(off int) (any, error) {
	u := d.use(off)
	if u == nil || u.Def.File == nil {
		return nil, nil
	}
	if library(u.Def.File) {
		path, err := shelved(u.Def.File)
		if err != nil {
			return nil, err
		}
		return location{uriOf(path), spanIn(u.Def)}, nil
	}
	return d.world.location(u.Def), nil
}

// location is a place, under the URI that the editor has for its file.
func (w *world) location(s source.Span) location {
	uri := uriOf(s.File.Name)
	if d := w.opened(s.File.Name); d != nil {
		uri = d.uri
	}
	return location{uri, spanIn(s)}
}

// target is a declaration, however often its file was compiled.
type target struct {
	path string
	off  int
}

func targetOf(u *check.Use) target {
	if library(u.Def.File) {
		return target{libraryName(u.Def.File), u.Def.Start}
	}
	return target{u.Def.File.Name, u.Def.Start}
}

// occurrences are all places of a document that mean a declaration.
func (d *document) occurrences(t target) []source.Span {
	a := d.full()
	var out []source.Span
	for i := range a.uses.All {
		u := &a.uses.All[i]
		if u.At.File == a.file && u.Kind != check.UseImport && u.Def.File != nil && targetOf(u) == t {
			out = append(out, u.At)
		}
	}
	return out
}

// everywhere are the places of all documents that mean a declaration. Only those
// that have its name are compiled.
func (w *world) everywhere(name string, t target) []source.Span {
	var out []source.Span
	for _, d := range w.documents() {
		if !d.sigma() && strings.Contains(d.file.Text, name) {
			out = append(out, d.occurrences(t)...)
		}
	}
	return out
}

// references are the places that mean the same as the one asked about.
func (d *document) references(p referenceParams) (any, error) {
	u := d.use(d.offset(p.Position))
	out := []location{}
	if u == nil {
		return out, nil
	}
	if u.Def.File == nil {
		for _, x := range d.full().uses.All { // of the language: in this file
			if x.At.File == d.full().file && x.Kind == u.Kind && x.Name == u.Name {
				out = append(out, d.world.location(x.At))
			}
		}
		return out, nil
	}
	t := targetOf(u)
	for _, at := range d.world.everywhere(u.Name, t) {
		if !p.Context.IncludeDeclaration && at.File.Name == t.path && at.Start == t.off {
			continue
		}
		out = append(out, d.world.location(at))
	}
	return out, nil
}

// highlight is the places of this document that mean the same.
func (d *document) highlight(off int) (any, error) {
	u := d.use(off)
	out := []documentHighlight{}
	if u == nil || u.Def.File == nil {
		return out, nil
	}
	for _, at := range d.occurrences(targetOf(u)) {
		kind := 2 // read
		if at.Start == u.Def.Start && u.Def.File.Name == d.path {
			kind = 3 // write
		}
		out = append(out, documentHighlight{d.span(at.Start, at.End), kind})
	}
	return out, nil
}
