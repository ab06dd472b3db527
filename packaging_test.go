package det_test

import (
	"os"
	"os/exec"
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

// TestContainerfile checks the form of the container file: known instructions,
// stages that exist, a user that is not root. Where an engine answers, the image is
// built and run.
func TestContainerfile(t *testing.T) {
	data, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}
	stages := map[string]bool{}
	user := ""
	for i, line := range strings.Split(string(data), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if !slices.Contains(known, words[0]) {
			t.Errorf("line %d: unknown instruction %s", i+1, words[0])
		}
		switch {
		case words[0] == "FROM" && len(words) == 4:
			stages[words[3]] = true
		case words[0] == "USER":
			user = words[1]
		case words[0] == "COPY" && strings.HasPrefix(words[1], "--from=") && !stages[strings.TrimPrefix(words[1], "--from=")]:
			t.Errorf("line %d copies from a stage that does not exist", i+1)
		}
	}
	if user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("the container runs as %q", user)
	}
	for _, engine := range []string{"podman", "docker"} {
		if exec.Command(engine, "version", "--format", "{{.Server.Version}}").Run() != nil {
			continue
		}
		if out, err := exec.Command(engine, "build", "-q", "-t", "det-test", "-f", "Containerfile", ".").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		} else if out, err := exec.Command(engine, "run", "--rm", "det-test", "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "det ") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	t.Log("no container engine answers, so the image is not built")
}
