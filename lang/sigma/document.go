package sigma

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// readAll reads the documents of all files, on all processors: reading YAML takes
// most of the time.
func readAll(files []*source.File, diags *diag.List) []*document {
	type result struct {
		docs  []*document
		diags diag.List
	}
	all := make([]result, len(files))
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(files); i = int(next.Add(1)) - 1 {
			all[i].docs = documents(files[i], &all[i].diags)
		}
	}
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0)-1, len(files)/16) {
		workers.Go(work)
	}
	work()
	workers.Wait()
	var out []*document
	for i := range all {
		for _, d := range all[i].diags.All {
			diags.Add(d)
		}
		out = append(out, all[i].docs...)
	}
	return out
}

// signs are keys of which every document of Sigma has one.
var signs = []string{"title", "detection", "correlation", "filter", "logsource", "action"}

// documents reads the documents of a file. One with `action: global` is not a rule:
// what it says goes for those behind it, which may say it anew.
func documents(f *source.File, diags *diag.List) []*document {
	if len(f.Text) > maxFile {
		diags.Errorf("D0901", source.Span{File: f}, "the file has %d MiB; at most %d are read", len(f.Text)>>20, maxFile>>20)
		return nil
	}
	var out []*document
	var global *node
	for _, p := range parts(f.Text) {
		n := read(f, p, diags)
		if n == nil {
			continue
		}
		if n.form != mapping {
			diags.Errorf("D0902", n.at, "a rule is a map of title, logsource, detection and others, not %s", n.form)
			continue
		}
		if !slices.ContainsFunc(signs, func(key string) bool { return n.key(key) != nil }) {
			diags.Add(diag.Diagnostic{Code: "D0917", Severity: diag.Info, Span: n.at, Message: "this is no Sigma rule, and is passed over"})
			continue
		}
		switch text1(n, "action") {
		case "repeat":
			diags.Errorf("D0913", n.get("action").at, "action: repeat is of the first version of Sigma").Hint = "write the rule in full, or what rules have in common with action: global"
			continue
		case "global":
			global = merged(n, global)
			continue
		case "reset":
			global = nil
		}
		out = append(out, &document{file: f, root: merged(n, global)})
	}
	return out
}

// merged is a mapping with the entries of another that it does not have itself.
func merged(n, global *node) *node {
	if global == nil {
		return n
	}
	out := *n
	out.fields = nil
	for _, f := range n.fields {
		if g := global.get(f.key.text); g != nil && g.form == mapping && f.value.form == mapping {
			f.value = merged(f.value, g)
		}
		out.fields = append(out.fields, f)
	}
	for _, f := range global.fields {
		if n.get(f.key.text) == nil && f.key.text != "action" {
			out.fields = append(out.fields, f)
		}
	}
	return &out
}
