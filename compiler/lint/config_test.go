package lint_test

import (
	"strings"
	"testing"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/lint"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// codes are the codes of what is found in a file.
func codes(name, text string, cfg *lint.Config) []string {
	var out []string
	for _, d := range compiler.Lint([]*source.File{source.New(name, text)}, compiler.Options{}, cfg).All {
		out = append(out, d.Severity.String()+" "+d.Code)
	}
	return out
}

const both = "import std.web\n\nrule Both {\n  from web_access\n  when method == \"GET\" and method == \"POST\"\n}\n"

func TestConfig(t *testing.T) {
	for _, tt := range []struct{ name, config, file, want string }{
		{"as it is", "", "a.det", "warning L612, error L100"},
		{"a level by code", "level L100 info", "a.det", "warning L612, info L100"},
		{"a level by name", "level never-true info # quieter", "a.det", "warning L612, info L100"},
		{"a level by category", "level dead info", "a.det", "warning L612, info L100"},
		{"what is said later wins", "level dead info\nlevel L100 warning", "a.det", "warning L612, warning L100"},
		{"off", `level L100 off because "an example"`, "a.det", "warning L612"},
		{"all off", `level all off because "an example"`, "a.det", ""},
		{"asked for", "level missing-id warning", "a.det", "warning L612, warning L702, error L100"},
		{"a category does not wake what is off", "level metadata warning", "a.det", "warning L612, error L100"},
		{"left out", `skip dead in "legacy/**" because "old"`, "legacy/x/a.det", "warning L612"},
		{"not left out elsewhere", `skip dead in "legacy/**" because "old"`, "new/a.det", "warning L612, error L100"},
		{"by file name", `skip all in "a*.det" because "old"`, "./new/a.det", ""},
		{"names", `name rule "[A-Z][a-z]+"`, "a.det", "error L100"},
	} {
		cfg, err := lint.ParseConfig(".detlint", tt.config)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := strings.Join(codes(tt.file, both, cfg), ", "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for config, want := range map[string]string{
		"level L100 off":             "say why it is off",
		"level L100 loud":            `"loud" is no level`,
		"level never-tru info":       "did you mean never-true?",
		"levels L100 info":           `"levels" is no setting`,
		`skip L100 in "x"`:           "say why it is left out",
		`name verb "x"`:              "verb has no names",
		`name rule "("`:              "missing closing",
		`level L100 off because "x`:  "a quote is never closed",
		"# fine\n\nlevel L100 quiet": ".detlint:3: ",
	} {
		if _, err := lint.ParseConfig(".detlint", config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", config, err, want)
		}
	}
}

// TestSilencers: where a comment reaches.
func TestSilencers(t *testing.T) {
	head := "import std.web\n\n"
	for _, tt := range []struct{ name, file, text, want string }{
		{"behind the line", "a.det", head + "rule a {\n  from web_access\n  when method == \"G\" and method == \"P\" // lint: ignore L100 because so\n}\n", ""},
		{"above the line", "a.det", head + "rule a {\n  from web_access\n  // lint: ignore never-true because so\n  when method == \"G\" and method == \"P\"\n}\n", ""},
		{"above the rule", "a.det", head + "// lint: ignore L100 because so\nrule a {\n  from web_access\n  when method == \"G\" and method == \"P\"\n}\n", ""},
		{"of a stage over lines", "a.det", head + "rule a {\n  from web_access\n  // lint: ignore L001 because so\n  when status == 200\n      and user == user\n}\n", ""},
		{"another lint", "a.det", head + "rule a {\n  from web_access\n  // lint: ignore L101 because so\n  when method == \"G\" and method == \"P\"\n}\n", "L902 L100"},
		{"another line", "a.det", head + "rule a {\n  // lint: ignore L100 because so\n  from web_access\n  when method == \"G\" and method == \"P\"\n}\n", "L902 L100"},
		{"two lints, one needed", "a.det", head + "rule a {\n  from web_access\n  // lint: ignore L100, L001 because so\n  when method == \"G\" and method == \"P\"\n}\n", "L902"},
		{"without a reason", "a.det", head + "rule a {\n  from web_access\n  // lint: ignore L100\n  when method == \"G\" and method == \"P\"\n}\n", "L900"},
		{"errors stay", "a.det", head + "// lint: ignore D0301 because so\nrule a {\n  from web_access\n  when methd == \"G\"\n}\n", "L901 D0301"},
		{"in YAML", "a.yml", "title: Shadow copies\nid: x1 # lint: ignore sigma-id-form because it is old\nstatus: test\nlevel: low\ndescription: Copies of the volume are deleted.\n" +
			"logsource:\n  category: process_creation\n  product: windows\ndetection:\n  a:\n    Image|endswith: \\vssadmin.exe\n  condition: a\n", ""},
		{"above a rule in YAML", "a.yml", "# lint: ignore L801 because it is old\ntitle: Shadow copies\nid: x1\nstatus: test\nlevel: low\ndescription: Copies of the volume are deleted.\n" +
			"logsource:\n  category: process_creation\n  product: windows\ndetection:\n  a:\n    Image|endswith: \\vssadmin.exe\n  condition: a\n", ""},
	} {
		var got []string
		for _, c := range codes(tt.file, tt.text, &lint.Config{}) {
			got = append(got, c[strings.IndexByte(c, ' ')+1:])
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.want)
		}
	}
}

// TestWhole: what exists nowhere is told only where the files are all there are.
func TestWhole(t *testing.T) {
	const text = "rule risky {\n  from risk\n  window 1d by entity { total = sum(score) }\n  when total > 10\n}\n"
	if got := codes("a.det", text, &lint.Config{}); len(got) > 0 {
		t.Errorf("a file alone earns %v", got)
	}
	if got := codes("a.det", text, &lint.Config{Whole: true}); strings.Join(got, " ") != "info L117" {
		t.Errorf("a whole set earns %v", got)
	}
}

// TestFixInYAML: an item of a list goes with its line, and nothing else does.
func TestFixInYAML(t *testing.T) {
	const text = "title: Archivers\nid: 0d1b0a62-3f0a-4d0c-9a4e-9b7c5c0c2f11\nstatus: test\nlevel: low\ndescription: A program that packs files.\n" +
		"logsource:\n  category: process_creation\n  product: windows\ndetection:\n  a:\n    CommandLine|contains:\n      - '.docx'\n      - .doc  # and .docm\n      - '.docm' # as well\n      - \".docs\"\n  condition: a\n"
	fixed, left, made := compiler.Fix([]*source.File{source.New("a.yml", text)}, compiler.Options{}, &lint.Config{})
	want := strings.Replace(strings.Replace(text, "      - '.docx'\n", "", 1), "      - \".docs\"\n", "", 1)
	if fixed[0].Text != want || made != 2 || len(left.All) != 1 {
		t.Errorf("%d fixes, %d findings left in\n%s", made, len(left.All), fixed[0].Text)
	}
}

// TestFixesInYAML: what a fix writes, and that the rule means what it meant: its
// plan is the same, metadata aside.
func TestFixesInYAML(t *testing.T) {
	rule := func(metadata, selection string) string {
		return "title: Shells\nid: 0d1b0a62-3f0a-4d0c-9a4e-9b7c5c0c2f11\nstatus: test\nlevel: low\ndescription: A shell that is started.\n" + metadata +
			"logsource:\n  category: process_creation\n  product: windows\ndetection:\n  a:\n" + selection + "  condition: a\n"
	}
	const image = "    Image|endswith: '\\cmd.exe'\n"
	for _, tt := range []struct{ name, before, after string }{
		{"stars before", rule("", "    Image|endswith: '*\\cmd.exe'\n"), rule("", image)},
		{"stars around", rule("", "    CommandLine|contains|all:\n      - \"*abc*\" # one\n      - '**def*'\n"), rule("", "    CommandLine|contains|all:\n      - \"*abc*\" # one\n      - 'def'\n")},
		{"stars around, alone", rule("", "    CommandLine|contains:\n      - \"*abc*\"\n      - '**def*'\n"), rule("", "    CommandLine|contains:\n      - \"abc\"\n      - 'def'\n")},
		{"a star behind a backslash", rule("", "    CommandLine|contains:\n      - '*abc\\**'\n"), ""},
		{"a star that is a keycap", rule("", "    CommandLine|contains:\n      - '*\ufe0f\u20e3'\n"), ""},
		{"a star in base64", rule("", "    CommandLine|base64offset|contains: '*abc'\n"), ""},
		{"an element twice", rule("", "    CommandLine|contains:\n      - 'abc'\n      - 'ABC'\n      - 'def'\n"), rule("", "    CommandLine|contains:\n      - 'abc'\n      - 'def'\n")},
		{"a revoked technique", rule("tags:\n  - 'attack.t1086'\n", image), rule("tags:\n  - 'attack.t1059.001'\n", image)},
		{"a technique beside its own", rule("tags:\n  - attack.t1059\n  - attack.t1059.001\n", image), rule("tags:\n  - attack.t1059.001\n", image)},
		{"a tag twice", rule("tags:\n  - attack.t1059.001\n  - cve.2021-44228\n  - attack.t1059.001\n", image), rule("tags:\n  - attack.t1059.001\n  - cve.2021-44228\n", image)},
		{"tags in brackets", rule("tags: [attack.t1059, attack.t1059.001]\n", image), ""},
		{"a date", rule("date: 2024/03/01\nmodified: '2024/03/02'\n", image), rule("date: 2024-03-01\nmodified: '2024-03-02'\n", image)},
		{"dashes and slashes", rule("", "    CommandLine|contains|windash:\n      - ' -a'\n      - ' -abc'\n"), ""},
	} {
		want := tt.after
		if want == "" {
			want = tt.before
		}
		fixed, _, _ := compiler.Fix([]*source.File{source.New("a.yml", tt.before)}, compiler.Options{}, &lint.Config{})
		if fixed[0].Text != want {
			t.Errorf("%s: gives\n%s", tt.name, fixed[0].Text)
		}
		if before, after := meaning(tt.before), meaning(fixed[0].Text); before != after && tt.name != "an element twice" { // of which one is left

			t.Errorf("%s: meant\n%s\nnow\n%s", tt.name, before, after)
		}
	}
}

// meaning is what a rule in YAML does, without its metadata.
func meaning(text string) string {
	var b strings.Builder
	for _, r := range compiler.Compile([]*source.File{source.New("a.yml", text)}, compiler.Options{}, &diag.List{}).Rules {
		for _, st := range r.Stages {
			if st.Cond != nil {
				b.WriteString(plan.String(st.Cond) + "\n")
			}
		}
	}
	return b.String()
}

// FuzzLint: whatever the files, linting and fixing end without a panic, and after
// fixes no less compiles.
func FuzzLint(f *testing.F) {
	for _, l := range lint.All() {
		f.Add(l.Avoid, l.Ext == ".yml")
	}
	f.Fuzz(func(t *testing.T, text string, yaml bool) {
		name := "fuzz.det"
		if yaml {
			name = "fuzz.yml"
		}
		files := []*source.File{source.New(name, text)}
		before := compiler.Lint(files, compiler.Options{}, &lint.Config{Whole: true})
		_, after, _ := compiler.Fix(files, compiler.Options{}, &lint.Config{Whole: true})
		n, m := 0, 0
		for _, d := range before.All {
			if d.Code[0] == 'D' && d.Severity == 0 {
				n++
			}
		}
		for _, d := range after.All {
			if d.Code[0] == 'D' && d.Severity == 0 {
				m++
			}
		}
		if m > n {
			t.Errorf("%d errors became %d", n, m)
		}
	})
}

// FuzzConfig: no configuration makes the parser panic.
func FuzzConfig(f *testing.F) {
	f.Add("level L100 off because \"x\"\nskip dead in \"a/**\" because \"y\"\nname rule \"[a-z]+\"")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := lint.ParseConfig(".detlint", text)
		if err == nil {
			codes("a/b.det", both, cfg)
		}
	})
}
