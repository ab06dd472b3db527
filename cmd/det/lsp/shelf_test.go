package lsp

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/detlang/det/stdlib"
)

// TestMain gives the tests a cache of their own, but for what they build.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "det-cache-")
	if err == nil {
		var gocache []byte
		gocache, err = exec.Command("go", "env", "GOCACHE").Output()
		os.Setenv("GOCACHE", strings.TrimSpace(string(gocache)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("XDG_CACHE_HOME", dir)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// TestLibraryDefinitions: what a library declares is shown in its own file, which
// says what the library says, which nobody can write to, and in which the server
// knows its way.
func TestLibraryDefinitions(t *testing.T) {
	for _, c := range []struct{ file, text, lib, def string }{
		{"a.det", strings.Replace(flood, "from web_access", "from web_‸access", 1), "std.web", "web_access {"},
		{"a.det", strings.Replace(flood, "let get = method", "let get = meth‸od", 1), "std.web", "method string"},
		{"a.yml", strings.Replace(ruleInYAML, "    Image|endswith", "    Im‸age|endswith", 1), "std.sigma_windows", "Image string"},
	} {
		text, p := mark(t, c.text)
		s := begin(t, nil)
		s.open(c.file, text)
		var def location
		s.ask("textDocument/definition", s.place(c.file, p), &def)
		path := pathOf(def.URI)
		want, _ := stdlib.File(c.lib)
		have, err := os.ReadFile(path)
		if err != nil || string(have) != want || filepath.Base(path) != c.lib+".det" {
			t.Errorf("goes to %+v: %v", def, err)
			continue
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o222 != 0 {
			t.Errorf("%s may be written to: %v", path, err)
		}
		lines := strings.Split(want, "\n")
		if got := lines[def.Range.Start.Line][def.Range.Start.Character:]; !strings.HasPrefix(got, c.def) {
			t.Errorf("goes to %q, not %q", got, c.def)
		}

		s.version++
		s.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
			"uri": def.URI, "languageId": "det", "version": s.version, "text": want,
		}})
		here := positionParams{textDocument{def.URI}, def.Range.Start}
		var h hover
		s.ask("textDocument/hover", here, &h)
		if h.Contents == nil || !strings.Contains(h.Contents.Value, "From `"+c.lib+"`") {
			t.Errorf("in %s it says %+v", c.lib, h.Contents)
		}
		if err := s.try("textDocument/rename", renameParams{here, "other"}, nil); err == nil {
			t.Errorf("a name of %s is renamed", c.lib)
		}
		if c.file == "a.det" {
			var refs []location
			s.ask("textDocument/references", map[string]any{
				"textDocument": textDocument{def.URI}, "position": def.Range.Start, "context": map[string]any{"includeDeclaration": false},
			}, &refs)
			found := false
			for _, r := range refs {
				found = found || r.URI == s.uri(c.file)
			}
			if !found {
				t.Errorf("the library does not know who reads it: %v", refs)
			}
		}
	}
}
