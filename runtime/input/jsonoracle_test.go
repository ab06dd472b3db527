package input

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fastjson"
	"pgregory.net/rapid"
)

// validJSON reports whether a text is one JSON value, as the scanner sees it.
func validJSON(text []byte) bool {
	s := scanner{b: append(bytes.Clone(text), make([]byte, padding)...), end: len(text)}
	i := s.value(s.space(0), 0)
	return i >= 0 && s.space(i) == s.end
}

// JSONTestSuite: y_ must be accepted, n_ refused, i_ is free. A file that holds
// no record (a scalar, or an array of something else) gives rejects all the
// same, so acceptance is asked of the scanner and of the reader both.
func TestJSONSuite(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shared(t, "json"), "test_parsing", "*.json"))
	if len(files) < 300 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		valid := validJSON(text)
		if name[0] == 'y' && !valid || name[0] == 'n' && valid {
			t.Errorf("%s: valid is %v", name, valid)
		}
		got, err := drain(t, request("a string", "b int[]"), func(req Request) (Stream, error) {
			return OpenPath(context.Background(), file, "json", req)
		})
		// Space alone is no document, but it is a file without records.
		clean := err == nil && len(got.rejects) == 0 && len(textHead(text)) > 0
		switch {
		case name[0] == 'n' && clean:
			t.Errorf("%s is read as %v", name, got.rows)
		case name[0] == 'y' && !clean && text[0] == '{':
			t.Errorf("%s is refused: %v %v", name, got.rejects, err)
		}
	}
}

// wantJSON is what a column should hold, by encoding/json.
func wantJSON(record []byte, c Column) any {
	for _, path := range pathsOf(c) {
		var items []any
		present := false
		for _, raw := range findJSON(record, path) {
			switch {
			case string(raw) == "null":
				continue
			case c.Type.Kind.String() != "list":
				return wantText(raw)
			case raw[0] != '[':
				items = append(items, wantText(raw))
			default:
				var elements []json.RawMessage
				_ = json.Unmarshal(raw, &elements)
				for _, e := range elements {
					items = append(items, wantText(e))
				}
			}
			present = true
		}
		if present {
			return append([]any{}, items...)
		}
	}
	return nil
}

// findJSON gives the values at a path, through the elements of arrays.
func findJSON(raw json.RawMessage, path []string) []json.RawMessage {
	if len(path) == 0 {
		return []json.RawMessage{raw}
	}
	var object map[string]json.RawMessage
	if raw[0] == '{' && json.Unmarshal(raw, &object) == nil {
		if inner, ok := object[path[0]]; ok {
			return findJSON(inner, path[1:])
		}
	}
	var out, elements []json.RawMessage
	if raw[0] == '[' && json.Unmarshal(raw, &elements) == nil {
		for _, e := range elements {
			out = append(out, findJSON(e, path)...)
		}
	}
	return out
}

func wantText(raw json.RawMessage) any {
	switch raw[0] {
	case 'n':
		return nil
	case '"':
		var s string
		_ = json.Unmarshal(raw, &s)
		return s
	}
	var b bytes.Buffer
	_ = json.Compact(&b, raw)
	return b.String()
}

