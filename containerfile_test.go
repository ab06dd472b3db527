package det_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// instruction is a line of a container file.
type instruction struct {
	line  int
	word  string
	words []string // behind it
	rest  string
}

// containerfile reads the instructions of the container file.
func containerfile(t *testing.T) []instruction {
	t.Helper()
	data, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	var out []instruction
	for i, line := range strings.Split(string(data), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		out = append(out, instruction{i + 1, words[0], words[1:], strings.TrimSpace(strings.TrimPrefix(line, words[0]))})
	}
	return out
}

// TestContainerfile checks the form of the container file: known instructions,
// stages that exist, a user that is not root. Where an engine answers, the image is
// built and run.
func TestContainerfile(t *testing.T) {
	known := []string{"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}
	stages := map[string]bool{}
	user := ""
	for _, in := range containerfile(t) {
		if !slices.Contains(known, in.word) {
			t.Errorf("line %d: unknown instruction %s", in.line, in.word)
		}
		switch {
		case in.word == "FROM" && len(in.words) == 3:
			stages[in.words[2]] = true
		case in.word == "USER":
			user = in.words[0]
		case in.word == "COPY" && strings.HasPrefix(in.words[0], "--from=") && !stages[strings.TrimPrefix(in.words[0], "--from=")]:
			t.Errorf("line %d copies from a stage that does not exist", in.line)
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

// TestContainerSteps takes the steps of the container file in folders that stand for
// the file systems of its stages, since an engine is seldom at hand: what is copied
// is what .containerignore leaves, the commands are those of the file, and the
// program of the last stage runs with nothing but what that stage has.
func TestContainerSteps(t *testing.T) {
	if os.Getenv("DET_DEMAND_DATA") == "" {
		t.Skip("without a build cache for CGO_ENABLED=0 this takes minutes; DET_DEMAND_DATA=1 asks for it")
	}
	context := tracked(t)
	for _, pattern := range ignored(t) {
		names, err := filepath.Glob(filepath.Join(context, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if err := os.RemoveAll(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := &imageSteps{t: t, context: context, roots: map[string]string{}}
	for _, in := range containerfile(t) {
		b.step(in)
	}

	rules := filepath.Join(b.root, b.dir)
	for name, text := range map[string]string{
		"rule.det":     "import std.auth\n\nrule many {\n  from authentication\n  window 1d by user zone \"Europe/Zurich\" { n = count() }\n  when n > 1\n}\n",
		"login.ndjson": `{"time":"2024-03-01T23:30:00Z","user":"ann"}` + "\n" + `{"time":"2024-03-02T22:30:00Z","user":"ann"}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(rules, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	det := func(args ...string) string {
		cmd := exec.Command(filepath.Join(b.root, b.entry), args...)
		cmd.Dir, cmd.Env = rules, b.env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("det %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	if out := det(b.command...); !strings.Contains(out, "det COMMAND") {
		t.Errorf("without a command it says\n%s", out)
	}
	if out := det("run", "rule.det", "--input", "login.ndjson", "--format", "ndjson"); !strings.Contains(out, `"n":2`) {
		t.Errorf("a window of a day in Zurich gives\n%s", out)
	}
}

// ignored are the patterns of .containerignore.
func ignored(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(".containerignore")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Fields(string(data)), func(s string) bool { return strings.HasPrefix(s, "#") })
}

// imageSteps takes the steps of a container file.
type imageSteps struct {
	t       *testing.T
	context string
	roots   map[string]string // of the stages, by name
	root    string            // of the present one
	dir     string            // in it
	env     []string
	entry   string
	command []string
}

func (b *imageSteps) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *imageSteps) step(in instruction) {
	b.t.Helper()
	switch in.word {
	case "FROM":
		b.root, b.dir, b.env = b.t.TempDir(), "/", nil
		if len(in.words) == 3 {
			b.roots[in.words[2]] = b.root
		}
		if in.words[0] != "scratch" { // the image of Go: its tree, at its place
			goroot, err := exec.Command("go", "env", "GOROOT").Output()
			b.must(err)
			b.must(os.MkdirAll(filepath.Join(b.root, "usr/local"), 0o755))
			b.must(os.Symlink(strings.TrimSpace(string(goroot)), filepath.Join(b.root, "usr/local/go")))
		}
	case "WORKDIR":
		b.dir = in.words[0]
		b.must(os.MkdirAll(filepath.Join(b.root, b.dir), 0o755))
	case "ENV":
		name, value, _ := strings.Cut(in.rest, "=")
		b.env = append(b.env, name+"="+filepath.Join(b.root, value))
	case "COPY":
		from, words := b.context, in.words
		if stage, ok := strings.CutPrefix(words[0], "--from="); ok {
			from, words = b.roots[stage], words[1:]
		}
		to := words[len(words)-1]
		for _, what := range words[:len(words)-1] {
			b.copy(filepath.Join(from, what), to)
		}
	case "RUN":
		// Paths at the root of the image lie at that of the stage.
		script := strings.ReplaceAll(in.rest, " /", " "+b.root+"/")
		cmd := exec.Command("sh", "-c", script)
		cmd.Dir, cmd.Env = filepath.Join(b.root, b.dir), append(os.Environ(), b.env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.t.Fatalf("line %d: %v\n%s", in.line, err, out)
		}
	case "ENTRYPOINT":
		b.entry = strings.Trim(in.rest, `[]"`)
	case "CMD":
		b.command = []string{strings.Trim(in.rest, `[]"`)}
	}
}

// copy puts a file, or what a folder holds, to a place in the image.
func (b *imageSteps) copy(from, to string) {
	b.t.Helper()
	target := to
	if !path.IsAbs(to) {
		target = path.Join(b.dir, to)
	}
	target = filepath.Join(b.root, target)
	info, err := os.Stat(from)
	b.must(err)
	if info.IsDir() {
		b.must(filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(from, name)
			if err != nil {
				return err
			}
			return copyFile(name, filepath.Join(target, rel))
		}))
		return
	}
	if strings.HasSuffix(to, "/") {
		target = filepath.Join(target, filepath.Base(from))
	}
	b.must(copyFile(from, target))
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}
