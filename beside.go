package det

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/lang/source"
)

// neighbours are the rule files around others: those of their folders and of the
// folders above, up to the root of the repository. Where a hook gets the changed
// files alone, the rules that they read, the mappings and lists that Sigma rules
// take, and the files that import them are there. Nothing is said about neighbours.
type neighbours struct {
	given   map[string]bool // by absolute path
	folders []string        // nearest first
	mu      sync.Mutex
	files   map[string][]*source.File // of the folders
}

// newNeighbours looks around files.
func newNeighbours(files []*source.File) *neighbours {
	n := &neighbours{given: map[string]bool{}, files: map[string][]*source.File{}}
	var chains [][]string
	seen := map[string]bool{}
	for _, f := range files {
		n.given[absolute(f.Name)] = true
		if dir := filepath.Dir(f.Name); !seen[dir] {
			seen[dir] = true
			chains = append(chains, foldersAbove(dir))
		}
	}
	known := map[string]bool{}
	for depth, more := 0, true; more; depth++ {
		more = false
		for _, chain := range chains {
			if depth < len(chain) {
				more = true
				if dir := chain[depth]; !known[absolute(dir)] {
					known[absolute(dir)] = true
					n.folders = append(n.folders, dir)
				}
			}
		}
	}
	return n
}

// absolute is one path for a file, however it is written.
func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return filepath.Clean(name)
}

// foldersAbove are a folder and those above it, up to the root of the repository that it
// lies in; outside of any, the folder alone.
func foldersAbove(dir string) []string {
	out := []string{dir}
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return out
		}
		up := filepath.Join(dir, "..")
		if absolute(up) == absolute(dir) {
			return out[:1]
		}
		dir = up
		out = append(out, dir)
	}
}

// in gives the rule files of a folder that were not given. It reads them when it is
// first asked.
func (n *neighbours) in(dir string) []*source.File {
	n.mu.Lock()
	defer n.mu.Unlock()
	if files, ok := n.files[dir]; ok {
		return files
	}
	var files []*source.File
	entries, _ := os.ReadDir(dir) // what cannot be read is no neighbour
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if e.IsDir() || !ruleFile(name) || n.given[absolute(name)] {
			continue
		}
		if text, err := os.ReadFile(name); err == nil {
			files = append(files, source.New(name, string(text)))
		}
	}
	n.files[dir] = files
	return files
}

// that are the neighbours for which a condition holds.
func (n *neighbours) that(is func(f *source.File) bool) []*source.File {
	var out []*source.File
	for _, dir := range n.folders {
		for _, f := range n.in(dir) {
			if is(f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// naming gives the neighbours that have one of the names of rules in their text.
func (n *neighbours) naming(rules []string) []*source.File {
	return n.that(func(f *source.File) bool {
		return slices.ContainsFunc(rules, func(rule string) bool { return rule != "" && strings.Contains(f.Text, rule) })
	})
}

// forSigma finds what a file of the language declares for Sigma rules: how events are
// called, and the values of placeholders.
var forSigma = regexp.MustCompile(`(?m)^\s*(mapping|list)\s`)

// shared gives the neighbours that say what Sigma rules mean, if there are any
// among the files.
func (n *neighbours) shared(files []*source.File) []*source.File {
	if !slices.ContainsFunc(files, func(f *source.File) bool { return sigma.Is(f.Name) }) {
		return nil
	}
	return n.that(func(f *source.File) bool { return !sigma.Is(f.Name) && forSigma.MatchString(f.Text) })
}

// imports reports whether a neighbour imports a file. An import reaches into its own
// folder and below, so that those who import lie beside a file or above.
func (n *neighbours) imports(f *source.File) bool {
	base := filepath.Base(f.Name) + `"`
	return len(n.that(func(other *source.File) bool { return !sigma.Is(other.Name) && strings.Contains(other.Text, base) })) > 0
}

// beside adds to the options of a compilation what lies around its files.
func (n *neighbours) beside(opts compiler.Options, files []*source.File) compiler.Options {
	opts.Beside, opts.Find = n.shared(files), n.naming
	return opts
}

// around are the neighbours of files that paths name, or nil where none are wanted.
func (c Compiler) around(files []*source.File, paths []string) *neighbours {
	if !c.Beside || onlyFolders(paths) {
		return nil
	}
	return newNeighbours(files)
}

// onlyFolders reports whether all paths are folders, whose files are all that there
// is.
func onlyFolders(paths []string) bool {
	return !slices.ContainsFunc(paths, func(p string) bool {
		info, err := os.Stat(p)
		return err != nil || !info.IsDir()
	})
}
