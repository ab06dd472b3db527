package lsp

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/lint"
)

// world is all files that the server knows: those that are open, and those in the
// folders of the workspace. It may be asked from several goroutines.
type world struct {
	libraries compiler.Libraries

	mu      sync.Mutex
	open    map[string]*document // by path
	folders []string
	disk    map[string]*onDisk // .det files of the folders, by path
}

// onDisk is a file as it was last read.
type onDisk struct {
	changed time.Time
	doc     *document
	names   map[string]string // declared name → word of the declaration
	mapping bool
}

func newWorld() *world { return &world{open: map[string]*document{}, disk: map[string]*onDisk{}} }

// Limits of what is looked at in the folders of a workspace.
const (
	maxFiles    = 5000
	maxFileSize = 4 << 20
)

// setFolders says which folders the workspace has, and reads them.
func (w *world) setFolders(folders []string) {
	w.mu.Lock()
	w.folders = folders
	w.mu.Unlock()
	w.refresh()
}

// refresh reads files of the folders that are new or have changed.
func (w *world) refresh() {
	w.mu.Lock()
	folders := slices.Clone(w.folders)
	w.mu.Unlock()
	seen := map[string]bool{}
	for _, dir := range folders {
		filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return nil // what cannot be read is not part of the workspace
			}
			if len(seen) >= maxFiles {
				return filepath.SkipAll
			}
			name := e.Name()
			if e.IsDir() {
				if path != dir && (strings.HasPrefix(name, ".") || name == "node_modules") {
					return filepath.SkipDir
				}
				return nil
			}
			if filepath.Ext(name) == ".det" && !strings.HasPrefix(name, ".") {
				seen[path] = true
				w.read(path)
			}
			return nil
		})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for path := range w.disk {
		if !seen[path] {
			delete(w.disk, path)
		}
	}
}

// read takes in a file of the workspace, unless it is known as it is.
func (w *world) read(path string) {
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxFileSize {
		return
	}
	w.mu.Lock()
	known := w.disk[path]
	w.mu.Unlock()
	if known != nil && known.changed.Equal(info.ModTime()) {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	x := &onDisk{changed: info.ModTime(), doc: newDocument(w, uriOf(path), path, 0, string(text))}
	x.names, x.mapping = declaredNames(x.doc)
	w.mu.Lock()
	w.disk[path] = x
	w.mu.Unlock()
}

func declaredNames(d *document) (names map[string]string, mapping bool) {
	names = map[string]string{}
	for _, r := range d.classified().Declarations {
		word, name := d.heading(r)
		if word == "mapping" {
			mapping = true
		} else if word != "import" && word != "test" && name != "" {
			names[name] = word
		}
	}
	return names, mapping
}

// put makes a document the open version of its file.
func (w *world) put(d *document) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.supersede(d.path)
	w.open[d.path] = d
}

// supersede tells whoever works on the open version of a file that it is none any
// more.
func (w *world) supersede(path string) {
	if d := w.open[path]; d != nil {
		d.superseded.Store(true)
	}
}

// renew lets a document be looked at afresh, unless it has changed meanwhile.
func (w *world) renew(d *document) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open[d.path] != d {
		return false
	}
	w.supersede(d.path)
	w.open[d.path] = newDocument(w, d.uri, d.path, d.version, d.file.Text)
	return true
}

// forget closes a file.
func (w *world) forget(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.supersede(path)
	delete(w.open, path)
}

// opened is the open version of a file, or nil.
func (w *world) opened(path string) *document {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open[path]
}

// openDocuments are all open files, by path.
func (w *world) openDocuments() []*document {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*document
	for _, d := range w.open {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *document) int { return cmp.Compare(a.path, b.path) })
	return out
}

// text is what an open file holds, for the compiler.
func (w *world) text(path string) (string, bool) {
	if d := w.opened(path); d != nil {
		return d.file.Text, true
	}
	return "", false
}

// document is a file as the editor has it, else as it is on disk, or nil.
func (w *world) document(path string) *document {
	w.mu.Lock()
	d := w.open[path]
	if x := w.disk[path]; d == nil && x != nil {
		d = x.doc
	}
	w.mu.Unlock()
	if d != nil {
		return d
	}
	info, err := os.Stat(path)
	if err != nil || info.IsDir() || info.Size() > maxFileSize {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return newDocument(w, uriOf(path), path, 0, string(text))
}

// documents are all files of the language that are open or in the workspace.
func (w *world) documents() []*document {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]*document{}
	for path, x := range w.disk {
		all[path] = x.doc
	}
	for path, d := range w.open {
		all[path] = d
	}
	var out []*document
	for _, d := range all {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *document) int { return cmp.Compare(a.path, b.path) })
	return out
}

// declares is the file that declares a name, of several the one nearest to a
// path; "" for none.
func (w *world) declares(word, name, near string) string {
	best, most := "", -1
	for _, d := range w.documents() {
		if d.path == near {
			continue
		}
		names, _ := w.names(d)
		if names[name] != word {
			continue
		}
		if n := common(d.path, near); n > most {
			best, most = d.path, n
		}
	}
	return best
}

// names are the names that a file declares; those of a file on disk are known.
func (w *world) names(d *document) (map[string]string, bool) {
	w.mu.Lock()
	x := w.disk[d.path]
	w.mu.Unlock()
	if x != nil && x.doc == d {
		return x.names, x.mapping
	}
	return declaredNames(d)
}

// all lists the names that files declare with a word.
func (w *world) all(word string) []string {
	var out []string
	for _, d := range w.documents() {
		names, _ := w.names(d)
		for name, is := range names {
			if is == word {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mappings are the files that say how log sources are read.
func (w *world) mappings() []string {
	var out []string
	for _, d := range w.documents() {
		if _, mapping := w.names(d); mapping {
			out = append(out, d.path)
		}
	}
	return out
}

// common is how many folders two paths share.
func common(a, b string) int {
	x, y := strings.Split(filepath.Dir(a), string(filepath.Separator)), strings.Split(filepath.Dir(b), string(filepath.Separator))
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// lintConfig is the nearest .detlint above a file, up to the folder of the
// workspace or of the repository; without one, every lint is at its own level.
func (w *world) lintConfig(path string) *lint.Config {
	w.mu.Lock()
	folders := slices.Clone(w.folders)
	w.mu.Unlock()
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		name := filepath.Join(dir, ".detlint")
		if text, err := os.ReadFile(name); err == nil {
			if cfg, err := lint.ParseConfig(name, string(text)); err == nil {
				return cfg
			}
			break
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil || slices.Contains(folders, dir) || dir == filepath.Dir(dir) {
			break
		}
	}
	return &lint.Config{}
}
