package lsp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det/lang/source"
)

// flood is a file in which every feature has something to show.
const flood = `import std.web

// more than this is odd
const limit = 100
list office = ["10.0.0.1", "10.0.0.2"]
fn outside(address) = not (address in office)

rule flood {
  title "{attempts} GETs from {ip}"
  level high
  attack [T1498]
  from web_access
  let get = method == "GET"
  where get and outside(ip)
  window 30m sliding by ip {
    attempts = count()
  }
  when attempts > limit
}

test "a flood is told" for flood {
  given 101 over 10m { ip: "203.0.113.9", method: "GET", path: "http://x/" }
  expect alert { ip: "203.0.113.9", attempts >= 100 }
}
`

func TestDiagnostics(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", flood, ""},
		{"misspelt field", strings.Replace(flood, "let get = method", "let get = methd", 1), "D0301 methd"},
		{"after an emoji and CRLF", "// 🚨🚨\r\nconst a = 1\r\nconst b = \"🚨\" + c\r\n", "D0301 c"},
		{"half a file", "rule x {\n  from web_access\n  where ", ""},
		{"lint", strings.Replace(flood, "attempts > limit", "attempts > limit and attempts < 3", 1), "L100 attempts > limit and attempts < 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, nil)
			s.open("a.det", c.text)
			list := s.diagnostics("a.det")
			if c.name == "half a file" {
				if len(list) == 0 {
					t.Error("nothing is told")
				}
				return
			}
			var errs []diagnostic
			for _, d := range list {
				if d.Severity == 1 {
					errs = append(errs, d)
				}
			}
			if got := said(c.text, errs); got != c.want {
				t.Errorf("told %q, not %q", got, c.want)
				for _, d := range errs {
					t.Log(d.Message)
				}
			}
		})
	}
}

// TestIncremental makes edits in ranges, with characters of two UTF-16 units before
// them and CRLF line ends.
func TestIncremental(t *testing.T) {
	s := begin(t, nil)
	s.open("a.det", "// 🚨\r\nconst a = 1\r\nconst b = a\r\n")
	s.edit("a.det",
		contentChange{&span{position{0, 5}, position{0, 5}}, " 𝔘"},
		contentChange{&span{position{2, 10}, position{2, 11}}, "aa"},
	)
	if got := said("// 🚨 𝔘\r\nconst a = 1\r\nconst b = aa\r\n", s.diagnostics("a.det")); !strings.Contains(got, "D0301 aa") {
		t.Errorf("told %q", got)
	}
	s.edit("a.det", contentChange{&span{position{2, 10}, position{2, 12}}, "a"})
	if got := said("// 🚨 𝔘\r\nconst a = 1\r\nconst b = a\r\n", s.diagnostics("a.det")); strings.Contains(got, "D0301") {
		t.Errorf("told %q", got)
	}
}

func TestHover(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"from web_‸access", "schema web_access"},
		{"let get = meth‸od", "field method: string"},
		{"{\n    att‸empts = count()", "column attempts: int per 30m"},
		{"attempts = cou‸nt()", "aggregate count(condition bool?) int"},
		{"win‸dow 30m", "window LENGTH"},
		{"30m slid‸ing", "ends at each event"},
		{"attack [T14‸98]", "Network Denial of Service"},
		{"attempts > lim‸it", "const limit: int"},
		{"get and out‸side", "fn outside(address)"},
		{"where g‸et and", "let get: bool"},
		{"for fl‸ood {", "rule flood"},
		{"\"{att‸empts} GETs", "column attempts"},
		{"import std.w‸eb", "import std.web"},
		{"gi‸ven 101", "Events"},
	} {
		t.Run(c.at, func(t *testing.T) {
			text, p := mark(t, strings.Replace(flood, strings.Replace(c.at, "‸", "", 1), c.at, 1))
			s := begin(t, nil)
			s.open("a.det", text)
			var h hover
			s.ask("textDocument/hover", s.place("a.det", p), &h)
			if h.Contents == nil || !strings.Contains(h.Contents.Value, c.want) {
				t.Errorf("says %+v, not %q", h.Contents, c.want)
			}
		})
	}
}

