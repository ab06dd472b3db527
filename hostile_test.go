package det_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	reader "github.com/detlang/det/runtime/input"
)

// input is one file of a scene.
type input struct {
	name string
	data []byte
}

// scene is a run of rules over files. All memory that its reading takes must be
// given back.
type scene struct {
	rules string
	opts  det.RunOptions
}

// outcome is what a scene gave: rejects as "file:row:line cause field", without
// the line where the engine tells of a row, since it knows only record numbers.
type outcome struct {
	alerts  []runtime.Alert
	rejects []string
	stats   det.RunStats
	err     error
}

// run runs the rules over files with the given content.
func (s scene) run(t *testing.T, files ...input) outcome {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, f.data, 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return s.read(t, paths...)
}

// read runs the rules over files on disk.
func (s scene) read(t *testing.T, paths ...string) outcome {
	t.Helper()
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: s.rules})
	if diags.Errors() > 0 {
		t.Fatal(&det.CompileError{Diagnostics: diags})
	}
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	var out outcome
	opts := s.opts
	opts.Inputs, opts.Alloc = paths, mem
	opts.Alerts = func(list []runtime.Alert) error {
		out.alerts = append(out.alerts, list...)
		return nil
	}
	opts.Reject = func(r reader.Reject) {
		place := fmt.Sprintf("%s:%d", filepath.Base(r.Source), r.Row)
		if r.Line > 0 {
			place += fmt.Sprintf(":%d", r.Line)
		}
		out.rejects = append(out.rejects, strings.TrimSpace(fmt.Sprintf("%s %s %s", place, r.Cause, r.Field)))
	}
	out.stats, out.err = rules.Run(context.Background(), opts)
	return out
}

// seenRule makes one alert a user, whose values tell which events were seen.
const seenRule = `schema event {
  time timestamp
  user string
  n int
  f float
  from_ip ip
}

rule seen {
  from event
  window 1h by user { events = count(), total = sum(n), high = max(f), ips = count_distinct(from_ip) }
  when events > 0
}
`

// seen are the alerts of seenRule as "user events/total/high", sorted.
func (o outcome) seen() []string {
	var out []string
	for _, a := range o.alerts {
		v := a.Values
		out = append(out, fmt.Sprintf("%s %v/%v/%v", a.Keys[0].Value, v[0].Value, v[1].Value, v[2].Value))
	}
	slices.Sort(out)
	return out
}

