package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completionCases are lines as typed and some of what a shell must offer.
var completionCases = []struct {
	typed string
	want  []string
	not   []string
}{
	{typed: "det ", want: names(), not: []string{"D0101", "bash"}},
	{typed: "det exp", want: []string{"explain"}, not: []string{"version", "--color"}},
	{typed: "det --ver", want: []string{"--version"}},
	{typed: "det explain D010", want: []string{"D0101", "D0102"}, not: []string{"explain"}},
	{typed: "det explain --co", want: []string{"--color"}},
	{typed: "det explain --color ", want: []string{"auto", "always", "never"}, not: []string{"D0101"}},
	{typed: "det --color never vers", want: []string{"version"}},
	{typed: "det completion ", want: []string{"bash", "zsh", "fish"}},
	{typed: "det help exp", want: []string{"explain"}},
	{typed: "det check br", want: []string{"brute.det"}},
	{typed: "det fmt -", want: []string{"--check", "-w", "--write", "--diff"}},
	{typed: "det run --format n", want: []string{"ndjson"}, not: []string{"table"}},
	{typed: "det run --out ev", want: []string{"events.ndjson"}},
	{typed: "det run brute.det --input ev", want: []string{"events.ndjson"}},
	{typed: "det run brute.det --inp", want: []string{"--input", "--input-format"}},
	{typed: "det check e", not: []string{"explain"}},
	{typed: "det funcs registered", want: []string{"registered_domain"}},
}

// completionDir is a folder to complete file names in, with the scripts.
func completionDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, s := range shells {
		if err := os.WriteFile(filepath.Join(dir, ".det."+s.name), []byte(s.script(commands())), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"brute.det", "events.ndjson", "rules/more.det"} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// shell runs a script and gives its lines. Without that shell it skips, unless
// DET_DEMAND_DATA asks for everything.
func shell(t *testing.T, dir, name string, args ...string) []string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(string(out), "\r", "")), "\n")
}

func checkCompletions(t *testing.T, offer func(t *testing.T, typed string) []string) {
	t.Helper()
	for _, c := range completionCases {
		got := offer(t, c.typed)
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%q offers %q, not %q", c.typed, got, w)
			}
		}
		for _, w := range c.not {
			if slices.Contains(got, w) {
				t.Errorf("%q offers %q", c.typed, w)
			}
		}
	}
}

func TestBashCompletion(t *testing.T) {
	dir := completionDir(t)
	const script = `source .det.bash
complete -p det >/dev/null || exit 1
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_det
printf '%s\n' "${COMPREPLY[@]}"`
	offer := func(t *testing.T, words ...string) []string {
		return shell(t, dir, "bash", append([]string{"--norc", "-c", script, "bash"}, words...)...)
	}
	checkCompletions(t, func(t *testing.T, typed string) []string {
		return offer(t, strings.Split(typed, " ")...)
	})
	if got := offer(t, "det", "explain", "--color", "=", "al"); !slices.Equal(got, []string{"always"}) {
		t.Errorf("--color=al offers %q", got)
	}
}

func TestFishCompletion(t *testing.T) {
	dir := completionDir(t)
	checkCompletions(t, func(t *testing.T, typed string) []string {
		return shell(t, dir, "fish", "--no-config", "-c", `source .det.fish; complete -C $argv[1] | string split -f1 \t; or true`, typed)
	})
}

// TestZshCompletion types into a zsh on a pseudo-terminal, as completion needs the
// line editor, and has compadd tell what it is given.
func TestZshCompletion(t *testing.T) {
	dir := completionDir(t)
	const script = `
zmodload zsh/zpty
zpty child zsh -f -i
zpty -w child "PROMPT= RPROMPT= TERM=dumb; stty -echo; source .capture"
zpty -r child line '*<READY>*'
for typed; do
    zpty -w -n child "$typed"$'\t'
    zpty -r child line '*<END>*'
    print -r -- "${line%%<END>*}"
    print "<NEXT>"
    zpty -w -n child $'\C-u'
done`
	const capture = `
autoload -U compinit
compinit -D -u
source .det.zsh
bindkey '^I' complete-word
compadd() {
    if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
        local -a found
        builtin compadd -O found "$@"
        print -rl -- "" $found
    fi
    builtin compadd "$@"
}
finish() {
    print "<END>"
    compstate[insert]= compstate[list]=
    comppostfuncs=(finish)
}
comppostfuncs=(finish)
print "<READY>"
`
	if err := os.WriteFile(filepath.Join(dir, ".capture"), []byte(capture), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"-f", "-c", script, "zsh"}
	for _, c := range completionCases {
		args = append(args, c.typed)
	}
	offered := strings.Split(strings.Join(shell(t, dir, "zsh", args...), "\n"), "<NEXT>")
	next := 0
	checkCompletions(t, func(*testing.T, string) []string {
		next++
		return strings.Split(offered[next-1], "\n")
	})
}
