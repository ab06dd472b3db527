package lsp

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/diag"
)

// FuzzDocument asks everything about a text at a place. Nothing may panic, edits
// must lie in the text, and formatting must give what the formatter gives.
func FuzzDocument(f *testing.F) {
	for i := 0; i < len(flood); i += 97 {
		f.Add(flood[:i], i, "x")
		f.Add(flood[i:], 5, "by")
	}
	f.Add("// 🚨\r\nrule 𝔘 {\r\n from x\r\n", 3, "𝔘𝔘")
	f.Add("rule a { from rule a when a }", 20, "rule")
	f.Add("fn f(x) = f(x)\nconst a = f(a)", 12, "")
	f.Add("test \"\\u{1F600}\" for `a b` { given { a: 1 } }", 8, "`")
	f.Add("\xff\xfe{", 1, "\n")
	f.Fuzz(func(t *testing.T, text string, off int, name string) { askEverything(t, "/a.det", text, off, name) })
}

// FuzzSigma does the same with rules in YAML.
func FuzzSigma(f *testing.F) {
	for i := 0; i < len(ruleInYAML); i += 53 {
		f.Add(ruleInYAML[:i], i)
		f.Add(ruleInYAML[i:], 5)
	}
	f.Add("tags: [attack.t1059, \"x\"]\r\n- - - a: - b:\r\n", 20)
	f.Add("detection:\n  🚨|a|b:\n\t- x\n---\n---", 14)
	f.Fuzz(func(t *testing.T, text string, off int) { askEverything(t, "/a.yml", text, off, "x") })
}

func askEverything(t *testing.T, path, text string, off int, name string) {
	text = strings.ToValidUTF8(text, "\uFFFD") // as JSON has it
	w := newWorld()
	d := newDocument(w, "file://"+path, path, 1, text)
	w.put(d)
	off = max(0, min(off, len(text)))
	for off < len(text) && !utf8.RuneStart(text[off]) {
		off-- // a position is never inside of a character
	}
	for off > 0 && off < len(text) && text[off-1] == '\r' && text[off] == '\n' {
		off-- // nor inside of a line end
	}
	p := d.position(off)
	if back := d.offset(p); d.position(back) != p {
		t.Errorf("offset %d is %v, which is %d", off, p, back)
	}
	list, _ := d.completion(off)
	for _, it := range list.(completionList).Items {
		inside(t, d, []textEdit{*it.TextEdit})
	}
	for _, ask := range []func(int) (any, error){d.hover, d.signatureHelp, d.definition, d.highlight, d.prepareRename} {
		ask(off)
	}
	here := positionParams{textDocument{d.uri}, p}
	d.references(referenceParams{positionParams: here})
	if out, err := d.rename(renameParams{here, name}); err == nil {
		inside(t, d, out.(workspaceEdit).Changes[d.uri])
	}
	d.actions(codeActionParams{Range: span{position{}, p}})
	d.lenses()
	d.folds()
	d.symbols()
	d.inlayHints(span{position{}, p})
	d.diagnostics()
	tokens, _ := d.semanticTokens()
	for i, n := range tokens.(map[string]any)["data"].([]int) {
		if n < 0 {
			t.Fatalf("number %d of the semantic tokens is %d", i, n)
		}
	}
	out, _ := d.format(nil)
	inside(t, d, out.([]textEdit))
	if want, ok := lang.Format(d.file, &diag.List{}); ok && !d.sigma() && edited(text, out.([]textEdit)) != want {
		t.Errorf("formatting gives\n%q\nnot\n%q", edited(text, out.([]textEdit)), want)
	}
}

func inside(t *testing.T, d *document, edits []textEdit) {
	t.Helper()
	for _, e := range edits {
		if start, end := d.offset(e.Range.Start), d.offset(e.Range.End); start > end || d.span(start, end) != e.Range {
			t.Errorf("%v is no range of the text", e.Range)
		}
	}
}

// TestHalfWritten asks everything behind every word of a file that is being
// written.
func TestHalfWritten(t *testing.T) {
	for i, r := range flood {
		if strings.ContainsRune(" {}()\n\".", r) {
			askEverything(t, "/a.det", flood[:i], i, "x")
			askEverything(t, "/a.det", flood[:i]+"\n"+flood[i:], i, "x")
		}
	}
	for i, r := range ruleInYAML {
		if strings.ContainsRune(" \n:|-'", r) {
			askEverything(t, "/a.yml", ruleInYAML[:i], i, "x")
		}
	}
}
