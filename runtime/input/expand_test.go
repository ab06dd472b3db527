package input

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpand(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	for _, f := range []string{"b.ndjson", "a.json", "c.csv.gz", "notes.txt", "logs/x.log", "logs/2024/y.jsonl.zst", "logs/2024/03/z.json", ".hidden/h.json", "logs/.k.json"} {
		if err := os.MkdirAll(filepath.Dir(f), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("empty", 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		patterns, want string // "error: part" for an error
	}{
		{"-", "-"},
		{"notes.txt", "notes.txt"},
		{"b.ndjson a.json b.ndjson", "b.ndjson a.json"},
		{".", "a.json b.ndjson c.csv.gz logs/2024/03/z.json logs/2024/y.jsonl.zst logs/x.log"},
		{"logs/", "logs/2024/03/z.json logs/2024/y.jsonl.zst logs/x.log"},
		{"*.json", "a.json"},
		{"*", "a.json b.ndjson c.csv.gz notes.txt"},
		{"**", "a.json b.ndjson c.csv.gz logs/2024/03/z.json logs/2024/y.jsonl.zst logs/x.log notes.txt"},
		{"**/*.json", "a.json logs/2024/03/z.json"},
		{"logs/**/z.json", "logs/2024/03/z.json"},
		{"logs/*/y*", "logs/2024/y.jsonl.zst"},
		{"logs/.*", "logs/.k.json"},
		{"[ab].*json", "a.json b.ndjson"},
		{root + "/l?gs/*.log", root + "/logs/x.log"},
		{"absent.json", "error: absent.json"},
		{"*.xml", "error: no file matches *.xml"},
		{"absent/*.json", "error: no file matches absent/*.json"},
		{"empty", "error: no file below empty has a known suffix (."},
		{"[", "error: syntax error in pattern"},
	}
	for _, tt := range tests {
		got, err := Expand(strings.Fields(tt.patterns))
		if part, bad := strings.CutPrefix(tt.want, "error: "); bad {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v, error %v, want %q", tt.patterns, got, err, part)
			}
			continue
		}
		if d := cmp.Diff(strings.Fields(tt.want), got); d != "" || err != nil {
			t.Errorf("%s: error %v (-want +got)\n%s", tt.patterns, err, d)
		}
	}
}
