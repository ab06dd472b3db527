package det_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func unmarshalFile(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// peer is a program that knows a format better than we do. Without it the test is
// skipped, unless DET_DEMAND_DATA asks for everything.
func peer(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatalf("there is no %s", name)
		}
		t.Skipf("there is no %s", name)
	}
	return path
}

// TestPackagingPeers shows the files that other programs read to those who know
// their formats: the schema of GitHub's actions, pre-commit, a linter of container
// files.
func TestPackagingPeers(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		command    []string
		broken     [2]string // a change that must be noticed
	}{
		{"action", "action.yml", []string{"check-jsonschema", "--builtin-schema", "vendor.github-actions"}, [2]string{"using: composite", "using: compost"}},
		{"hooks", ".pre-commit-hooks.yaml", []string{"pre-commit", "validate-manifest"}, [2]string{"language: golang", "language: golong"}},
		{"container", "Containerfile", []string{"hadolint", "--failure-threshold", "style"}, [2]string{"WORKDIR /src", "WORKDIR src"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			program := peer(t, tt.command[0])
			if out, err := exec.Command(program, append(tt.command[1:], tt.file)...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			text, err := os.ReadFile(tt.file)
			if err != nil {
				t.Fatal(err)
			}
			broken := strings.Replace(string(text), tt.broken[0], tt.broken[1], 1)
			name := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(name, []byte(broken), 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(program, append(tt.command[1:], name)...).CombinedOutput(); err == nil {
				t.Errorf("%q goes unnoticed\n%s", tt.broken[1], out)
			}
		})
	}
}

// TestAction checks the definition of the GitHub action: every input that is read
// is declared and every declared one read, and each step says how it runs.
func TestAction(t *testing.T) {
	var action struct {
		Name, Description string
		Inputs            map[string]struct {
			Description, Default string
		}
		Runs struct {
			Using string
			Steps []struct{ Uses, Run, Shell string }
		}
	}
	unmarshalFile(t, "action.yml", &action)
	if action.Name == "" || action.Description == "" || action.Runs.Using != "composite" || len(action.Runs.Steps) == 0 {
		t.Errorf("the action is %+v", action)
	}
	for i, s := range action.Runs.Steps {
		if (s.Uses == "") == (s.Run == "") || s.Run != "" && s.Shell == "" {
			t.Errorf("step %d either uses an action or runs something in a shell: %+v", i, s)
		}
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %d puts an expression into its script; what others write would be run", i)
		}
		if s.Run != "" {
			if out, err := exec.Command("bash", "-n", "-c", s.Run).CombinedOutput(); err != nil {
				t.Errorf("step %d: %v\n%s", i, err, out)
			}
		}
	}
	text, err := os.ReadFile("action.yml")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, m := range regexp.MustCompile(`\binputs\.([a-z-]+)`).FindAllStringSubmatch(string(text), -1) {
		read[m[1]] = true
		if _, ok := action.Inputs[m[1]]; !ok {
			t.Errorf("the input %s is read, but not declared", m[1])
		}
	}
	for name, input := range action.Inputs {
		if !read[name] || input.Description == "" {
			t.Errorf("the input %s is never read, or has no description", name)
		}
	}
}

// TestHooks checks that each hook names a command of det.
func TestHooks(t *testing.T) {
	var hooks []struct{ ID, Name, Description, Entry, Language, Files string }
	unmarshalFile(t, ".pre-commit-hooks.yaml", &hooks)
	var ids []string
	for _, h := range hooks {
		ids = append(ids, h.ID)
		command := strings.Fields(h.Entry)
		if h.Name == "" || h.Description == "" || h.Language != "golang" || len(command) < 2 || command[0] != "det" {
			t.Errorf("the hook is %+v", h)
			continue
		}
		if _, err := os.Stat("cmd/det/" + command[1] + ".go"); err != nil && command[1] != "fmt" {
			t.Errorf("hook %s: %v", h.ID, err)
		}
		if files := regexp.MustCompile(h.Files); !files.MatchString("rules/a.det") || files.MatchString("a.detx") {
			t.Errorf("hook %s is for %s", h.ID, h.Files)
		}
	}
	if want := []string{"det-lint", "det-fmt", "det-check", "det-test"}; !slices.Equal(ids, want) {
		t.Errorf("the hooks are %v", ids)
	}
}