func TestCompletion(t *testing.T) {
	rule := func(body string) string {
		return "import std.web\n\nconst limit = 5\n\nrule other {\n  from web_access\n  when method == \"GET\"\n}\n\nrule x {\n" + body + "\n}\n\nrule last {\n  from web_access\n  when method == \"PUT\"\n}\n"
	}
	for _, c := range []struct{ name, text, want, never string }{
		{"declarations", "im‸", "import rule test schema", ""},
		{"imports", "import std.‸\n", "std.web std.auth", ""},
		{"stages", rule("  from web_access\n  whe‸"), "where when window let baseline level", "method"},
		{"schemas", rule("  from ‸"), "web_access authentication risk", ""},
		{"rules", rule("  from rule ‸"), "other last", ""},
		{"fields", rule("  from web_access\n  where ‸"), "method path ip limit lower", "count attempts"},
		{"after an operator", rule("  from web_access\n  where method == \"GET\" and ‸"), "path ip", ""},
		{"before more", rule("  from web_access\n  where ur‸ and method == \"GET\"\n  window 1h by ip { n = count() }\n  when n > 5"), "path", ""},
		{"clauses", rule("  from web_access\n  window 30m ‸"), "by sliding every session", ""},
		{"keys", rule("  from web_access\n  window 30m by ‸"), "ip", ""},
		{"aggregates", rule("  from web_access\n  window 30m by ip { n = ‸ }"), "count count_distinct sum", ""},
		{"the row behind a window", rule("  from web_access\n  window 30m by ip { n = count() }\n  when ‸"), "n ip limit", "path method"},
		{"statistics", rule("  from web_access\n  window 1h by ip { n = count() }\n  baseline usual of n over 30d\n  when n > usual.‸"), "mean stddev median p95", "path"},
		{"techniques", rule("  attack [T10‸]\n  from web_access"), "T1059 T1110", ""},
		{"levels", rule("  level ‸\n  from web_access"), "high critical", "path"},
		{"fields of a test", rule("  from web_access\n  when method == \"GET\"") + "test \"a\" for x {\n  given { ‸ }\n}\n", "method ip", "count"},
		{"tests' rules", rule("  from web_access\n  when method == \"GET\"") + "test \"a\" for ‸ {\n}\n", "x other last", ""},
		{"lines of tests", rule("  from web_access\n  when method == \"GET\"") + "test \"a\" for x {\n  gi‸\n}\n", "given expect start", ""},
		{"reasons", rule("  from web_access\n  when method == \"GET\"") + "test \"a\" for x {\n  expect none because ‸\n}\n", "warming_up", ""},
		{"types", "schema s {\n  a ‸\n}\n", "string int timestamp", ""},
		{"values", "schema s {\n  time timestamp\n  outcome string one_of [\"OK\", \"DENIED\"]\n}\n\nrule x {\n  from s\n  where outcome == ‸\n}\n", "\"OK\" \"DENIED\"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			proposes(t, "a.det", c.text, strings.Fields(c.want), strings.Fields(c.never))
		})
	}
}

// TestCompletionImports: a schema of a library brings its import along.
func TestCompletionImports(t *testing.T) {
	text, p := mark(t, "rule x {\n  from web‸\n}\n")
	s := begin(t, nil)
	s.open("a.det", text)
	var list completionList
	s.ask("textDocument/completion", s.place("a.det", p), &list)
	for _, it := range list.Items {
		if it.Label == "web_access" {
			got := edited(text, append([]textEdit{*it.TextEdit}, it.AdditionalTextEdits...))
			if want := "import std.web\n\nrule x {\n  from web_access\n}\n"; got != want {
				t.Errorf("gives\n%s", got)
			}
			return
		}
	}
	t.Error("web_access is not offered")
}

