package input

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRejects(t *testing.T) {
	var counts Counts
	var out bytes.Buffer
	w := NewRejectWriter(&out)
	req := timed("t timestamp", "n int", "s string")
	req.Reject = Tee(nil, counts.Add, w.Add)
	got := readText(t, "ndjson", strings.Join([]string{
		`{"t":"2024-03-01","n":1,"s":"a"}`,
		`{"n":1}`,
		`{"t":"soon"}`,
		`{"t":"2024-03-01","n":"many","s":{"x":1}}`,
		`{"t":"2024-03-01","n":true,"s":"<` + "\xFF" + `>"}`,
		`{"t":`,
	}, "\n")+"\n", req)
	if want := []int64{0, 3, 4}; !cmp.Equal(want, got.numbers) {
		t.Errorf("record numbers %v, want %v", got.numbers, want)
	}
	want := []Count{
		{CountKey{BadTime, "t"}, 1}, {CountKey{BadText, "s"}, 1}, {CountKey{BadValue, "n"}, 2},
		{CountKey{Malformed, ""}, 1}, {CountKey{MissingTime, "t"}, 1},
	}
	if d := cmp.Diff(want, counts.All()); d != "" {
		t.Errorf("counts (-want +got)\n%s", d)
	}
	if n := counts.Of(BadValue); n != 2 {
		t.Errorf("%d bad values", n)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	lines := `{"file":"test","row":1,"line":2,"cause":"missing_time","field":"t","detail":"no event time","text":"{\"n\":1}"}
{"file":"test","row":2,"line":3,"cause":"bad_time","field":"t","detail":"\"soon\" cannot be read as timestamp","text":"{\"t\":\"soon\"}"}
{"file":"test","row":3,"line":4,"cause":"bad_value","field":"n","detail":"\"many\" cannot be read as int","text":"many"}
{"file":"test","row":4,"line":5,"cause":"bad_value","field":"n","detail":"true cannot be read as int","text":""}
{"file":"test","row":4,"line":5,"cause":"bad_utf8","field":"s","detail":"text that is not UTF-8","text":"<` + "\uFFFD" + `>"}
{"file":"test","row":5,"line":6,"cause":"malformed","detail":"the input ends inside a record","text":"{\"t\":"}
`
	if d := cmp.Diff(lines, out.String()); d != "" {
		t.Errorf("lines (-want +got)\n%s", d)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestRejectWriterFails(t *testing.T) {
	w := NewRejectWriter(failingWriter{})
	for range 2 {
		w.Add(Reject{Cause: Malformed, Text: make([]byte, 100<<10)})
	}
	if err := w.Flush(); err == nil || err.Error() != "disk full" {
		t.Errorf("error %v", err)
	}
}
