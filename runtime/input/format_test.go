package input

import (
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	long := "{\"a\":\"" + strings.Repeat("x", sniffBytes)
	tests := []struct{ name, head, want string }{
		{"x.ndjson", "", "ndjson"},
		{"dir.csv/x.JSON.GZ", "", "json"},
		{"x.tsv.zst", "", "csv"},
		{"x", "{}\n", "json"},
		{"x", "{}\n{}", "ndjson"},
		{"x", "\xEF\xBB\xBF\r\n{\"a\":1}\r\n{\"a\":2}\r\n", "ndjson"},
		{"x", "{\"a\":1}{\"a\":2}", "ndjson"},
		{"x", "{\"a\":1}\n\n{\n", "ndjson"},
		{"x", "{\n  \"a\": 1\n}\n{\n", "json"},
		{"x", long, "json"},
		{"x", "[\n{\"a\":1}", "json"},
		{"x", "[]", "json"},
		{"x", "[17/May/2015:10:05:03] hello\n", ""},
		{"x", "{hello}\n", ""},
		{"x", "::1 - - [t] \"GET /,;| HTTP/1.1\" 200 5 \"-\" \"a, b\"\n", "combined"},
		{"x", "\n::1 - - [t] \"-\" 400 -\n", "combined"},
		{"x", "a,b\n1,2\n", "csv"},
		{"x", "a,b\n\"1,\n2\",3\n", "csv"},
		{"x", "a|b|c", "csv"},
		{"x", "hello, world\nhow are you\n", ""},
		{"x", "a,b\x00\n", ""},
		{"x", "hello", ""},
		{"x", "ElfFile\x00\x00\x00", "evtx"},
		{"x.EVTX.gz", "", "evtx"},
	}
	for _, tt := range tests {
		f, err := detect(tt.name, []byte(tt.head))
		if f.Name != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s with %.40q is %q, %v, want %q", tt.name, tt.head, f.Name, err, tt.want)
		}
	}
}

// The rows of Formats are complete and can be found by their names.
func TestFormats(t *testing.T) {
	suffixes := map[string]string{}
	for _, f := range Formats() {
		if got, err := FormatByName(f.Name); err != nil || got.Name != f.Name || f.Doc == "" || f.Sniff == nil || f.Open == nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		for _, s := range f.Suffixes {
			if other, taken := suffixes[s]; taken || s[0] != '.' || s != strings.ToLower(s) {
				t.Errorf("%s of %s (taken by %q)", s, f.Name, other)
			}
			suffixes[s] = f.Name
		}
	}
	if last := Formats()[len(Formats())-1].Name; last != "csv" {
		t.Errorf("the last format is %s: its Sniff would never be asked, or CSV takes what is not its own", last)
	}
}

// At most one of the text formats before CSV recognises an input, but for JSON
// lines, which are also the beginning of a document.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{"", "{}", "{\"a\":1}\n{\"a\":2}", "[{", "a,b\n1,2", "::1 - - [t] \"-\" 400 -\n", "\xEF\xBB\xBF{", "PAR1", "ARROW1\x00\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if sniffNDJSON(head) && !sniffJSON(head) || sniffJSON(head) && sniffCombined(head) {
			t.Errorf("%q", head)
		}
		for _, format := range Formats() {
			format.Sniff(head)
		}
	})
}