// TestBadInput gives each kind of bad input among good events. What is bad must be
// told with its place and cause, and everything else must count.
func TestBadInput(t *testing.T) {
	const at = `"time":"2024-03-01T10:00:00Z"`
	good := func(n int) string { return fmt.Sprintf(`{%s,"user":"ann","n":%d,"f":1.5}`, at, n) }
	lines := func(name string, list ...string) input {
		return input{name, []byte(strings.Join(list, "\n") + "\n")}
	}
	lateness := 5 * time.Minute
	tests := []struct {
		name    string
		file    input
		opts    det.RunOptions
		rejects []string
		seen    []string
	}{
		{
			name:    "malformed lines",
			file:    lines("a.ndjson", good(1), `{"time":`, good(2), "", "nonsense", `[7]`, `{`+at+`,"n":1`, good(3), "null", `{} x`),
			rejects: []string{"a.ndjson:1:2 malformed", "a.ndjson:3:5 malformed", "a.ndjson:4:6 malformed", "a.ndjson:5:7 malformed", "a.ndjson:7:9 malformed", "a.ndjson:8:10 missing_time time", "a.ndjson:9:10 malformed"},
			seen:    []string{"ann 3/6/1.5"},
		},
		{
			name:    "wrong types",
			file:    lines("a.ndjson", good(1), `{`+at+`,"user":7,"n":"many","f":true,"from_ip":"host"}`, `{`+at+`,"user":"bob","n":1.5,"f":1e999,"from_ip":"1.2.3.4.5"}`, `{`+at+`,"user":"bob","n":99999999999999999999,"f":[],"from_ip":{}}`),
			rejects: []string{"a.ndjson:1:2 bad_value n", "a.ndjson:1:2 bad_value f", "a.ndjson:1:2 bad_value from_ip", "a.ndjson:2:3 bad_value n", "a.ndjson:2:3 bad_value f", "a.ndjson:2:3 bad_value from_ip", "a.ndjson:3:4 bad_value n", "a.ndjson:3:4 bad_value f", "a.ndjson:3:4 bad_value from_ip"},
			seen:    []string{"7 1/0/<nil>", "ann 1/1/1.5", "bob 2/0/<nil>"},
		},
		{
			name:    "times that are missing or none",
			file:    lines("a.ndjson", good(1), `{"user":"ann"}`, `{"time":null,"user":"ann"}`, `{"time":"yesterday","user":"ann"}`, `{"time":true,"user":"ann"}`, good(2)),
			rejects: []string{"a.ndjson:1:2 missing_time time", "a.ndjson:2:3 missing_time time", "a.ndjson:3:4 bad_time time", "a.ndjson:4:5 bad_time time"},
			seen:    []string{"ann 2/3/1.5"},
		},
		{
			name:    "times far ahead, read whole",
			file:    lines("a.ndjson", good(1), `{"time":"2999-01-01T00:00:00Z","user":"ann"}`, `{"time":"2100-01-01T00:00:00Z","user":"ann"}`, good(2)),
			rejects: []string{"a.ndjson:1:2 future_time", "a.ndjson:2:3 future_time"},
			seen:    []string{"ann 2/3/1.5"},
		},
		{
			name:    "times far ahead and late, in a stream",
			file:    lines("a.ndjson", good(1), "", `{"time":"2999-01-01T00:00:00Z","user":"ann"}`, `{"time":"2100-01-01T00:00:00Z","user":"ann"}`, `{"time":"2024-03-01T09:54:59Z","user":"ann"}`, good(2)),
			opts:    det.RunOptions{Lateness: &lateness},
			rejects: []string{"a.ndjson:1:3 future_time", "a.ndjson:2:4 future_time", "a.ndjson:3:5 late"},
			seen:    []string{"ann 2/3/1.5"},
		},
		{
			name:    "no numbers",
			file:    lines("a.ndjson", good(1), `{`+at+`,"user":"ann","f":NaN}`, `{`+at+`,"user":"ann","f":"NaN"}`, `{`+at+`,"user":"ann","f":Infinity}`, `{`+at+`,"user":"ann","f":"-inf"}`, good(2)),
			rejects: []string{"a.ndjson:1:2 malformed", "a.ndjson:2:3 bad_value f", "a.ndjson:3:4 malformed", "a.ndjson:4:5 bad_value f"},
			seen:    []string{"ann 4/3/1.5"},
		},
		{
			name:    "text that is not UTF-8",
			file:    lines("a.ndjson", good(1), "{"+at+",\"user\":\"a\xff\xfeb\"}", `{`+at+`,"user":"\ud800"}`, good(2)),
			rejects: []string{"a.ndjson:1:2 bad_utf8 user", "a.ndjson:2:3 bad_utf8 user"},
			seen:    []string{"ann 2/3/1.5", "a\uFFFD\uFFFDb 1/0/<nil>", "\uFFFD 1/0/<nil>"},
		},
		{
			name:    "a line of 10 MB",
			file:    lines("a.ndjson", good(1), `{`+at+`,"user":"`+strings.Repeat("x", 10_000_000)+`"}`, good(2)),
			rejects: []string{"a.ndjson:1:2 too_long"},
			seen:    []string{"ann 2/3/1.5"},
		},
		{
			name: "a field of 7 MB that no rule reads",
			file: lines("a.ndjson", good(1), `{`+at+`,"user":"ann","z":"`+strings.Repeat("x", 7_000_000)+`"}`, good(2)),
			seen: []string{"ann 3/3/1.5"},
		},
		{
			name:    "a column that changes type half-way",
			file:    lines("a.ndjson", good(1), good(2), `{`+at+`,"user":"ann","n":"3"}`, `{`+at+`,"user":"ann","n":"three"}`, `{`+at+`,"user":"ann","n":[3]}`, good(4)),
			rejects: []string{"a.ndjson:3:4 bad_value n", "a.ndjson:4:5 bad_value n"},
			seen:    []string{"ann 6/10/1.5"},
		},
		{
			name: "a key twice in one object: the last one counts",
			file: lines("a.ndjson", good(1), `{`+at+`,"user":"ann","user":"bob","n":1,"n":2}`),
			seen: []string{"ann 1/1/1.5", "bob 1/2/<nil>"},
		},
		{
			name:    "nested without end",
			file:    lines("a.ndjson", good(1), `{"time":`+strings.Repeat("[", 1_000_000), `{"x":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+`,`+at+`}`, good(2)),
			rejects: []string{"a.ndjson:1:2 malformed", "a.ndjson:2:3 malformed"},
			seen:    []string{"ann 2/3/1.5"},
		},
		{
			name:    "CSV with too few and too many cells, an open quote and wrong types",
			file:    lines("a.csv", "time,user,n", "2024-03-01T10:00:00Z,ann,1", "2024-03-01T10:00:00Z,ann", "2024-03-01T10:00:00Z,ann,1,2", `2024-03-01T10:00:00Z,"ann,1`, "2024-03-01T10:00:00Z,ann,x", ",ann,1"),
			rejects: []string{"a.csv:1:3 malformed", "a.csv:2:4 malformed", "a.csv:3:5 malformed", "a.csv:4:6 bad_value n", "a.csv:5:7 missing_time time"},
			seen:    []string{"ann 2/1/<nil>"},
		},
		{name: "an empty file", file: input{"a.ndjson", nil}},
		{name: "an empty file without a known name", file: input{"a", nil}},
		{name: "an empty CSV file", file: input{"a.csv", nil}},
		{name: "a CSV file of a header", file: lines("a.csv", "time,user,n")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := scene{rules: seenRule, opts: tt.opts}.run(t, tt.file)
			if got.err != nil {
				t.Fatal(got.err)
			}
			slices.Sort(tt.seen)
			if diff := cmp.Diff(tt.rejects, got.rejects); diff != "" {
				t.Errorf("rejects (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.seen, got.seen()); diff != "" {
				t.Errorf("seen (-want +got)\n%s", diff)
			}
			counted := int64(0)
			for _, c := range got.stats.Rejected {
				counted += c.N
			}
			if counted != int64(len(tt.rejects)) {
				t.Errorf("%d rejects were counted, and %d told", counted, len(tt.rejects))
			}
		})
	}
}

