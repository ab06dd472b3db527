// Package sigma reads Sigma rules (YAML, specification 2.1) and turns them into the
// trees that rules of the language have, so that everything behind the parser treats
// both alike. Every node of a tree has its place in the YAML.
//
// A rule becomes a `rule` over the schema any_event of std.sigma: its log source a
// condition (`where logsource(…)`, which the checker looks up in the mappings), each
// selection a `let`, and its condition `when`. A correlation becomes a rule over the
// alerts of others; a filter becomes part of the conditions that it tunes.
//
// All files are turned together, since correlations and filters name rules of other
// files.
package sigma

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Is reports whether a file of this name holds Sigma rules.
func Is(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yml", ".yaml":
		return true
	}
	return false
}

// Trees turns Sigma files into trees, one a file and in their order. others are the
// files of the language that are compiled with them: their lists fill placeholders.
// What is wrong with a rule is told in diags, and costs only that rule.
func Trees(files []*source.File, others []*ast.File, diags *diag.List) []*ast.File {
	s := newSet(files, others, diags)
	for _, d := range s.docs {
		s.lower(d)
	}
	s.dropReaders()
	of := map[*source.File][]*document{}
	for _, d := range s.docs {
		of[d.file] = append(of[d.file], d)
	}
	trees := make([]*ast.File, len(files))
	for i, f := range files {
		trees[i] = s.tree(f, of[f])
	}
	return trees
}

// set is all rules that are turned together.
type set struct {
	diags *diag.List
	docs  []*document // in order
	refs  map[string]*document
	lists map[string]*list
}

// document is one YAML document: a rule, a correlation or a filter; or a rule of a
// file of the language, which correlations may name as well and which has no YAML.
type document struct {
	file    *source.File
	root    *node
	name    string // of its rule; "" for a filter
	feeds   bool   // a correlation reads its alerts
	loud    bool   // and lets them out
	filters []*document
	offers  []offer         // fields of events that correlations over it name
	block   *ast.Block      // what became of it; nil where something is wrong with it
	used    map[string]bool // lists that it uses
}

// lent reports whether a rule sends its alerts to correlations alone.
func (d *document) lent() bool { return d.feeds && !d.loud }

// newSet reads the documents of all files, and finds which speak of which.
func newSet(files []*source.File, others []*ast.File, diags *diag.List) *set {
	s := &set{diags: diags, refs: map[string]*document{}, lists: lists(others)}
	taken := ruleNames(others)
	for _, d := range readAll(files, diags) {
		if d.root.get("filter") == nil {
			d.name = distinct(taken, ruleName(d.root), text1(d.root, "id"))
		}
		s.docs = append(s.docs, d)
		s.refer(d)
	}
	s.referOthers(others)
	for _, d := range s.docs {
		s.mute(d)
		s.attach(d)
		s.want(d)
	}
	return s
}

// refer makes a rule known by its id and its name; the first of a name counts.
func (s *set) refer(d *document) {
	if d.name == "" {
		return
	}
	id, called := strings.ToLower(text1(d.root, "id")), text1(d.root, "name")
	if first := s.refs[called]; called != "" && first != nil && first != d {
		s.diags.Warnf("D0916", d.root.get("name").at, "two rules have the name %s", called).Hint = "correlations and filters that name it mean the first"
	}
	for _, key := range []string{id, called, d.name} {
		if key != "" && s.refs[key] == nil {
			s.refs[key] = d
		}
	}
}

// referOthers makes the rules of files of the language known by their names and ids.
func (s *set) referOthers(files []*ast.File) {
	for _, f := range files {
		for _, b := range rules(f) {
			d := &document{name: b.Name.Name}
			keys := []string{d.name}
			for _, st := range b.Body {
				if st.Name.Name == "id" && len(st.Args) == 1 {
					if l, ok := st.Args[0].Value.(*ast.Literal); ok {
						keys = append(keys, strings.ToLower(fmt.Sprint(l.Value)))
					}
				}
			}
			for _, key := range keys {
				if s.refs[key] == nil {
					s.refs[key] = d
				}
			}
		}
	}
}

// ref is the rule of a name or an id, of which the case does not matter; or nil.
func (s *set) ref(name string) *document {
	if d := s.refs[name]; d != nil {
		return d
	}
	return s.refs[strings.ToLower(name)]
}

// lower turns a document into its rule.
func (s *set) lower(d *document) {
	if d.name == "" {
		return
	}
	d.used = map[string]bool{}
	r := &rule{set: s, doc: d, diags: &diag.List{}, used: d.used}
	d.block = r.block()
	s.tell(r.diags)
}

// tell adds what was found at one document. Two rules that are given the same filter
// find the same of it, which is told once.
func (s *set) tell(found *diag.List) {
	for _, d := range found.All {
		s.diags.Add(d)
	}
}

// dropReaders leaves out the correlations that read a rule which is left out.
func (s *set) dropReaders() {
	for again := true; again; {
		again = false
		for _, d := range s.docs {
			for _, v := range s.named(d) {
				of := s.ref(v.text)
				if d.block == nil || of == nil || of.root == nil || of.block != nil {
					continue
				}
				d.block, again = nil, true
				s.diags.Errorf("D0910", v.at, "the correlation reads rule %s, which has errors", v.text)
			}
		}
	}
}

// text1 is a scalar of a mapping, or "".
func text1(n *node, key string) string {
	if v := n.get(key); v != nil && v.form == scalar {
		return strings.TrimSpace(v.text)
	}
	return ""
}

// tree is the tree of one file with its documents.
func (s *set) tree(f *source.File, docs []*document) *ast.File {
	tree := &ast.File{Source: f}
	used := map[string]bool{}
	for _, d := range docs {
		if d.block != nil {
			tree.Decls = append(tree.Decls, d.block)
			maps.Copy(used, d.used)
		}
	}
	at := source.Span{File: f}
	decls := []ast.Decl{&ast.Import{Path: []*ast.Ident{ident("std", at), ident("sigma", at)}, At: at}}
	for _, l := range s.sorted(used) {
		decls = append(decls, &ast.ListDecl{Name: l.decl.Name, Type: l.decl.Type, Value: l.decl.Value, From: l.decl.From, At: l.decl.At})
	}
	tree.Decls = append(decls, tree.Decls...)
	return tree
}
