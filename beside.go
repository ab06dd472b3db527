package det

import (
	"io/fs"
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

// neighbours are the rule files around others. Where a hook gets the changed files
// alone, the mappings and lists that Sigma rules take, and the files that import them
// are in their folders and in those above, up to the root of the repository; the
// rules that they read, and those that read them, may be anywhere in the repository.
// Nothing is said about neighbours.
type neighbours struct {
	given   map[string]bool // by absolute path
	folders []string        // theirs and those above, nearest first
	roots   []string        // of the repositories
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
			chain, root := foldersAbove(dir)
			chains = append(chains, chain)
			if root != "" && !slices.ContainsFunc(n.roots, func(r string) bool { return absolute(r) == absolute(root) }) {
				n.roots = append(n.roots, root)
			}
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
// lies in; outside of any, the folder alone, and no root.
func foldersAbove(dir string) (out []string, root string) {
	out = []string{dir}
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return out, dir
		}
		up := filepath.Join(dir, "..")
		if absolute(up) == absolute(dir) {
			return out[:1], ""
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

// that are the neighbours in folders for which a condition holds.
func (n *neighbours) that(folders []string, is func(f *source.File) bool) []*source.File {
	var out []*source.File
	for _, dir := range folders {
		for _, f := range n.in(dir) {
			if is(f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// farthest is how many files and folders of a repository are looked through.
const farthest = 50_000

// everywhere are the folders of the repositories: those of the files and above first,
// then the others.
func (n *neighbours) everywhere() []string {
	out := slices.Clone(n.folders)
	known := map[string]bool{}
	for _, dir := range out {
		known[absolute(dir)] = true
	}
	seen := 0
	for _, root := range n.roots {
		filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if seen++; seen > farthest {
				return filepath.SkipAll
			}
			if err != nil || !d.IsDir() {
				return nil // what cannot be read is no neighbour
			}
			if name != root && strings.HasPrefix(d.Name(), ".") {
				return filepath.SkipDir
			}
			if !known[absolute(name)] {
				known[absolute(name)] = true
				out = append(out, name)
			}
			return nil
		})
	}
	return out
}

// naming gives the neighbours that have one of the names of rules in their text.
func (n *neighbours) naming(rules []string) []*source.File {
	return n.that(n.everywhere(), func(f *source.File) bool {
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
	return n.that(n.folders, func(f *source.File) bool { return !sigma.Is(f.Name) && forSigma.MatchString(f.Text) })
}

// imports reports whether a neighbour imports a file. An import reaches into its own
// folder and below, so that those who import lie beside a file or above.
func (n *neighbours) imports(f *source.File) bool {
	base := filepath.Base(f.Name) + `"`
	return len(n.that(n.folders, func(other *source.File) bool { return !sigma.Is(other.Name) && strings.Contains(other.Text, base) })) > 0
}

var (
	readsRisk = regexp.MustCompile(`(?m)^\s*from\s+risk\b`)
	addsRisk  = regexp.MustCompile(`(?m)^\s*risk\s`)
)

// readRisk reports whether files read the stream of risk, which Sigma rules do not.
func readRisk(files []*source.File) bool {
	return slices.ContainsFunc(files, func(f *source.File) bool { return !sigma.Is(f.Name) && readsRisk.MatchString(f.Text) })
}

// addRisk reports whether neighbours add to the stream of risk.
func (n *neighbours) addRisk() bool {
	return len(n.that(n.everywhere(), func(f *source.File) bool { return addsRisk.MatchString(f.Text) })) > 0
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