// TestTruncatedGzip cuts a packed file in the middle: what can be unpacked counts,
// and the cut is told.
func TestTruncatedGzip(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range 20_000 {
		fmt.Fprintf(z, "{\"time\":\"2024-03-01T10:00:00Z\",\"user\":\"%016x\",\"n\":1}\n", uint64(i)*0x9e3779b97f4a7c15)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got := scene{rules: seenRule}.run(t, input{"a.ndjson.gz", packed.Bytes()[:packed.Len()/2]})
	if got.err != nil {
		t.Fatal(got.err)
	}
	if n := len(got.alerts); n < 5_000 || n > 15_000 {
		t.Errorf("%d users of 20,000 were seen in the first half", n)
	}
	if len(got.rejects) == 0 || !strings.HasSuffix(got.rejects[len(got.rejects)-1], "truncated") {
		t.Errorf("the cut was not told: %v", got.rejects)
	}
}

// TestUnreadable gives a file that cannot be read before one that can: the error
// names the file and the reason, and the other is processed.
func TestUnreadable(t *testing.T) {
	type event struct {
		Time int64  `parquet:"time,timestamp(microsecond)"`
		User string `parquet:"user"`
	}
	var whole bytes.Buffer
	w := parquet.NewGenericWriter[event](&whole)
	for i := range 10_000 {
		if _, err := w.Write([]event{{1_709_287_200_000_000, fmt.Sprint("u", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wide := func(order []byte) []byte {
		out := order
		for _, u := range utf16.Encode([]rune(`{"time":"2024-03-01T10:00:00Z","user":"eve"}`)) {
			if order[0] == 0xff {
				out = append(out, byte(u), byte(u>>8))
			} else {
				out = append(out, byte(u>>8), byte(u))
			}
		}
		return out
	}
	broken := bytes.Clone(whole.Bytes())
	copy(broken[len(broken)/2:], bytes.Repeat([]byte{0xff}, 200))
	for _, tt := range []struct {
		name   string
		file   input
		reason string
	}{
		{"Parquet cut in the middle", input{"cut.parquet", whole.Bytes()[:whole.Len()/2]}, "may be incomplete"},
		{"Parquet cut by a byte", input{"cut.parquet", whole.Bytes()[:whole.Len()-1]}, ""},
		{"Parquet of four bytes", input{"cut.parquet", []byte("PAR1")}, ""},
		{"Parquet with other bytes in a page", input{"broken.parquet", broken}, ""},
		{"Arrow of eight bytes", input{"cut.arrow", []byte("ARROW1\x00\x00")}, ""},
		{"zstd that is none", input{"bad.ndjson.zst", []byte("\x28\xb5\x2f\xfdnothing")}, ""},
		{"UTF-16, little endian", input{"wide.ndjson", wide([]byte{0xff, 0xfe})}, "UTF-16"},
		{"UTF-16, big endian", input{"wide.ndjson", wide([]byte{0xfe, 0xff})}, "UTF-16"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			good := input{"good.ndjson", []byte(`{"time":"2024-03-01T10:00:00Z","user":"ann","n":1}`)}
			got := scene{rules: seenRule}.run(t, tt.file, good)
			unreadable := new(det.InputError)
			if !errors.As(got.err, &unreadable) {
				t.Fatalf("the error is %v", got.err)
			}
			if text := got.err.Error(); !strings.Contains(text, tt.file.name) || !strings.Contains(text, tt.reason) {
				t.Errorf("%q names not both %s and %q", text, tt.file.name, tt.reason)
			}
			if !slices.Contains(got.seen(), "ann 1/1/<nil>") {
				t.Errorf("the good file was not processed: %v", got.seen())
			}
		})
	}
}
