package output

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
)

func alertSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("alert.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("alert.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestJSONSchema holds the lines of the writer against the schema that ships.
func TestJSONSchema(t *testing.T) {
	schema := alertSchema(t)
	lines := bytes.Split(bytes.TrimSpace(written(t, "ndjson", Options{})), []byte("\n"))
	if len(lines) != len(alerts()) {
		t.Fatalf("%d lines for %d alerts", len(lines), len(alerts()))
	}
	for _, line := range lines {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%v in %s", err, line)
		}
	}
}

// TestJSON holds one alert against the text that other programs rely on.
func TestJSON(t *testing.T) {
	list := alerts()
	got := string(AppendJSON(nil, &list[0]))
	want := `{"id":"00112233445566778899aabbccddeeff","rule":"full","rule_id":"7a1d6b0e","level":"high","title":"3 failed logins of ann",` +
		`"time":"2024-03-01T10:00:00Z","window_start":"2024-03-01T09:00:00Z","window_end":"2024-03-01T10:00:00Z",` +
		`"keys":{"user":"ann","source":"2001:db8::1"},` +
		`"values":{"failed":9007199254740993,"z":3.25,"usual":null,"warm":true,"first":"2024-03-01T10:00:00.000001Z","spread":"1m30s","hosts":["a","b,c",null]},` +
		`"evidence":[{"source":"auth.ndjson","row":7,"time":"2024-03-01T09:59:59.999999Z","fields":{"outcome":"DENIED"}},{"source":"auth.ndjson","row":9,"time":"2024-03-01T10:00:00Z","fields":{}}],` +
		`"attack":["T1110.003","T1078","TA0006"],` +
		`"risk":[{"entity_type":"user","entity":"ann","score":40.5,"category":"login","stage":"credential_access"}],` +
		`"suppressed":2,"partial":true}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// FuzzAppendJSON puts any text and numbers in every place of an alert: the line is
// one valid document, and the text comes back.
func FuzzAppendJSON(f *testing.F) {
	for _, s := range []string{"", "ann", "\"\\\n\r\t\x00\x1f\x7f", "\xff\xfe", "\u2028\u2029\ufffd", "日本語", "\U0001f600", "</script>"} {
		f.Add(s, int64(len(s)), 0.1)
	}
	f.Add("x", int64(-1<<63), 1e300)
	f.Fuzz(func(t *testing.T, text string, n int64, x float64) {
		named := []runtime.Named{
			{Name: text, Kind: types.String, Value: text}, {Name: "n", Kind: types.Int, Value: n},
			{Name: "x", Kind: types.Float, Value: x}, {Name: "list", Kind: types.List, Value: []any{text, n, x, nil}},
		}
		a := runtime.Alert{
			ID: text, Rule: text, RuleID: text, Level: text, Title: text, Time: n % (1 << 60), Keys: named, Values: named,
			Evidence: []runtime.Event{{Source: text, Row: n, Fields: named}}, Attack: []string{text},
			Risk: []runtime.Risk{{EntityType: text, Entity: text, Score: x, Category: text, Stage: text}}, Suppressed: n,
		}
		line := AppendJSON(nil, &a)
		if bytes.ContainsAny(line, "\n\r") {
			t.Errorf("more than a line: %q", line)
		}
		var doc struct {
			Title  string
			Values map[string]any
		}
		if err := json.Unmarshal(line, &doc); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); !sameText(doc.Title, want) {
			t.Errorf("%q came back as %q", text, doc.Title)
		}
	})
}

// sameText compares texts of which one has U+FFFD for a run of bytes and the other
// for each byte.
func sameText(a, b string) bool {
	fold := func(s string) string {
		for strings.Contains(s, "\ufffd\ufffd") {
			s = strings.ReplaceAll(s, "\ufffd\ufffd", "\ufffd")
		}
		return s
	}
	return fold(a) == fold(b)
}
