package input

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCSV(t *testing.T) {
	abc := request("a string", "b int", "c string")
	tests := []struct {
		name, text    string
		req           Request
		rows, rejects string
	}{
		{"plain", "a,b,c\nx,1,y\n", abc, "[[x 1 y]]", "[]"},
		{"no newline at the end", "a,b,c\r\nx,1,y", abc, "[[x 1 y]]", "[]"},
		{"no newline behind a quote", "a,b,c\r\nx,1,\"y\"", abc, "[[x 1 y]]", "[]"},
		{"header only", "a,b,c\n", abc, "[]", "[]"},
		{"empty", "", abc, "[]", "[]"},
		{"byte order mark", "\xEF\xBB\xBF\"a\",b,c\nx,1,y\n", abc, "[[x 1 y]]", "[]"},
		{"empty and missing", "a,b,c\n\"\",\"\",\n", abc, "[[ <nil> <nil>]]", "[]"},
		{"quotes", "a,b,c\n\"x,\"\"y\"\"\n\",1,\"\"\"\"\n", abc, "[[x,\"y\"\n 1 \"]]", "[]"},
		{"newlines in quotes", "a,b,c\n\"x\r\ny\n\",1,z\n", abc, "[[x\r\ny\n 1 z]]", "[]"},
		{"quote inside a cell", "a,b,c\nx \"y\" z,1,5\"\n", abc, "[[x \"y\" z 1 5\"]]", "[]"},
		{"blank lines", "\na,b,c\n\nx,1,y\r\n\r\n\n", abc, "[[x 1 y]]", "[]"},
		{"unwanted cells", "z,a,y,c,b,x\n\"1\n\",x,2,y,1,3\n", abc, "[[x 1 y]]", "[]"},
		{"columns that are not there", "a\nx\n", abc, "[[x <nil> <nil>]]", "[]"},
		{"spaces in the header", " a , b\t,c\nx,1,y\n", abc, "[[x 1 y]]", "[]"},
		{"names that repeat", "a,b,a,a\nx,1,y,z\n", request("a string", "a_2 string", "a_3 string"), "[[x y z]]", "[]"},
		{"dots in the header", "a.b,c\nx,y\n", request("a.b string", "v string a.b", "w string no|a.b"), "[[x x x]]", "[]"},
		{"first path that has a value", "a,b\n,y\nx,y\n", request("v string a|b"), "[[y] [x]]", "[]"},
		{"lists", "a,b\n\"[1, 2]\",x\n7,[\n,\n", request("a int[]", "b string[]"), "[[[1 2] [x]] [[7] [[]] [<nil> <nil>]]", "[]"},
		{"semicolons", "a;b;c\nx,y;1;z\n", abc, "[[x,y 1 z]]", "[]"},
		{"tabs", "a\tb\tc\nx;y,z,w\t1\tz\n", abc, "[[x;y,z,w 1 z]]", "[]"},
		{"bars", "a|b|c\nx|1|z\n", abc, "[[x 1 z]]", "[]"},
		{"commas in a header of semicolons", "\"a\";b;c, c\nx;1;z\n", request("b int"), "[[1]]", "[]"},
		{"bad value", "a,b,c\nx,?,y\n", abc, "[[x <nil> y]]", "[0:2 bad_value b]"},
		{"not UTF-8", "a,b,c\n\xE9t\xE9,1,y\n", abc, "[[\uFFFDt\uFFFD 1 y]]", "[0:2 bad_utf8 a]"},
		{"NUL", "a,b,c\nx\x00,1,\"\x00\"\n", abc, "[[x\x00 1 \x00]]", "[]"},
		{"ragged", "a,b,c\nx,1\nx,2,y\nx,3,y,z\nx,4,y\n", abc, "[[x 2 y] [x 4 y]]", "[0:2 malformed 2:4 malformed]"},
		{"text behind a quote", "a,b,c\n\"x\"y,1,z\nx,2,y\n", abc, "[[x 2 y]]", "[0:2 malformed]"},
		{"quote that is not closed", "a,b,c\n\"x,1,z\nx,2,y\nx,3,y\n", abc, "[[x 2 y] [x 3 y]]", "[0:2 malformed]"},
		{"quote that is closed too late", "a,b,c\n\"x,1,z\nx,2,\"y\"\nx,3,y\n", abc, "[[x 3 y]]", "[0:2 malformed]"},
		{"ragged with lines in quotes", "a,b,c\n\"x\nx,1,y\nz\",2\nx,3,y\n", abc, "[[x 3 y]]", "[0:2 malformed]"},
		{"text behind a quote with lines in it", "a,b,c\n\"x\nx,1,y\n\"z,2,y\nx,3,\"y\"\nx,4,y\n", abc, "[[x 4 y]]", "[0:2 malformed]"},
		{"text behind a quote, and no other", "a,b,c\n\"x\"z,2,y\nx,3,y\n", abc, "[[x 3 y]]", "[0:2 malformed]"},
		{"doubled quotes behind a quote", "a,b,c\n\"x\"z\"\"\ny\"\",1\",2,y\nx,3,y\n", abc, "[[x 3 y]]", "[0:2 malformed]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "csv", tt.text, tt.req)
			if d := cmp.Diff(tt.rows, fmt.Sprint(got.rows)); d != "" {
				t.Errorf("rows (-want +got)\n%s", d)
			}
			if d := cmp.Diff(tt.rejects, fmt.Sprint(got.rejects)); d != "" {
				t.Errorf("rejects (-want +got)\n%s", d)
			}
		})
	}
}

