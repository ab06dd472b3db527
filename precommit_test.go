package det_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shell runs commands in a folder, with what a test needs of the environment.
type shell struct {
	t   *testing.T
	dir string
	env []string
}

// try runs a command and gives what it prints, and whether it succeeded.
func (s *shell) try(name string, args ...string) (string, bool) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func (s *shell) run(name string, args ...string) string {
	s.t.Helper()
	out, ok := s.try(name, args...)
	if !ok {
		s.t.Fatalf("%s %s\n%s", name, strings.Join(args, " "), out)
	}
	return out
}

func (s *shell) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// tracked is a new folder with the files of this repository, as they are now.
func tracked(t *testing.T) string {
	t.Helper()
	files, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("this is no clone: ", err)
		}
		t.Skip("this is no clone: ", err)
	}
	dir := t.TempDir()
	for _, name := range strings.Split(strings.TrimRight(string(files), "\x00"), "\x00") {
		data, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue
		}
		if err == nil {
			err = os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// hooks is a repository with the files of this one, committed: what pre-commit
// installs from.
func hooks(t *testing.T, env []string) (dir, revision string) {
	t.Helper()
	dir = tracked(t)
	s := &shell{t, dir, env}
	s.run("git", "init", "-q", "-b", "main")
	s.run("git", "add", "-A", "-f")
	s.run("git", "commit", "-q", "-m", "hooks")
	return dir, strings.TrimSpace(s.run("git", "rev-parse", "HEAD"))
}

// TestPreCommit installs the hooks as a team would: a commit with a bad rule is
// stopped, a fix is made, and the mended rule goes through.
func TestPreCommit(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command")
	}
	if _, err := exec.LookPath("pre-commit"); err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("pre-commit is not installed")
		}
		t.Skip("pre-commit is not installed")
	}
	env := append(os.Environ(),
		"PRE_COMMIT_HOME="+t.TempDir(), "PRE_COMMIT_COLOR=never", "NO_COLOR=1",
		"GIT_AUTHOR_NAME=ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=ann", "GIT_COMMITTER_EMAIL=ann@example.org",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=protocol.file.allow", "GIT_CONFIG_VALUE_0=always",
		"GOFLAGS=-trimpath -buildvcs=false",
	)
	for _, name := range []string{"GOMODCACHE", "GOCACHE"} { // pre-commit sets a GOPATH of its own
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	from, revision := hooks(t, env)
	s := &shell{t, t.TempDir(), env}
	s.run("git", "init", "-q", "-b", "main")
	s.write(".pre-commit-config.yaml", "repos:\n- repo: "+from+"\n  rev: "+revision+`
  hooks:
  - id: det-fmt
  - id: det-check
  - id: det-lint
    args: [--fix]
  - id: det-test
`)
	s.run("git", "add", "-A")
	s.run("pre-commit", "install", "--install-hooks")

	const head = "import std.web\n\nrule posts {\n  from web_access\n"
	commit := func(rule string) (string, bool) {
		s.write("rule.det", rule)
		s.run("git", "add", "rule.det")
		return s.try("git", "commit", "-q", "-m", "a rule")
	}
	for _, tt := range []struct{ name, rule, says string }{
		{"does not compile", head + "  when methd == \"POST\"\n}\n", "error D0301"},
		{"can never fire", head + "  when method == \"GET\" and method == \"POST\"\n}\n", "error L100"},
		{"is not UTF-8", head + "  when method == \"\xff\"\n}\n", "D0112"},
	} {
		if out, ok := commit(tt.rule); ok || !strings.Contains(out, tt.says) {
			t.Errorf("a rule that %s: went through %v\n%s", tt.name, ok, out)
		}
	}

	out, ok := commit(head + "  when path matches '^/admin/' and   method == \"POST\"\n}\n")
	if ok || !strings.Contains(out, "files were modified by this hook") {
		t.Errorf("a rule that can be mended: went through %v\n%s", ok, out)
	}
	const want = head + "  when path startswith cased '/admin/' and method == \"POST\"\n}\n"
	if have, err := os.ReadFile(filepath.Join(s.dir, "rule.det")); err != nil || string(have) != want {
		t.Errorf("the hooks made of it\n%s", have)
	}
	s.run("git", "add", "rule.det")
	s.run("git", "commit", "-q", "-m", "a rule")

	ten(t, s)
}

// ten runs each hook over ten files, which is to take less than 300 ms. One of them
// reads a rule of a folder above, among hundreds that were not changed.
func ten(t *testing.T, s *shell) {
	found, err := filepath.Glob(filepath.Join(envValue(s.env, "PRE_COMMIT_HOME"), "repo*", "golangenv-*", "bin", "det*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("the installed command is not there: %v", err)
	}
	const rule = "import std.web\n\nrule posts_NAME {\n  from web_access\n  when path startswith \"/NAME/\" and method == \"POST\"\n}\n"
	const test = "\ntest \"a post\" for posts_NAME {\n  given { path: \"/NAME/1\", method: \"POST\" }\n  expect alert\n}\n"
	for n := range 300 {
		s.write(fmt.Sprintf("other%d.det", n), strings.ReplaceAll(rule, "NAME", fmt.Sprint("of_others_", n)))
	}
	if err := os.Mkdir(filepath.Join(s.dir, "changed"), 0o755); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, n := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		files = append(files, "changed/"+n+".det")
		s.write(files[len(files)-1], strings.ReplaceAll(rule+test, "NAME", n))
	}
	files = append(files, "changed/j.det")
	s.write("changed/j.det", "rule many_posts {\n  from rule posts_of_others_7\n  window 1h by ip { n = count() }\n  when n > 10\n}\n")
	for _, hook := range [][]string{{"lint"}, {"fmt", "--write"}, {"check"}, {"test"}} {
		best := time.Hour
		for range 10 {
			start := time.Now()
			s.run(found[0], append(hook, files...)...)
			best = min(best, time.Since(start))
		}
		t.Logf("det %s: ten files in %s", hook[0], best)
		if best > 300*time.Millisecond {
			t.Errorf("det %s: ten files take %s, more than 300ms", hook[0], best)
		}
	}
}

func envValue(env []string, name string) string {
	value := ""
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			value = v
		}
	}
	return value
}
