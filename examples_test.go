package det_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// TestExamples runs every example over its input and holds its alerts against the
// wanted ones, which were computed independently: there must be as many, and each
// must have the rule, the time, the keys and the values that are written down.
func TestExamples(t *testing.T) {
	rules, err := filepath.Glob("examples/*/rule.det")
	if err != nil || len(rules) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range rules {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			want := readLines(t, filepath.Join(dir, "want", "alerts.ndjson"))
			rs, err := det.Compile(path)
			if err != nil {
				t.Fatal(err)
			}
			var got []map[string]any
			_, err = rs.Run(context.Background(), det.RunOptions{
				Inputs: []string{filepath.Join(dir, "input")},
				Alerts: func(list []runtime.Alert) error {
					for i := range list {
						got = append(got, decode(t, output.AppendJSON(nil, &list[i])))
					}
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range want {
				i := slices.IndexFunc(got, func(g map[string]any) bool { return differs(w, g) == "" })
				if i < 0 {
					t.Errorf("missing: %v", w)
					continue
				}
				got = slices.Delete(got, i, i+1)
			}
			for _, g := range got {
				if slices.ContainsFunc(want, func(w map[string]any) bool { return w["rule"] == g["rule"] }) {
					delete(g, "evidence")
					t.Errorf("not wanted: %v", g)
				}
			}
		})
	}
}

// TestExamplesTogether compiles the whole folder as one set.
func TestExamplesTogether(t *testing.T) {
	files, err := filepath.Glob("examples/*/rule.det")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	if _, diags, err := (det.Compiler{}).Files(files...); err != nil || len(diags.All) > 0 {
		t.Errorf("%v\n%s", err, render(diags))
	}
}

func readLines(t *testing.T, name string) []map[string]any {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for sc := bufio.NewScanner(bytes.NewReader(data)); sc.Scan(); {
		if len(bytes.TrimSpace(sc.Bytes())) > 0 {
			out = append(out, decode(t, sc.Bytes()))
		}
	}
	return out
}

func decode(t *testing.T, line []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	return m
}

// differs tells the first place where got does not have what want says; numbers
// may differ by one part in a billion, and got may have more.
func differs(want, got any) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", got)
		}
		for name, v := range w {
			if d := differs(v, g[name]); d != "" {
				return name + ": " + d
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Sprintf("%v instead of %v", got, want)
		}
		for i := range w {
			if d := differs(w[i], g[i]); d != "" {
				return fmt.Sprintf("[%d]: %s", i, d)
			}
		}
		return ""
	case float64:
		g, ok := got.(float64)
		if !ok || math.Abs(g-w) > 1e-9*math.Max(1, math.Abs(w)) {
			return fmt.Sprintf("%v instead of %v", got, want)
		}
		return ""
	}
	if want != got {
		return fmt.Sprintf("%v instead of %v", got, want)
	}
	return ""
}
