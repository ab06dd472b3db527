package lsp

import (
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/lang/source"
)

// document is one version of one file. It does not change: an edit makes another.
// What is worked out about it is worked out once, when it is first asked for.
type document struct {
	uri     string
	path    string
	version int
	file    *source.File
	world   *world

	classified func() *lang.Classified
	full       func() *analysis
	linted     func() *analysis // not whole where the document is superseded

	superseded atomic.Bool // there is a later version, or none any more

	mu    sync.Mutex
	about map[int]*analysis // by declaration: what is known near the cursor
}

// newDocument is a version of a file as the world knows it.
func newDocument(w *world, uri, path string, version int, text string) *document {
	d := &document{uri: uri, path: path, version: version, file: source.New(path, text), world: w, about: map[int]*analysis{}}
	d.classified = sync.OnceValue(func() *lang.Classified {
		if d.sigma() {
			return &lang.Classified{}
		}
		return lang.Classify(d.file)
	})
	d.full = sync.OnceValue(func() *analysis { return w.analyse(d, d.file, false) })
	d.linted = sync.OnceValue(func() *analysis { return w.analyse(d, d.file, true) })
	return d
}

// sigma reports whether the file holds Sigma rules.
func (d *document) sigma() bool { return sigma.Is(d.path) }

// offset is the byte offset of a position. One beyond a line is at its end.
func (d *document) offset(p position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= d.file.Lines() {
		return len(d.file.Text)
	}
	start := d.file.LineStart(p.Line + 1)
	line := d.file.Line(p.Line + 1)
	if p.Line+1 == d.file.Lines() {
		line = d.file.Text[start:] // a carriage return at the very end ends no line
	}
	units := 0
	for i, r := range line {
		if units >= p.Character {
			return start + i
		}
		units++
		if r > 0xffff {
			units++
		}
	}
	return start + len(line)
}

// position is the place of a byte offset.
func (d *document) position(off int) position { return positionIn(d.file, off) }

// positionIn is the place of a byte offset in a file, in UTF-16 code units.
func positionIn(f *source.File, off int) position {
	off = max(0, min(off, len(f.Text)))
	line, _ := f.Position(off)
	units := 0
	for _, r := range f.Text[f.LineStart(line):off] {
		units++
		if r > 0xffff {
			units++
		}
	}
	return position{line - 1, units}
}

// span is the range of bytes from start to end.
func (d *document) span(start, end int) span { return span{d.position(start), d.position(end)} }

// spanIn is the range of a place in its own file.
func spanIn(s source.Span) span { return span{positionIn(s.File, s.Start), positionIn(s.File, s.End)} }

// change is the text after edits, made one after the other.
func (d *document) change(edits []contentChange) string {
	text := d.file.Text
	for i, e := range edits {
		if e.Range == nil {
			text = e.Text
			continue
		}
		now := d
		if i > 0 {
			now = &document{file: source.New(d.path, text)}
		}
		start, end := now.offset(e.Range.Start), now.offset(e.Range.End)
		start = min(start, end)
		text = text[:start] + e.Text + text[end:]
	}
	return text
}

// token is the index of the token at an offset, or behind whose last character it
// is, or -1; and the index of the last token that ends before it, or -1.
func (d *document) token(off int) (at, before int) {
	at, before = -1, -1
	for i, t := range d.classified().Tokens {
		if t.At.Start >= off && !(t.At.Start == off && at < 0) {
			break
		}
		if t.At.Start <= off && off <= t.At.End && (at < 0 || t.Kind != lang.TokenPunct) {
			at = i
			continue
		}
		if t.At.End <= off {
			before = i
		}
	}
	return at, before
}

// declaration is the index of the declaration that an offset lies in, or -1. One
// reaches to the start of the next.
func (d *document) declaration(off int) int {
	c := d.classified()
	found := -1
	for i, r := range c.Declarations {
		if r[0] < len(c.Tokens) && r[0] < r[1] && c.Tokens[r[0]].At.Start <= off {
			found = i
		}
	}
	return found
}

// pathOf is the file that a URI names; of one that names no file, the URI itself.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return uri
	}
	p := u.Path
	if runtime.GOOS == "windows" {
		p = strings.TrimPrefix(p, "/")
	}
	return filepath.Clean(filepath.FromSlash(p))
}

// uriOf is the URI of a file.
func uriOf(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}
