package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	reader "github.com/detlang/det/runtime/input"
)

// TestLatenessOfFiles reads files as streams with five minutes of lateness: which
// rows are late follows from each file by itself, for any order of the files and any
// size of batches, and the alerts are those of one stream in order.
func TestLatenessOfFiles(t *testing.T) {
	const rule = `
schema event {
  time timestamp
  user string
}

rule all {
  from event
  window 10m by user { n = count() }
  when n > 0
}
`
	file := func(minutes ...int) string {
		var b strings.Builder
		for _, m := range minutes {
			fmt.Fprintf(&b, "{\"time\":%q,\"user\":\"ann\"}\n", time.Date(2024, 3, 1, 10, m, 0, 0, time.UTC).Format(time.RFC3339))
		}
		return b.String()
	}
	tests := []struct {
		name   string
		files  []string
		late   string // file and row
		counts string // of each window
	}{
		{"one file in order", []string{file(0, 5, 12, 25)}, "[]", "[2 1 1]"},
		{"one file, a row late", []string{file(0, 12, 8, 6, 25)}, "[0:3]", "[2 1 1]"},
		{"two files of one time", []string{file(0, 5, 12, 25), file(1, 6, 13, 26)}, "[]", "[4 2 2]"},
		{"one after the other", []string{file(0, 5, 12), file(25, 35, 45)}, "[]", "[2 1 1 1 1]"},
		{"one far behind", []string{file(40, 45, 50), file(0, 5, 12, 6)}, "[1:3]", "[2 1 2 1]"},
		{"late in each", []string{file(40, 30, 50), file(0, 12, 2)}, "[0:1 1:2]", "[1 1 1 1]"},
		{"an empty one", []string{"", file(0, 5)}, "[]", "[2]"},
	}
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: rule})
	if diags.Errors() > 0 {
		t.Fatal(render(diags))
	}
	for _, tt := range tests {
		for _, batch := range []int{1, 2, 100} {
			for _, backwards := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, batches of %d, backwards %t", tt.name, batch, backwards), func(t *testing.T) {
					dir := t.TempDir()
					var inputs []string
					for i, text := range tt.files {
						name := filepath.Join(dir, fmt.Sprint(i, ".ndjson"))
						if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
							t.Fatal(err)
						}
						inputs = append(inputs, name)
					}
					if backwards {
						slices.Reverse(inputs)
					}
					lateness := 5 * time.Minute
					late, counts := []string{}, []any{}
					_, err := rules.Run(context.Background(), det.RunOptions{
						Inputs: inputs, Lateness: &lateness, BatchRows: batch,
						Alerts: func(list []runtime.Alert) error {
							for _, a := range list {
								counts = append(counts, a.Values[0].Value)
							}
							return nil
						},
						Reject: func(r reader.Reject) {
							late = append(late, fmt.Sprintf("%c:%d", filepath.Base(r.Source)[0], r.Row))
						},
					})
					if err != nil {
						t.Fatal(err)
					}
					slices.Sort(late)
					if fmt.Sprint(late) != tt.late || fmt.Sprint(counts) != tt.counts {
						t.Errorf("late are %v, the windows count %v; want %s and %s", late, counts, tt.late, tt.counts)
					}
				})
			}
		}
	}
}