func TestResolve(t *testing.T) {
	s := begin(t, nil)
	var it completionItem
	s.ask("completionItem/resolve", completionItem{Label: "lower", Kind: itemFunction}, &it)
	if it.Documentation == nil || it.Documentation.Value != callables()["lower"].doc {
		t.Errorf("%+v", it)
	}
}

func TestSignatureHelp(t *testing.T) {
	for _, c := range []struct {
		text, label string
		active      int
	}{
		{"  where contains_word(path, ‸", "", 0},
		{"  where outside(‸", "outside(address)", 0},
		{"  let x = replace(path, \"a\", ‸", "replace(", 2},
		{"  window 30m by ‸", "window LENGTH", -1},
	} {
		text, p := mark(t, "import std.web\nfn outside(address) = address == \"x\"\nrule x {\n  from web_access\n"+c.text+"\n}\n")
		s := begin(t, nil)
		s.open("a.det", text)
		var h signatureHelp
		s.ask("textDocument/signatureHelp", s.place("a.det", p), &h)
		if c.label == "" {
			continue
		}
		if len(h.Signatures) != 1 || !strings.HasPrefix(h.Signatures[0].Label, c.label) || c.active >= 0 && h.ActiveParameter != c.active {
			t.Errorf("%s: %+v", c.text, h)
		}
	}
}

// other is a second file that reads what flood.det declares.
const shared = "schema login {\n  at timestamp\n  user string\n  outcome string one_of [\"OK\", \"DENIED\"]\n}\n\nlist admins = [\"ann\"]\n"

const reader = `import "shared.det"

rule denied {
  title "{user} was denied"
  from login
  let bad = outcome == "DENIED"
  where bad and not (user in admins)
  window 1h by user { failed = count() }
  when failed > 5
}
`

const follower = `rule often {
  from rule denied
  window 24h by user { total = sum(failed) }
  when total > 50
}

test "five are not enough" for denied {
  given 5 over 1m { user: "bob", outcome: "DENIED" }
  expect none
}

test "six are" for denied {
  given 6 over 1m { user: "bob", outcome: "DENIED" }
  expect alert { user: "bob", failed >= 6 }
}
`

func workspace() map[string]string {
	return map[string]string{"shared.det": shared, "sub/reader.det": "", "reader.det": reader, "follower.det": follower}
}

func TestDefinitionAndReferences(t *testing.T) {
	for _, c := range []struct {
		file, at, file2, def string
		refs                 int // with the declaration
	}{
		{"reader.det", "from log‸in", "shared.det", "login {", 2},
		{"reader.det", "user in adm‸ins", "shared.det", "admins =", 2},
		{"reader.det", "where b‸ad", "reader.det", "bad = outcome", 2},
		{"reader.det", "when fai‸led", "reader.det", "failed = count", 4},
		{"follower.det", "rule den‸ied", "reader.det", "denied {", 4},
		{"follower.det", "sum(fai‸led)", "reader.det", "failed = count", 4},
		{"follower.det", "when tot‸al", "follower.det", "total = sum", 2},
		{"reader.det", "let bad = out‸come", "shared.det", "outcome string", 4},
		{"shared.det", "us‸er string", "shared.det", "user string", 8},
	} {
		t.Run(c.at, func(t *testing.T) {
			files := workspace()
			s := begin(t, files)
			text, p := mark(t, strings.Replace(files[c.file], strings.Replace(c.at, "‸", "", 1), c.at, 1))
			s.open(c.file, text)
			var def location
			s.ask("textDocument/definition", s.place(c.file, p), &def)
			if want := strings.Index(files[c.file2], c.def); def.URI != s.uri(c.file2) || def.Range.Start != positionIn(source.New("x", files[c.file2]), want) {
				t.Errorf("goes to %+v", def)
			}
			var refs []location
			s.ask("textDocument/references", map[string]any{
				"textDocument": textDocument{s.uri(c.file)}, "position": p, "context": map[string]any{"includeDeclaration": true},
			}, &refs)
			if len(refs) != c.refs {
				t.Errorf("%d references, not %d: %v", len(refs), c.refs, refs)
			}
		})
	}
}

