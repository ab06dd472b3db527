package det_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/runtime"
	reader "github.com/detlang/det/runtime/input"
)

// FuzzCompile gives any text as a rule file: it compiles, or there are diagnostics,
// and what compiles makes an engine and prints its plan.
func FuzzCompile(f *testing.F) {
	// The fuzzer makes what it finds smaller before it goes on, without counting the
	// tries: run it with -fuzzminimizetime 20x, and leave large seeds out.
	const largest = 4 << 10
	add := func(text string) {
		if len(text) <= largest {
			f.Add(text)
		}
	}
	examples, err := filepath.Glob("examples/*/rule.det")
	if err != nil {
		f.Fatal(err)
	}
	wrong, err := filepath.Glob("testdata/diag/*.det")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(examples, wrong...) {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		add(string(text))
	}
	goldens, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range goldens {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if file.Name == "rule.det" {
				add(string(file.Data))
			}
		}
	}
	for _, c := range diag.Codes {
		add(c.Wrong)
		add(c.Right)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// In a folder that is not there, so that a rule finds no files to read, and
		// no time goes into making one.
		rules, _ := det.Compiler{}.Sources(det.Source{Name: filepath.Join("no such folder", "rule.det"), Text: text})
		rules.Plan(discard{})
		e, err := rules.NewEngine(det.EngineOptions{})
		if err != nil {
			t.Fatalf("what compiled makes no engine: %v\n%s", err, text)
		}
		e.Close()
	})
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// FuzzRun reads any bytes as events in a text format. There is no error but that the
// file cannot be read, what is told of is counted, and all memory is given back.
func FuzzRun(f *testing.F) {
	for _, seed := range []string{
		"", "{", "null\n", "[{}]", "{\"time\":\"2024-03-01T10:00:00Z\",\"user\":\"ann\",\"n\":1}\n{\"time\":1709287200,\"user\":[7]}",
		"{\"time\":\"2999-01-01T00:00:00Z\"}\n{\"time\":\"0001-01-01T00:00:00Z\",\"user\":\"\xff\"}",
		"time,user,n,f,from_ip\n2024-03-01T10:00:00Z,ann,1,1.5,10.0.0.1\n2024-03-01T10:00:01Z,\"a\"\"b\nc\",,,::1\n,,,,",
		"time\n9223372036854775807\n-9223372036854775808\n1e18", "\x1f\x8b\x08\x00", "\xef\xbb\xbftime,user\n",
	} {
		for format := range byte(3) {
			f.Add([]byte(seed), format)
		}
	}
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: seenRule})
	if diags.Errors() > 0 {
		f.Fatal(&det.CompileError{Diagnostics: diags})
	}
	f.Fuzz(func(t *testing.T, data []byte, format byte) {
		path := filepath.Join(t.TempDir(), "events")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		defer mem.AssertSize(t, 0)
		counted, told := int64(0), int64(0)
		stats, err := rules.Run(context.Background(), det.RunOptions{
			Inputs: []string{path}, Format: []string{"ndjson", "json", "csv"}[format%3], Alloc: mem,
			Alerts: func(list []runtime.Alert) error { return nil },
			Reject: func(reader.Reject) { told++ },
		})
		for _, c := range stats.Rejected {
			counted += c.N
		}
		if counted != told {
			t.Errorf("%d rejects were counted, and %d told", counted, told)
		}
		if unreadable := new(det.InputError); err != nil && !errors.As(err, &unreadable) {
			t.Errorf("the error is not of the input: %v", err)
		}
	})
}
