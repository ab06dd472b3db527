package lsp

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// analysis is what the compiler and the linter say of a document.
type analysis struct {
	*compiler.Examined
	doc  *document
	file *source.File // as it was compiled: the document's, or one cut down to what matters
	uses *check.Uses
}

// analyse compiles a text of a document with the files that it needs. With lints it
// stops when the document is superseded: nobody wants to hear of an older text.
func (w *world) analyse(d *document, file *source.File, lints bool) *analysis {
	a := &analysis{doc: d, file: file, uses: &check.Uses{}}
	opts := compiler.Options{Open: w.text, Libraries: &w.libraries, Uses: a.uses, Beside: w.companions(d)}
	var cfg *lint.Config
	if lints {
		cfg = w.lintConfig(d.path)
		opts.Stopped = d.superseded.Load
	}
	a.Examined = compiler.Examine([]*source.File{file}, opts, cfg)
	return a
}

// tree is the tree of the document itself.
func (a *analysis) tree() *ast.File {
	for _, t := range a.Trees {
		if t.Source == a.file {
			return t
		}
	}
	return nil
}

// near is what is known around an offset. Only the declaration there is compiled,
// with those that it may need: declarations that hold no rule, and the rules that
// it names. The others are blanked out, so that places stay what they are. The
// answer to a keystroke therefore does not wait for a long file.
func (d *document) near(off int) *analysis {
	at := d.declaration(off)
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.about[at]; a != nil {
		return a
	}
	a := d.world.analyse(d, source.New(d.path, d.focused(at)), false)
	d.about[at] = a
	return a
}

// focused is the text with all rules and tests blanked out but one declaration and
// the rules that it depends on.
func (d *document) focused(at int) string {
	c := d.classified()
	names := map[string]int{} // rules by name
	heavy := make([]bool, len(c.Declarations))
	for i, r := range c.Declarations {
		word, name := d.heading(r)
		if word == "rule" || word == "test" {
			heavy[i] = true
		}
		if word == "rule" {
			names[name] = i
		}
	}
	keep := map[int]bool{at: true}
	for todo := []int{at}; len(todo) > 0; {
		i := todo[0]
		todo = todo[1:]
		if i < 0 {
			continue
		}
		for _, name := range d.rulesNamed(c.Declarations[i]) {
			if j, ok := names[name]; ok && !keep[j] {
				keep[j] = true
				todo = append(todo, j)
			}
		}
	}
	text := []byte(d.file.Text)
	for i, r := range c.Declarations {
		if !heavy[i] || keep[i] || r[0] >= r[1] {
			continue
		}
		start, end := c.Tokens[r[0]].At.Start, c.Tokens[r[1]-1].At.End
		for j := start; j < end; j++ {
			if text[j] != '\n' && text[j] != '\r' {
				text[j] = ' '
			}
		}
	}
	return string(text)
}

// heading is the word that starts a declaration and its name.
func (d *document) heading(r [2]int) (word, name string) {
	c := d.classified()
	if r[0] >= r[1] || c.Tokens[r[0]].Kind != lang.TokenDeclaration {
		return "", ""
	}
	word = c.Tokens[r[0]].At.Text()
	if r[0]+1 < r[1] {
		if t := c.Tokens[r[0]+1]; t.Kind != lang.TokenPunct {
			name = strings.Trim(t.At.Text(), "`")
		}
	}
	return word, name
}

// rulesNamed are the names of rules that a declaration reads or tests: those behind
// `from rule` and `for`.
func (d *document) rulesNamed(r [2]int) []string {
	c := d.classified()
	var out []string
	for i := r[0]; i < r[1]; i++ {
		t := c.Tokens[i]
		if t.Kind != lang.TokenClause || t.At.Text() != "rule" && t.At.Text() != "for" {
			continue
		}
		for i++; i < r[1]; i++ {
			t := c.Tokens[i]
			if t.Kind == lang.TokenName || t.Kind == lang.TokenString {
				out = append(out, strings.Trim(t.At.Text(), "`"))
			} else if t.At.Text() != "," {
				i--
				break
			}
		}
	}
	return out
}

// companions are the files that a document is compiled with, beside those that it
// imports: those that declare the rules that it names and does not have, and what
// they need in turn. Of a file of Sigma rules they are the other ones of its folder,
// where it names them, and the mappings of the workspace.
func (w *world) companions(d *document) []*source.File {
	if d.sigma() {
		return w.sigmaCompanions(d)
	}
	have := map[string]bool{d.path: true}
	var out []*source.File
	for todo := []*document{d}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		c := next.classified()
		own := map[string]bool{}
		for _, r := range c.Declarations {
			if word, name := next.heading(r); word == "rule" {
				own[name] = true
			}
		}
		for _, r := range c.Declarations {
			for _, name := range next.rulesNamed(r) {
				if own[name] {
					continue
				}
				if path := w.declares("rule", name, next.path); path != "" && !have[path] {
					have[path] = true
					if x := w.document(path); x != nil {
						out = append(out, x.file)
						todo = append(todo, x)
					}
				}
			}
		}
	}
	return out
}

// maxSigmaCompanions bounds how many files a correlation is compiled with.
const maxSigmaCompanions = 200

func (w *world) sigmaCompanions(d *document) []*source.File {
	var out []*source.File
	for _, path := range w.mappings() {
		if x := w.document(path); x != nil {
			out = append(out, x.file)
		}
	}
	if !strings.Contains(d.file.Text, "correlation:") && !strings.Contains(d.file.Text, "filter:") {
		return out
	}
	dir := filepath.Dir(d.path)
	var beside []string
	for _, pattern := range []string{"*.yml", "*.yaml"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern))
		beside = append(beside, found...)
	}
	slices.Sort(beside)
	for _, path := range beside[:min(len(beside), maxSigmaCompanions)] {
		if path != d.path {
			if x := w.document(path); x != nil {
				out = append(out, x.file)
			}
		}
	}
	return out
}
