package examples

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det/examples/company"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

var update = flag.Bool("update", false, "write the inputs anew")

// inputs are the tables that each example reads, and for how many days.
var inputs = []struct {
	dir    string
	days   int
	tables []string
}{
	{"01_pattern", 7, []string{"process_creation"}},
	{"02_threshold", 4, []string{"web_access"}},
	{"03_peers", 10, []string{"authentication"}},
	{"04_own_history", 90, []string{"authentication"}},
	{"05_trend_ratio", 90, []string{"authentication"}},
	{"06_risk", 20, []string{"antivirus", "document_opened", "email_sent", "url_filter"}},
	{"07_risk_baseline", 63, []string{"antivirus", "document_opened", "url_filter"}},
	{"08_sequence", 8, []string{"web_access"}},
	{"09_first_seen", 45, []string{"process_creation"}},
}

// seed and scale are those of all inputs.
const (
	seed  = 1
	scale = 0.1
)

// buffer is a table in memory.
type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

// TestInputsAreWhatTheGeneratorMakes compares what is inside the compressed files,
// since another version of the compressor may write other bytes.
func TestInputsAreWhatTheGeneratorMakes(t *testing.T) {
	for _, in := range inputs {
		made := map[string]*buffer{}
		err := company.Generate(func(table string) (io.WriteCloser, error) {
			if !slices.Contains(in.tables, table) {
				return nil, nil
			}
			made[table] = new(buffer)
			return made[table], nil
		}, company.Options{Seed: seed, Days: in.days, Scale: scale})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range in.tables {
			name := filepath.Join(in.dir, "input", company.FileName(table)+".gz")
			if *update {
				compress(t, name, made[table].Bytes())
			}
			if got := decompress(t, name); !bytes.Equal(got, made[table].Bytes()) {
				t.Errorf("%s is not what the generator makes; go test ./examples -update writes it anew", name)
			}
		}
	}
}

func compress(t *testing.T, name string, text []byte) {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(name), 0o755)
	}
	if err == nil {
		err = os.WriteFile(name, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func decompress(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestFoldersAreWhole reads every example as users of the package get it.
func TestFoldersAreWhole(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(inputs) {
		t.Fatalf("%d examples, want %d", len(all), len(inputs))
	}
	size := int64(0)
	for i, e := range all {
		if e.Dir != inputs[i].dir || e.Title == "" || len(e.Inputs) != len(inputs[i].tables) {
			t.Errorf("%+v does not fit %+v", e, inputs[i])
		}
		for _, in := range e.Inputs {
			info, err := fs.Stat(Files(), in)
			if err != nil {
				t.Fatal(err)
			}
			size += info.Size()
		}
		rules := ruleNames(t, e.Rule)
		for n, line := range strings.Split(strings.TrimSpace(read(t, e.Want)), "\n") {
			var alert wanted
			if err := json.Unmarshal([]byte(line), &alert); err != nil {
				t.Errorf("%s:%d: %v", e.Want, n+1, err)
			}
			if !slices.Contains(rules, alert.Rule) || alert.Time.IsZero() || alert.Keys == nil || alert.Values == nil {
				t.Errorf("%s:%d: not a wanted alert of %v: %s", e.Want, n+1, rules, line)
			}
		}
	}
	if size > 2_000_000 {
		t.Errorf("the inputs take %d bytes, more than 2 MB", size)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := fs.ReadFile(Files(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ruleNames parses a rule file and lists its rules.
func ruleNames(t *testing.T, name string) []string {
	t.Helper()
	var diags diag.List
	tree := lang.Parse(source.New(name, read(t, name)), &diags)
	if len(diags.All) > 0 {
		t.Errorf("%s: %s: %s", name, diags.All[0].Span, diags.All[0].Message)
	}
	var names []string
	for _, d := range tree.Decls {
		if b, ok := d.(*ast.Block); ok && b.Keyword.Name == "rule" {
			names = append(names, b.Name.Name)
		}
	}
	return names
}
