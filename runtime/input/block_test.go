package input

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// Whatever byte a block ends on, records are read the same.
func TestBlockBoundaries(t *testing.T) {
	records := map[string]string{
		"ndjson":   "{\"a\":\"x\\u00e9\\ud83d\\ude00\",\"b\":-12.5e1,\"c\":[{\"d\":true}], \"e\" : null}\r\n{\"a\":\"é😀\",\"b\":7}\n",
		"json":     "{\n\"a\" : \"y\",\"b\":[ 1 ]\n}\r\n{\"a\":\"\",\"b\":\"0x10\"}",
		"csv":      "\"x\"\"y\r\n\",1,z\r\né,,\"\"\r\n",
		"combined": "::1 - - [17/May/2015:10:05:03 +0000] \"GET /\\\"x HTTP/1.1\" 200 5 \"-\" \"é\"\r\n",
	}
	header := map[string]string{"csv": "a,b,c\n"}
	req := request("a string a|path", "b int b|bytes", "c string c|useragent")
	for format, record := range records {
		want := readText(t, format, header[format]+record, req)
		if len(want.rows) == 0 || len(want.rejects) > 1 {
			t.Fatalf("%s: %v", format, want)
		}
		for shift := range len(record) + 2 {
			// Lines of 64 bytes up to a little before the end of the first block.
			pad := header[format] + strings.Repeat(strings.Repeat(" ", 63)+"\n", (firstBlock-padding)/64-3)
			switch format {
			case "csv":
				pad = header[format] + strings.Repeat("\n", firstBlock-padding-len(header[format])-shift)
			case "combined":
				pad = strings.Repeat("\n", firstBlock-padding-shift)
			default:
				pad = pad[:len(pad)-64] + strings.Repeat(" ", 3*64+64-shift)
			}
			got := readText(t, format, pad+record, req)
			if d := cmp.Diff(want.rows, got.rows); d != "" || len(got.rejects) != len(want.rejects) {
				t.Fatalf("%s shifted by %d: rejects %v, rows (-want +got)\n%s", format, shift, got.rejects, d)
			}
		}
	}
}

// A reader that gives a byte at a time changes nothing.
func TestBlockFromSlowReader(t *testing.T) {
	var text strings.Builder
	for i := range 500 {
		fmt.Fprintf(&text, "{\"a\":%d}\n", i)
	}
	got, err := drain(t, request("a int"), func(req Request) (Stream, error) {
		f := memoryFile("")
		f.Reader = iotest.OneByteReader(strings.NewReader(text.String()))
		return OpenNDJSON(context.Background(), f, req)
	})
	if err != nil || len(got.rows) != 500 {
		t.Errorf("%d rows, %v", len(got.rows), err)
	}
}

// Records over the limit are set aside, one of many megabytes like any other,
// and those around them are read.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	tests := []struct{ format, text, rows, rejects string }{
		{"ndjson", "{\"a\":1}\n{\"s\":\"" + long + "\"}\n{\"a\":3}\n", "[[1] [3]]", "[1:2 too_long]"},
		{"ndjson", "{\"a\":1}\n{\"s\":\"" + long[:2000] + "\"}\n{\"a\":3}\n", "[[1] [3]]", "[1:2 too_long]"},
		{"ndjson", "{\"a\":1}\n{\"s\":\"" + long, "[[1]]", "[1:2 too_long]"},
		{"ndjson", "{\"s\":[\n" + strings.Repeat("  {},\n", 100_000) + " {}]}\n{\"a\":3}\n", "[[3]]", "[0:1 too_long]"},
		{"json", "[{\"a\":1},\n{\"s\":\"\\\"]\\\\" + long + "\"},{\"a\":3}]", "[[1] [3]]", "[1:2 too_long]"},
		{"csv", "a,s\n1,x\n2," + long + "\n3,x\n", "[[1] [3]]", "[1:3 too_long]"},
		{"csv", "a,s\n1,x\n2,\"" + long + "\"\n3,x\n", "[[1] [3]]", "[1:3 too_long]"},
		{"combined", "::1 - - [t] \"-\" 200 1\n" + long + "\n::1 - - [t] \"-\" 200 3\n", "[[1] [3]]", "[1:2 too_long]"},
	}
	for _, tt := range tests {
		req := request("a int a|bytes")
		req.MaxRecord = 1000
		got := readText(t, tt.format, tt.text, req)
		if fmt.Sprint(got.rows) != tt.rows || fmt.Sprint(got.rejects) != tt.rejects {
			t.Errorf("%s %.20q: rows %v, rejects %v, want %s, %s", tt.format, tt.text, got.rows, got.rejects, tt.rows, tt.rejects)
		}
	}
}
