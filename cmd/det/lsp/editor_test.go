package lsp

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEditor drives the server from a headless Neovim, as an author would. Without
// one it is skipped, unless DET_DEMAND_DATA asks for everything.
func TestEditor(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("nvim is missing")
		}
		t.Skip("there is no nvim")
	}
	dir := t.TempDir()
	det := filepath.Join(dir, "det")
	if out, err := exec.Command("go", "build", "-o", det, "github.com/detlang/det/cmd/det").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rules := filepath.Join(dir, "rules")
	if err := os.Mkdir(rules, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(rules, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("lists.det", "list admins = [\"ann\"]\n")
	write("rules.det", "import std.web\nimport \"lists.det\"\nrule posts {\n  from web_access\n  where metod == \"POST\"\n  where not (user in admins)\n  when   path==\"/x\"\n}\n")
	write("rule.yml", "title: Whoami\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  selection:\n    x\n  condition: selection\ntags:\n  - attack.t1033\n")
	script, err := filepath.Abs("testdata/editor.lua")
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(dir, "report")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	lua := "arg1, arg2, arg3 = [[" + det + "]], [[" + rules + "]], [[" + report + "]]; dofile([[" + script + "]])"
	cmd := exec.CommandContext(ctx, nvim, "--headless", "--clean", "-c", "lua "+lua, "-c", "qall!")
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "XDG_DATA_HOME="+dir)
	out, err := cmd.CombinedOutput()
	got, _ := os.ReadFile(report)
	want := strings.Join([]string{
		"error: unknown name metod at line 5",
		"fix: Change to method",
		`line 5:   where method == "POST"`,
		`line 5:   let odd = path == "🚨" and user_agent`,
		"hover: field method: string",
		"definition: lists.det line 1",
		"library: std.web.det r--r--r--",
		"line 6:   where not (user in staff)",
		`lists.det: list staff = ["ann"]`,
		`line 7:   where not (user in staff)`,
		"line 7:     ParentImage",
		"line 7:     ParentImage|endswith",
		"tag: T1033 System Owner/User Discovery",
		"",
	}, "\n")
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nreports\n%s\nnot\n%s", err, out, got, want)
	}
}