// TestRename renames each kind of name and asserts that the workspace means the
// same afterwards: it compiles, and its tests pass.
func TestRename(t *testing.T) {
	for _, c := range []struct{ file, at, to, want string }{
		{"reader.det", "failed = cou‸nt()", "x", ""},
		{"reader.det", "when fai‸led", "refused", "when refused > 5"},
		{"shared.det", "us‸er string", "login_name", `login_name string from "user"`},
		{"shared.det", "outcome str‸ing", "x", ""},
		{"shared.det", "list adm‸ins", "trusted", "list trusted"},
		{"reader.det", "where b‸ad", "was denied", "let `was denied` ="},
		{"reader.det", "rule den‸ied", "turned_away", "rule turned_away"},
		{"reader.det", "where b‸ad", "user", ""},
		{"reader.det", "rule den‸ied", "often", "refused"},
	} {
		t.Run(c.at+" to "+c.to, func(t *testing.T) {
			files := workspace()
			s := begin(t, files)
			text, p := mark(t, strings.Replace(files[c.file], strings.Replace(c.at, "‸", "", 1), c.at, 1))
			s.open(c.file, text)
			var e workspaceEdit
			err := s.try("textDocument/rename", map[string]any{"textDocument": textDocument{s.uri(c.file)}, "position": p, "newName": c.to}, &e)
			if c.want == "" || c.want == "refused" {
				if err == nil && c.want == "" {
					t.Errorf("renamed: %v", e)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			all := ""
			after := map[string]string{}
			for name, text := range files {
				after[name] = edited(text, e.Changes[s.uri(name)])
				all += after[name]
			}
			if !strings.Contains(all, c.want) {
				t.Errorf("gives\n%s", all)
			}
			again := begin(t, after)
			again.open("follower.det", after["follower.det"])
			if list := again.diagnostics("follower.det"); len(list) > 0 && list[0].Severity == 1 {
				t.Errorf("%v\n%s", list, all)
			}
			var out testOutcome
			again.ask("workspace/executeCommand", map[string]any{"command": runTestCommand, "arguments": []string{again.uri("follower.det"), ""}}, &out)
			if out.Run != 2 || out.Failed != 0 {
				t.Errorf("%+v\n%s", out, all)
			}
		})
	}
}

func TestFormatting(t *testing.T) {
	messy := "import   std.web\r\n\r\nrule x {\n  from web_access\n  when   method==\"GET\"\n}\n\nrule   y { from web_access when method == \"PUT\" }\n"
	s := begin(t, nil)
	s.open("a.det", messy)
	var edits []textEdit
	s.ask("textDocument/formatting", map[string]any{"textDocument": textDocument{s.uri("a.det")}, "options": map[string]any{}}, &edits)
	whole := edited(messy, edits)
	s.change("a.det", whole)
	s.ask("textDocument/formatting", map[string]any{"textDocument": textDocument{s.uri("a.det")}, "options": map[string]any{}}, &edits)
	if len(edits) != 0 {
		t.Errorf("not in canonical form:\n%s\n%v", whole, edits)
	}
	s.change("a.det", messy)
	s.ask("textDocument/rangeFormatting", map[string]any{
		"textDocument": textDocument{s.uri("a.det")}, "range": span{position{4, 0}, position{4, 5}}, "options": map[string]any{},
	}, &edits)
	if got := edited(messy, edits); !strings.Contains(got, "  when method == \"GET\"\n") || !strings.Contains(got, "import   std.web") || !strings.Contains(got, "rule   y {") {
		t.Errorf("a range gives\n%s", got)
	}
}

func TestQuickFixes(t *testing.T) {
	for _, c := range []struct{ name, text, title, want string }{
		{"nearest name", "import std.web\n\nrule x {\n  from web_access\n  when metho‸d_ == \"GET\"\n}\n", "Change to method", "when method =="},
		{"import", "rule x {\n  from web_‸access\n  when method == \"GET\"\n}\n", "Import std.web", "import std.web\n\nrule x"},
		{"foreign operator", "import std.web\n\nrule x {\n  from web_access\n  when method == \"GET\" &‸& path == \"x\"\n}\n", "Write `and`", `"GET" and path`},
		{"silence", "import std.web\n\nrule x {\n  from web_access\n  when method == \"GET\" and meth‸od == \"PUT\"\n}\n", "Silence L100 here, with a reason", "  // lint: ignore L100 because \n  when"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, p := mark(t, c.text)
			s := begin(t, nil)
			s.open("a.det", text)
			var list []codeAction
			s.ask("textDocument/codeAction", map[string]any{"textDocument": textDocument{s.uri("a.det")}, "range": span{p, p}, "context": map[string]any{"diagnostics": []any{}}}, &list)
			var titles []string
			for _, a := range list {
				titles = append(titles, a.Title)
				if a.Title == c.title {
					if got := edited(text, a.Edit.Changes[s.uri("a.det")]); !strings.Contains(got, c.want) {
						t.Errorf("gives\n%s", got)
					}
					return
				}
			}
			t.Errorf("there are %q", titles)
		})
	}
}

func TestRunTests(t *testing.T) {
	text := strings.Replace(flood, "attempts >= 100", "attempts >= 1000", 1)
	s := begin(t, nil)
	s.open("a.det", text)
	var lenses []codeLens
	s.ask("textDocument/codeLens", documentParams{textDocument{s.uri("a.det")}}, &lenses)
	if len(lenses) != 2 || lenses[0].Command.Arguments[1] != "a flood is told" {
		t.Fatalf("%+v", lenses)
	}
	var out testOutcome
	s.ask("workspace/executeCommand", map[string]any{"command": lenses[0].Command.Command, "arguments": lenses[0].Command.Arguments}, &out)
	if out.Run != 1 || out.Failed != 1 {
		t.Errorf("%+v", out)
	}
	s.change("a.det", flood)
	s.ask("workspace/executeCommand", map[string]any{"command": lenses[1].Command.Command, "arguments": lenses[1].Command.Arguments}, &out)
	if out.Run != 1 || out.Failed != 0 {
		t.Errorf("%+v", out)
	}
}

func TestInlayHints(t *testing.T) {
	s := begin(t, nil)
	s.open("a.det", flood)
	var hints []inlayHint
	s.ask("textDocument/inlayHint", map[string]any{"textDocument": textDocument{s.uri("a.det")}, "range": span{position{}, position{100, 0}}}, &hints)
	if len(hints) != 1 || !strings.HasPrefix(hints[0].Label, "→ ip: ") || !strings.Contains(hints[0].Label, "attempts: int per 30m") || hints[0].Position.Line != 16 {
		t.Errorf("%+v", hints)
	}
}

func TestOutline(t *testing.T) {
	s := begin(t, nil)
	s.open("a.det", flood)
	var list []documentSymbol
	s.ask("textDocument/documentSymbol", documentParams{textDocument{s.uri("a.det")}}, &list)
	var got []string
	for _, x := range list {
		got = append(got, fmt.Sprintf("%s %s %d", x.Detail, x.Name, len(x.Children)))
	}
	if want := []string{"const limit 0", "list office 0", "fn outside 0", "rule flood 8", "test a flood is told 2"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	var folds []foldingRange
	s.ask("textDocument/foldingRange", documentParams{textDocument{s.uri("a.det")}}, &folds)
	if !slices.Contains(folds, foldingRange{StartLine: 14, EndLine: 15}) || !slices.Contains(folds, foldingRange{StartLine: 7, EndLine: 17}) {
		t.Errorf("%+v", folds)
	}
	var found []symbolInformation
	s.ask("workspace/symbol", symbolQuery{"fld"}, &found)
	if len(found) != 1 || found[0].Name != "flood" {
		t.Errorf("%+v", found)
	}
}

// TestSemanticTokens unpacks the numbers and compares them with the text.
func TestSemanticTokens(t *testing.T) {
	text := "// 🚨 x\nrule x {\n  where a == \"🚨\" and f(b) in [1, \"two\"]\n}\n"
	s := begin(t, nil)
	s.open("a.det", text)
	var out struct{ Data []int }
	s.ask("textDocument/semanticTokens/full", documentParams{textDocument{s.uri("a.det")}}, &out)
	d := &document{file: source.New("x", text)}
	var got []string
	p := position{}
	for i := 0; i+4 < len(out.Data); i += 5 {
		if out.Data[i] > 0 {
			p = position{p.Line + out.Data[i], 0}
		}
		p.Character += out.Data[i+1]
		word := text[d.offset(p):d.offset(position{p.Line, p.Character + out.Data[i+2]})]
		got = append(got, tokenTypes[out.Data[i+3]]+" "+word)
	}
	want := []string{"comment // 🚨 x", "keyword rule", "variable x", "macro where", "variable a", "operator ==", `string "🚨"`,
		"operator and", "function f", "variable b", "operator in", "number 1", `string "two"`}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestDependents: a change in one open file is told in another that depends on it,
// and so is its mending.
func TestDependents(t *testing.T) {
	s := begin(t, workspace())
	s.open("follower.det", follower)
	s.diagnostics("follower.det")
	s.open("reader.det", reader)
	s.diagnostics("reader.det")
	s.change("reader.det", strings.Replace(reader, "rule denied", "rule refused", 1))
	s.await("follower.det", func(list []diagnostic) bool { return strings.Contains(said(follower, list), "D0307 denied") })
	s.change("reader.det", reader)
	s.await("follower.det", func(list []diagnostic) bool { return !strings.Contains(said(follower, list), "D0307") })
}

func TestSigma(t *testing.T) {
	good := "title: Certutil\nid: 7a1d6b0e-8f1a-4b0e-9a53-111111111111\nstatus: test\nlogsource:\n  category: process_creation\n  product: windows\ndetection:\n  selection:\n    Image|endswith: '\\certutil.exe'\n  condition: selection\nlevel: high\n"
	s := begin(t, nil)
	s.open("a.yml", strings.Replace(good, "condition: selection", "condition: selectio", 1))
	list := s.diagnostics("a.yml")
	if len(list) == 0 || list[0].Severity != 1 {
		t.Errorf("%+v", list)
	}
	s.change("a.yml", good)
	for _, d := range s.diagnostics("a.yml") {
		if d.Severity == 1 {
			t.Errorf("%+v", d)
		}
	}
}

// TestGoodbye: a server that was shut down ends without an error.
func TestGoodbye(t *testing.T) {
	s := begin(t, nil)
	s.ask("shutdown", nil, nil)
	s.notify("exit", nil)
	if err := <-s.served; err != nil {
		t.Error(err)
	}
}

// TestOddRequests: what is wrong with a message is an answer, never the end.
func TestOddRequests(t *testing.T) {
	s := begin(t, nil)
	for method, p := range map[string]any{
		"textDocument/hover":        s.place("nothing.det", position{1, 1}),
		"textDocument/completion":   []int{1},
		"workspace/executeCommand":  executeParams{Command: "format the disk"},
		"textDocument/unknown":      nil,
		"textDocument/formatting":   nil,
		"textDocument/rename":       map[string]any{"position": "here"},
		"textDocument/codeAction":   map[string]any{"textDocument": map[string]any{"uri": 5}},
		"textDocument/foldingRange": "x",
	} {
		if err := s.try(method, p, nil); err == nil {
			t.Errorf("%s is answered", method)
		}
	}
	s.notify("textDocument/didChange", "nonsense")
	s.open("a.det", flood)
	for _, p := range []position{{-1, -5}, {1000, 0}, {0, 1000}, {7, 1 << 30}} {
		s.ask("textDocument/hover", s.place("a.det", p), nil)
		s.ask("textDocument/completion", s.place("a.det", p), nil)
	}
}
