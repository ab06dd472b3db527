package det_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/detlang/det"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/runtime"
)

// TestSigmaTimelines runs the files of testdata/sigma: Sigma rules, and timelines
// of events with the alerts that they must give. An event is a line of its time and
// its fields; one that names no channel is of the channel Security:
//
//	08:00:05 EventID=4625 User="ann lee"
//
// An alert is a line of its time, its rule and its keys. Each timeline runs as it
// stands, without optimisation, event by event, and with its lines turned around.
func TestSigmaTimelines(t *testing.T) {
	files, err := filepath.Glob("testdata/sigma/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no timelines: %v", err)
	}
	timelines := 0
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources := []det.Source{}
		parts := map[string]string{}
		for _, f := range a.Files {
			parts[f.Name] = string(f.Data)
			if ext := filepath.Ext(f.Name); ext == ".yml" || ext == ".det" {
				sources = append(sources, det.Source{Name: f.Name, Text: string(f.Data)})
			}
		}
		optimised, diags := det.Compiler{}.Sources(sources...)
		var told strings.Builder
		for _, d := range diags.All {
			if d.Severity != diag.Info {
				diag.Render(&told, &diag.List{All: []diag.Diagnostic{d}}, diag.Options{})
			}
		}
		if told.Len() > 0 {
			t.Errorf("%s: %s", name, told.String())
			continue
		}
		plain, _ := det.Compiler{NoOptimise: true}.Sources(sources...)
		imported := importedRules(t, sources)
		for _, f := range a.Files {
			title, ok := strings.CutSuffix(f.Name, ".events")
			if !ok {
				continue
			}
			timelines++
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+title, func(t *testing.T) {
				events := timeline(t, string(f.Data))
				want, has := parts[title+".want"]
				if !has {
					t.Fatal("it does not say which alerts it wants")
				}
				for _, how := range []struct {
					name  string
					rules *det.Ruleset
					batch int
					turn  bool
				}{{"", optimised, 0, false}, {"not optimised: ", plain, 0, false}, {"one by one: ", optimised, 1, false}, {"imported: ", imported, 0, false}, {"turned around: ", optimised, 2, true}} {
					if diff := cmp.Diff(want, alertLines(t, how.rules, events, how.batch, how.turn)); diff != "" {
						t.Errorf("%s(-want +got)\n%s", how.name, diff)
					}
				}
			})
		}
	}
	if timelines < 60 {
		t.Errorf("there are %d timelines", timelines)
	}
}

// importedRules compiles what rules mean in the language, written out.
func importedRules(t *testing.T, sources []det.Source) *det.Ruleset {
	t.Helper()
	var files []*source.File
	var others []*ast.File
	var written []det.Source
	for _, s := range sources {
		if f := source.New(s.Name, s.Text); filepath.Ext(s.Name) == ".det" {
			others = append(others, lang.Parse(f, &diag.List{}))
			written = append(written, s)
		} else {
			files = append(files, f)
		}
	}
	for i, text := range lang.ImportSigma(files, others, &diag.List{}) {
		name := files[i].Name + ".det"
		if text == "" {
			continue // filters only
		}
		if canonical, _ := lang.Format(source.New(name, text), &diag.List{}); canonical != text {
			t.Errorf("%s is not in canonical form", name)
		}
		written = append(written, det.Source{Name: name, Text: text})
	}
	rules, diags := det.Compiler{}.Sources(written...)
	for _, d := range diags.All {
		if d.Severity == diag.Error {
			t.Errorf("imported: %s: %s %s", d.Span, d.Code, d.Message)
		}
	}
	return rules
}

// timeline reads the events of a timeline as lines of JSON.
func timeline(t *testing.T, text string) []string {
	var out []string
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := cut(line)
		if len(words) == 0 {
			continue
		}
		event := map[string]any{"Channel": "Security", "@timestamp": "2024-03-01T" + words[0] + "Z", "n": i}
		if strings.Contains(words[0], "T") {
			event["@timestamp"] = words[0]
		}
		for _, w := range words[1:] {
			k, v, ok := strings.Cut(w, "=")
			if !ok {
				t.Fatalf("%q is no field of an event", w)
			}
			event[k] = strings.Trim(v, `"`)
		}
		b, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

// cut divides a line at its spaces, but not within quotes.
func cut(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(c rune) bool {
		if c == '"' {
			quoted = !quoted
		}
		return c == ' ' && !quoted
	})
}

// alertLines runs rules over events and gives a line for each alert, sorted.
func alertLines(t *testing.T, rules *det.Ruleset, events []string, batch int, turn bool) string {
	t.Helper()
	if events = slices.Clone(events); turn {
		slices.Reverse(events)
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(file, []byte(strings.Join(events, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var lines []string
	_, err := rules.Run(context.Background(), det.RunOptions{Inputs: []string{file}, BatchRows: batch, Alerts: func(list []runtime.Alert) error {
		for i := range list {
			lines = append(lines, alertLine(&list[i]))
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func alertLine(a *runtime.Alert) string {
	var b strings.Builder
	when := strings.TrimSuffix(strings.TrimPrefix(runtime.FormatTime(a.Time), "2024-03-01T"), "Z")
	fmt.Fprintf(&b, "%s %s", when, a.Rule)
	for _, k := range a.Keys {
		fmt.Fprintf(&b, " %s=%s", k.Name, runtime.FormatValue(k.Value, k.Kind))
	}
	return b.String() + "\n"
}
