// Package compiler turns rule files into checked, optimised plans.
package compiler

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/compiler/fold"
	"github.com/detlang/det/compiler/opt"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/runtime/agg"
	"github.com/detlang/det/runtime/op"
	"github.com/detlang/det/stdlib"
)

// Options are what a compilation may be told.
type Options struct {
	// Functions are added to the standard library, for hosts that bring their own.
	Functions []stdlib.Func
	// Params override rule parameters, by "rule.param" or "param".
	Params map[string]any
	// NoOptimise leaves the plan as it was written.
	NoOptimise bool
	// Beside are files that are compiled with the others, so that rules find each
	// other, without saying anything about them.
	Beside []*source.File
	// Find, where set, gives files that may declare rules of these names or ids,
	// which no file has so far, or read them, which none does. They go beside the
	// others.
	Find func(rules []string) []*source.File
	// Open gives the text of files that are not what is on disk, such as those that
	// an editor has changed; nil, or false, for those that are.
	Open func(name string) (string, bool)
	// Libraries keeps the trees of libraries between compilations.
	Libraries *Libraries
	// Uses, where set, is told what names mean.
	Uses *check.Uses
	// Stopped, where set, is asked now and then whether anybody still waits; once
	// nobody does, the rest is left out and the result is not whole.
	Stopped func() bool
}

// Libraries are trees of libraries that were parsed before. The zero value has none;
// it may be used by several compilations at once.
type Libraries struct{ trees sync.Map }

// maxData is the size in bytes of a file that a list or a table may name.
const maxData = 256 << 20

// Compile checks files together. Rules with errors are left out of the set; what
// is wrong with them is in diags. Rules of files beside them are in the set, their
// tests are not.
func Compile(files []*source.File, opts Options, diags *diag.List) *plan.Set {
	set, _ := checked(files, opts, diags)
	if !opts.NoOptimise {
		set.KeepWritten()
		opt.Rules(set)
	}
	diags.Sort()
	return set
}

// checked parses and checks files together and with those beside them, and gives the
// rules as they were written, with the trees of the files.
func checked(files []*source.File, opts Options, diags *diag.List) (*plan.Set, []*ast.File) {
	beside := opts.Beside
	var set *plan.Set
	var trees []*ast.File
	var found *diag.List
	for {
		found = &diag.List{}
		set, trees = together(slices.Concat(files, beside), opts, found)
		more := slices.DeleteFunc(opts.missing(found), func(f *source.File) bool { return slices.Contains(beside, f) })
		if len(more) == 0 {
			break
		}
		beside = slices.Concat(beside, more)
	}
	strange := func(f *source.File) bool { return slices.Contains(beside, f) }
	for _, d := range found.All {
		if !strange(d.Span.File) {
			diags.Add(d)
		}
	}
	set.Tests = slices.DeleteFunc(set.Tests, func(t *plan.Test) bool { return strange(t.At.File) })
	return set, slices.DeleteFunc(trees, func(t *ast.File) bool { return strange(t.Source) })
}

// missing are files that may have the rules that nobody declares, or read those that
// nobody reads.
func (o Options) missing(diags *diag.List) []*source.File {
	var names []string
	for _, d := range diags.All {
		switch d.Code {
		case "D0307", "D0610", "D0910":
			names = append(names, strings.Trim(d.Span.Text(), "`'\""))
		}
	}
	if o.Find == nil || len(names) == 0 {
		return nil
	}
	return o.Find(names)
}

// together parses and checks files as one set.
func together(files []*source.File, opts Options, diags *diag.List) (*plan.Set, []*ast.File) {
	c := &compilation{diags: diags, loaded: map[string]*ast.File{}, open: opts.Open, libraries: opts.Libraries}
	trees := c.trees(files)
	set := check.Rules(trees, check.Options{
		Functions: append(stdlib.Functions(), opts.Functions...),
		Aggs:      agg.All(),
		Stages:    op.All(),
		Import:    c.load,
		Read:      read,
		Params:    opts.Params,
		Fold:      fold.Const,
		Title:     fold.Title,
		Condition: fold.Condition,
		Assertion: fold.Assertion,
		Uses:      opts.Uses,
		Stopped:   opts.Stopped,
	}, diags)
	return set, trees
}