// The conformance files of csv-spectrum, each with the JSON that it means.
func TestCSVSpectrum(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shared(t, "csv-spectrum"), "csvs", "*.csv"))
	if len(files) != 11 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "..", "json", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want []map[string]any
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			var req Request
			req.Time = -1
			for field := range want[0] {
				req.Columns = append(req.Columns, columns("x string")[0])
				req.Columns[len(req.Columns)-1].Name = field
			}
			got, err := drain(t, req, func(req Request) (Stream, error) {
				return OpenPath(context.Background(), file, "", req)
			})
			if err != nil || len(got.rejects) != 0 {
				t.Fatal(got.rejects, err)
			}
			var rows []map[string]any
			for _, r := range got.rows {
				row := map[string]any{}
				for i, c := range req.Columns {
					row[c.Name] = r[i]
				}
				rows = append(rows, row)
			}
			if d := cmp.Diff(want, rows); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// splitAll splits a text into records of cells, "" for a missing one; ok is
// false if a record is broken.
func splitAll(text string, delimiter byte) (records [][]string, ok bool) {
	c := csvCells{delimiter: delimiter}
	end := len(text) + 1
	buf := append([]byte(text), append([]byte{'\n'}, make([]byte, padding)...)...)
	for i := 0; i < end-1; {
		next, why := c.split(buf, i, end)
		if why != "" || next == unfinished {
			return nil, false
		}
		i = next
		if c.count == 1 && c.blank {
			continue
		}
		var cells []string
		for _, v := range c.cells {
			cells = append(cells, string(v.text))
		}
		records = append(records, cells)
	}
	return records, true
}

// sameAsLibrary holds a split against encoding/csv, which refuses bare quotes
// and makes CRLF in quotes a newline.
func sameAsLibrary(t interface{ Fatalf(string, ...any) }, text string, delimiter byte) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = rune(delimiter), -1
	want, err := r.ReadAll()
	if err != nil {
		return
	}
	got, ok := splitAll(text, delimiter)
	if !ok {
		t.Fatalf("%q is refused, encoding/csv reads %q", text, want)
	}
	for _, rec := range got {
		for i, cell := range rec {
			rec[i] = strings.ReplaceAll(cell, "\r\n", "\n")
		}
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Fatalf("%q\n got %q\nwant %q", text, got, want)
	}
}

func TestCSVAgainstLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("\",;\n\r ab\x00é")), 0, 60, -1).Draw(t, "text")
		sameAsLibrary(t, text, ',')
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.SliceOfN(rapid.String(), 2, 5)).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = ';'
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		if w.WriteAll(rows) != nil {
			t.Skip()
		}
		sameAsLibrary(t, b.String(), ';')
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"", "a,b\n1,2\n", "\"", "a\n\"\"\"\r\n\",x", "\xEF\xBB\xBFa;b", "a\tb\n\"x\"y\n", "\x00,\n,"} {
		f.Add(s, byte(','))
	}
	f.Fuzz(func(t *testing.T, text string, delimiter byte) {
		if delimiter == ',' || delimiter == ';' || delimiter == '\t' || delimiter == '|' {
			sameAsLibrary(t, text, delimiter)
		}
		if s, err := OpenCSV(context.Background(), memoryFile(text), request("a string", "b int", "c int[]")); err == nil {
			finish(t, s)
		}
	})
}
