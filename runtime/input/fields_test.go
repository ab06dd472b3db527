package input

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/google/go-cmp/cmp"
)

func TestFields(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"ndjson", "x.ndjson", "{\"a\":1,\"b\":{\"c\":[{\"d\":1},{\"e\":{}}],\"f\":\"a\"}}\n{\"g\":[[1,\"x\"]],\"h\":null}\n", "a b b.c b.c.d b.c.e b.f g h"},
		{"cut in a record", "x.ndjson", "{\"a\":1}\n{\"b\":1,\"c\":{\"d\":\"", "a b c c.d"},
		{"an array", "x.json", "[{\"a\":1},{\"b\":2}]", "a b"},
		{"an envelope", "x.json", "{\"Records\":[{\"a\":{\"b\":2}}]}", "a a.b"},
		{"an envelope of two", "x.json", "{\"took\":1,\"hits\":{\"hits\":[{\"_id\":1,\"_source\":{\"a\":{\"b\":2}}}]}}", "_id _source a a.b"},
		{"csv", "x.csv", "b;a;a;c d\n1;2;3;4\n", "a a_2 b c d"},
		{"combined", "x.log", "10.0.0.1 - - [01/Mar/2024:08:00:00 +0000] \"GET / HTTP/1.1\" 200 1\n", "auth bytes clientip ident method path protocol query referrer request status time uri useragent"},
		{"nothing", "x.csv", "", ""},
		{"no file", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "none")
			if tt.file != "" {
				path = filepath.Join(t.TempDir(), tt.file)
				if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := strings.Join(Fields(context.Background(), path, ""), " ")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("fields (-want +got)\n%s", d)
			}
		})
	}
}

// TestFieldsOfSchema names the fields of formats that have a schema.
func TestFieldsOfSchema(t *testing.T) {
	type inner struct{ C string }
	type outer struct {
		A int64
		B inner
	}
	var arrowFile bytes.Buffer
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "A", Type: arrow.PrimitiveTypes.Int64},
		{Name: "B", Type: arrow.StructOf(arrow.Field{Name: "C", Type: arrow.BinaryTypes.String})},
	}, nil)
	if err := ipc.NewWriter(&arrowFile, ipc.WithSchema(schema)).Close(); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"x.parquet": writeParquet(t, []outer{{1, inner{"x"}}}),
		"x.arrow":   arrowFile.Bytes(),
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(Fields(context.Background(), path, ""), " "); got != "A B B.C" {
			t.Errorf("%s has the fields %s", name, got)
		}
	}
}

// TestFieldsOfDeepText walks text that nests as deep as it is long.
func TestFieldsOfDeepText(t *testing.T) {
	found := map[string]bool{}
	fieldsOf(json.NewDecoder(strings.NewReader(strings.Repeat("{\"a\":[", 9_000))), found)
	if len(found) == 0 || len(found) > maxName {
		t.Errorf("%d names", len(found))
	}
}