type compilation struct {
	diags     *diag.List
	loaded    map[string]*ast.File // by key, each file once
	open      func(name string) (string, bool)
	libraries *Libraries
}

// trees parses the files. Those of Sigma come last, since they are turned together
// and with the lists of the others.
func (c *compilation) trees(files []*source.File) []*ast.File {
	var trees []*ast.File
	var rules []*source.File
	for _, f := range files {
		if sigma.Is(f.Name) {
			rules = append(rules, f)
			continue
		}
		tree := lang.Parse(f, c.diags)
		c.loaded[key(f.Name)] = tree
		trees = append(trees, tree)
	}
	return append(trees, sigma.Trees(rules, trees, c.diags)...)
}

// key identifies a file however its path was written.
func key(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return filepath.Clean(name)
}

// load finds the file of an import: a library by its dotted name, or a file below
// the folder of the one that imports it.
func (c *compilation) load(from *ast.File, imp *ast.Import) *ast.File {
	if imp.File != nil {
		name, _ := imp.File.Value.(string)
		full := filepath.Join(filepath.Dir(from.Source.Name), filepath.FromSlash(name))
		if f := c.loaded[key(full)]; f != nil {
			return f
		}
		if sigma.Is(name) {
			c.diags.Errorf("D0801", imp.File.At, "%s holds Sigma rules, which are not imported", name).Hint = "give the file beside this one, or its folder: rules find each other by name"
			return nil
		}
		if c.open != nil {
			if text, ok := c.open(key(full)); ok {
				return c.parse(key(full), source.New(full, text))
			}
		}
		data, err := read(from.Source, name)
		if err != nil {
			c.diags.Errorf("D0801", imp.File.At, "cannot read the import: %s", err)
			return nil
		}
		return c.parse(key(full), source.New(full, string(data)))
	}
	var words []string
	for _, p := range imp.Path {
		words = append(words, p.Name)
	}
	name := strings.Join(words, ".")
	if f := c.loaded["lib:"+name]; f != nil {
		return f
	}
	text, ok := stdlib.File(name)
	if !ok {
		d := c.diags.Errorf("D0801", imp.At, "there is no library %s", name)
		if near, ok := diag.Nearest(name, stdlib.Names()); ok {
			d.Hint = "did you mean " + near + "?"
		} else {
			d.Hint = "the libraries are " + strings.Join(stdlib.Names(), ", ")
		}
		return nil
	}
	if c.libraries != nil {
		if tree, ok := c.libraries.trees.Load(name); ok {
			c.loaded["lib:"+name] = tree.(*ast.File)
			return tree.(*ast.File)
		}
	}
	tree := c.parse("lib:"+name, source.New(name+".det", text))
	if c.libraries != nil {
		c.libraries.trees.Store(name, tree)
	}
	return tree
}

func (c *compilation) parse(key string, f *source.File) *ast.File {
	tree := lang.Parse(f, c.diags)
	c.loaded[key] = tree
	return tree
}

// read gives a file that a rule file names. It must lie in the folder of the rule
// file or below it: a rule from elsewhere cannot read the machine.
func read(from *source.File, name string) ([]byte, error) {
	dir := filepath.Dir(from.Name)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file in %s", name, dir)
		}
		var pe *fs.PathError
		if errors.As(err, &pe) && strings.Contains(pe.Err.Error(), "escapes") {
			return nil, fmt.Errorf("%s: a rule file reads only files in its own folder or below", name)
		}
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder", name)
	}
	if info.Size() > maxData {
		return nil, fmt.Errorf("%s has %d MiB; at most %d are read", name, info.Size()>>20, maxData>>20)
	}
	return root.ReadFile(filepath.FromSlash(name))
}
