package det

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/input"
)

// assign finds the files and the stream that each belongs to.
func (n *run) assign() error {
	for _, pattern := range n.opts.Inputs {
		name, rest, named := strings.Cut(pattern, "=")
		if !named || n.engine.Stream(name) < 0 {
			if _, err := os.Stat(pattern); named && err != nil && isName(name) {
				return &UsageError{fmt.Sprintf("--input %s: no rule reads a schema %s; they read %s", pattern, name, strings.Join(n.rules.Schemas(), ", "))}
			}
			name, rest = "", pattern
		}
		paths, err := input.Expand([]string{rest})
		if err != nil {
			n.failed = append(n.failed, &InputError{rest, err})
			continue
		}
		if name == "" {
			paths = n.named(rest, paths)
		}
		for _, p := range paths {
			stream := n.engine.Stream(name)
			if name == "" {
				if stream = n.guess(p); stream < 0 {
					return &UsageError{fmt.Sprintf("which schema are the events of %s of? The rules read %s: write --input SCHEMA=%s", p, strings.Join(n.rules.Schemas(), ", "), p)}
				}
			}
			n.add(p, stream)
		}
	}
	return nil
}

// named leaves out the files of a folder or a glob that belong to no schema, if the
// names of others say that they do: a folder of tables may hold more than the
// rules read.
func (n *run) named(pattern string, paths []string) []string {
	var out []string
	for _, p := range paths {
		if n.byName(p) >= 0 {
			out = append(out, p)
		}
	}
	if len(paths) < 2 || len(out) == 0 || len(out) == len(paths) {
		return paths
	}
	if n.opts.Note != nil {
		n.opts.Note(fmt.Sprintf("%s: %d of %d files are of schemas that no rule reads", pattern, len(paths)-len(out), len(paths)))
	}
	return out
}

// add takes a file in, once a stream.
func (n *run) add(path string, stream int) {
	key := fmt.Sprint(stream, " ", path)
	if abs, err := filepath.Abs(path); err == nil && path != "-" {
		key = fmt.Sprint(stream, " ", abs)
	}
	if n.seen[key] {
		return
	}
	n.seen[key] = true
	n.files = append(n.files, &file{path: path, stream: stream, source: n.engine.Source(path), frontier: runtime.MinTime})
	if info, err := os.Stat(path); err == nil {
		n.total += info.Size()
	}
}

// isName reports whether s could be the name of a schema.
func isName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) < 0
}

// guess finds the stream of a file that was not named: the only one there is, or
// the one whose name the file or a folder above it has.
func (n *run) guess(path string) int {
	if i := n.byName(path); i >= 0 {
		return i
	}
	only := -1
	for i, s := range n.prog.Streams {
		if s.Name == runtime.RiskStream && len(n.prog.Streams) > 1 {
			continue // a ledger is named
		}
		if only >= 0 {
			return -1
		}
		only = i
	}
	return only
}

// byName finds the stream whose name a file, or a folder above it, has.
func (n *run) byName(path string) int {
	base, _, _ := strings.Cut(filepath.Base(path), ".")
	if i := n.engine.Stream(base); i >= 0 {
		return i
	}
	dirs := strings.Split(filepath.ToSlash(filepath.Dir(path)), "/")
	slices.Reverse(dirs)
	for _, d := range dirs {
		if i := n.engine.Stream(d); i >= 0 {
			return i
		}
	}
	return -1
}