// genJSON draws JSON text, with field names a and b often, so that paths meet.
func genJSON(t *rapid.T, depth int, object bool) string {
	space := func() string { return rapid.SampledFrom([]string{"", "", "", " ", "\n\t "}).Draw(t, "space") }
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth <= 0 {
		kind %= 6
	}
	if object {
		kind = 6
	}
	switch {
	case kind == 0:
		return rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word")
	case kind == 1:
		return rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?([eE][+-]?[0-9])?`).Draw(t, "number")
	case kind < 6:
		s := rapid.StringOf(rapid.RuneFrom([]rune("ab\"\\/\n\x01é😀"))).Draw(t, "text")
		b, _ := json.Marshal(s)
		if rapid.Bool().Draw(t, "escape more") {
			return strings.ReplaceAll(strings.ReplaceAll(string(b), "😀", `\uD83d\ude00`), "a", `\u0061`)
		}
		return string(b)
	case kind < 9:
		var members []string
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			name := rapid.SampledFrom([]string{`"a"`, `"b"`, `"c"`, `"\u0061"`, `"long field name"`, `"a.b"`}).Draw(t, "name")
			members = append(members, space()+name+space()+":"+space()+genJSON(t, depth-1, false)+space())
		}
		return "{" + strings.Join(members, ",") + space() + "}"
	}
	var elements []string
	for range rapid.IntRange(0, 3).Draw(t, "elements") {
		elements = append(elements, space()+genJSON(t, depth-1, false)+space())
	}
	return "[" + strings.Join(elements, ",") + space() + "]"
}

func TestJSONAgainstLibrary(t *testing.T) {
	req := request("a string", "ab string a.b", "aba string a.b.a", "a.b string", "bs string[] b", "abs string[] a.b", "either string c|a|b")
	rapid.Check(t, func(r *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) string { return genJSON(r, 4, true) }), 1, 5).Draw(r, "records")
		var want [][]any
		for _, rec := range records {
			var row []any
			for _, c := range req.Columns {
				row = append(row, wantJSON([]byte(rec), c))
			}
			want = append(want, row)
		}
		layouts := map[string]string{
			"ndjson": strings.Join(records, rapid.SampledFrom([]string{"", "\n", "\r\n", " "}).Draw(r, "between")),
			"json":   "[" + strings.Join(records, " ,\n") + "]",
		}
		for format, text := range layouts {
			got := readText(t, format, text, req)
			if d := cmp.Diff(want, got.rows); d != "" || len(got.rejects) != 0 {
				r.Fatalf("%s %q: rejects %v, rows (-want +got)\n%s", format, text, got.rejects, d)
			}
		}
	})
}

// fastjson as a third opinion, on flat records of text.
func TestJSONAgainstFastJSON(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		fields := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), rapid.String(), 1, 5).Draw(r, "fields")
		rec, err := json.Marshal(fields)
		if err != nil {
			r.Skip()
		}
		v, err := fastjson.ParseBytes(rec)
		if err != nil {
			r.Skip()
		}
		got := readText(t, "ndjson", string(rec), request("a string", "c string", "e string"))
		for i, name := range []string{"a", "c", "e"} {
			var want any
			if v.Exists(name) {
				want = string(v.GetStringBytes(name))
			}
			if got.rows[0][i] != want {
				r.Fatalf("%s of %s is %q, want %q", name, rec, got.rows[0][i], want)
			}
		}
	})
}

func FuzzNDJSON(f *testing.F) {
	for _, s := range []string{
		"", "{}", "{\"a\":1}\n{\"a\":[{\"b\":2}]}\n", "{\"a\":\"\\ud800\\u0041\"}", "[{\"a\":1},{\"a\":2]", "{\"Records\":[{\"a\":1}],\"x\":{}}",
		"{\"a\":1,\n{\"a\":2}", "\xEF\xBB\xBF{\"a\" : -1.5e3}", "{\"a\":{\"a\":{\"a\":[[[]]]}}}", "{\"hits\":{\"hits\":[{\"_source\":{\"a\":1}}]}}", "{\"a\":\"x\x00", "{\"a\":1}}\n{\"a\":1,\"a\":null}",
	} {
		f.Add([]byte(s))
	}
	req := request("a string", "b int a.b", "c float[] a.b")
	f.Fuzz(func(t *testing.T, text []byte) {
		if valid := json.Valid(text); validJSON(text) != valid && bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) < maxDepth {
			t.Fatalf("%q: valid is %v by encoding/json", text, valid)
		}
		for _, open := range []func(context.Context, *File, Request) (Stream, error){OpenNDJSON, OpenJSON} {
			one, oneErr := drain(t, req, func(req Request) (Stream, error) { return open(context.Background(), memoryFile(string(text)), req) })
			small := req
			small.BatchRows = 1
			two, twoErr := drain(t, small, func(req Request) (Stream, error) { return open(context.Background(), memoryFile(string(text)), req) })
			if (oneErr == nil) != (twoErr == nil) || fmt.Sprint(one.rows, one.rejects) != fmt.Sprint(two.rows, two.rejects) {
				t.Fatalf("%q differs by batch size: %v %v, %v %v", text, one, oneErr, two, twoErr)
			}
		}
		lines := bytes.Split(text, newline)
		var want int
		for _, l := range lines {
			l = bytes.TrimSpace(l)
			if len(l) == 0 {
				continue
			}
			if l[0] != '{' || !json.Valid(l) {
				return
			}
			want++
		}
		if got, err := drain(t, req, func(req Request) (Stream, error) {
			return OpenNDJSON(context.Background(), memoryFile(string(text)), req)
		}); err == nil && len(got.rows) != want {
			t.Fatalf("%q: %d rows, want %d, rejects %v", text, len(got.rows), want, got.rejects)
		} else if err == nil {
			thrice := strings.Repeat(string(text)+"\n", 3) // by then texts are remembered
			again := readText(t, "ndjson", thrice, req)
			if fmt.Sprint(again.rows) != fmt.Sprint(append(append(slices.Clone(got.rows), got.rows...), got.rows...)) {
				t.Fatalf("%q thrice: %v, want %v", text, again.rows, got.rows)
			}
		}
	})
}
