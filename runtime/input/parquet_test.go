package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// sample is a row of every encoding and most types that a writer can make.
type sample struct {
	Time    int64             `parquet:"time,timestamp(microsecond)"`
	Millis  int64             `parquet:"millis,timestamp(millisecond)"`
	Plain   int64             `parquet:"plain,plain"`
	Delta   int64             `parquet:"delta,delta"`
	Small   int32             `parquet:"small,delta"`
	Coded   int64             `parquet:"coded,dict"`
	Maybe   *int64            `parquet:"maybe,optional"`
	Float   float64           `parquet:"float"`
	Split   float64           `parquet:"split,split"`
	Single  float32           `parquet:"single,split"`
	Bool    bool              `parquet:"bool"`
	Maybool *bool             `parquet:"maybool,optional"`
	Text    string            `parquet:"text,plain"`
	Dict    string            `parquet:"dict,dict"`
	Maydict *string           `parquet:"maydict,optional,dict"`
	Lengths string            `parquet:"lengths,delta"`
	Fixed   [5]byte           `parquet:"fixed"`
	Inner   *inner            `parquet:"inner,optional"`
	List    []string          `parquet:"list,list"`
	Many    []inner           `parquet:"many,list"`
	Tags    map[string]string `parquet:"tags"`
	Dotted  string            `parquet:"a.b"`
}

type inner struct {
	Name *string `parquet:"name,optional"`
	Nums []int64 `parquet:"nums,list"`
}

// sampleColumns ask for all of a sample.
var sampleColumns = columns(
	"time timestamp", "millis timestamp", "plain int", "delta int", "small int", "coded int", "maybe int",
	"float float", "split float", "single float", "bool bool", "maybool bool",
	"text string", "dict string", "maydict string", "lengths string", "fixed string",
	"inner.name string", "inner.nums int[]", "list string[]", "many.name string[]", "many.nums int[]",
	"first string list", "k string tags.k", "a.b string", "gone int", "gone_too string[]",
)

// values are what a sample's columns should be.
func (s sample) values() []any {
	out := []any{
		s.Time, s.Millis * 1000, s.Plain, s.Delta, int64(s.Small), s.Coded, orNil(s.Maybe),
		s.Float, s.Split, float64(s.Single), s.Bool, orNil(s.Maybool),
		s.Text, s.Dict, orNil(s.Maydict), s.Lengths, string(s.Fixed[:]),
	}
	var name, nums any
	if s.Inner != nil {
		name, nums = orNil(s.Inner.Name), anySlice(s.Inner.Nums)
	}
	names, all := []any{}, []any{}
	for _, m := range s.Many {
		names = append(names, orNil(m.Name))
		all = append(all, anySlice(m.Nums)...)
	}
	var first, tag any
	if len(s.List) > 0 {
		first = s.List[0]
	}
	if v, ok := s.Tags["k"]; ok {
		tag = v
	}
	return append(out, name, nums, anySlice(s.List), names, all, first, tag, s.Dotted, nil, nil)
}

func orNil[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func anySlice[T any](x []T) []any {
	out := []any{}
	for _, v := range x {
		out = append(out, v)
	}
	return out
}

// drawSamples draws rows whose columns repeat values in some draws and hardly
// ever in others.
func drawSamples(t *rapid.T) []sample {
	n := rapid.IntRange(0, 80).Draw(t, "rows")
	spread := int64(rapid.SampledFrom([]int{1, 3, 1000, math.MaxInt32}).Draw(t, "spread"))
	number := rapid.Int64Range(-spread, spread)
	word := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat("ä", rapid.IntRange(0, 3).Draw(t, "umlauts")) + fmt.Sprint(number.Draw(t, "number"))
	})
	maybe := rapid.Custom(func(t *rapid.T) inner {
		return inner{Name: rapid.Ptr(word, true).Draw(t, "name"), Nums: rapid.SliceOfN(number, 0, 3).Draw(t, "nums")}
	})
	seed := rapid.Custom(func(t *rapid.T) sample {
		return sample{
			Time: number.Draw(t, "time"), Millis: number.Draw(t, "millis"), Plain: number.Draw(t, "plain"),
			Delta: rapid.Int64().Draw(t, "delta"), Small: rapid.Int32().Draw(t, "small"), Coded: number.Draw(t, "coded"),
			Maybe: rapid.Ptr(number, true).Draw(t, "maybe"), Float: rapid.Float64().Draw(t, "float"),
			Split: rapid.Float64().Draw(t, "split"), Single: rapid.Float32().Draw(t, "single"),
			Bool: rapid.Bool().Draw(t, "bool"), Maybool: rapid.Ptr(rapid.Bool(), true).Draw(t, "maybool"),
			Text: word.Draw(t, "text"), Dict: word.Draw(t, "dict"), Maydict: rapid.Ptr(word, true).Draw(t, "maydict"),
			Lengths: word.Draw(t, "lengths"), Fixed: [5]byte([]byte("abcde")), Inner: rapid.Ptr(maybe, true).Draw(t, "inner"),
			List: rapid.SliceOfN(word, 0, 3).Draw(t, "list"), Many: rapid.SliceOfN(maybe, 0, 2).Draw(t, "many"),
			Tags: rapid.MapOfN(rapid.SampledFrom([]string{"k", "l"}), word, 0, 2).Draw(t, "tags"), Dotted: word.Draw(t, "dotted"),
		}
	})
	seeds := rapid.SliceOfN(seed, 1, 12).Draw(t, "seeds")
	rows := make([]sample, n)
	for i := range rows {
		rows[i] = seeds[i*i%len(seeds)]
		rows[i].Time += int64(i)
		rows[i].Text += fmt.Sprint(i)
	}
	return rows
}

func drawOptions(t *rapid.T) []parquet.WriterOption {
	codecs := []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw}
	return []parquet.WriterOption{
		parquet.Compression(rapid.SampledFrom(codecs).Draw(t, "codec")),
		parquet.DataPageVersion(rapid.IntRange(1, 2).Draw(t, "version")),
		parquet.PageBufferSize(rapid.SampledFrom([]int{64, 1000, 1 << 20}).Draw(t, "page")),
		parquet.MaxRowsPerRowGroup(int64(rapid.SampledFrom([]int{7, 100, 1000}).Draw(t, "group"))),
	}
}

func writeParquet[T any](t interface{ Fatal(...any) }, rows []T, options ...parquet.WriterOption) []byte {
	var b bytes.Buffer
	if err := parquet.Write(&b, rows, options...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// seekable is a file in memory that can be read at random.
func seekable(b []byte) *File {
	return &File{Name: "test", Reader: bytes.NewReader(b), Seek: bytes.NewReader(b), Size: int64(len(b))}
}

func readParquet(t testing.TB, b []byte, req Request) (told, error) {
	return drain(t, req, func(req Request) (Stream, error) { return OpenParquet(context.Background(), seekable(b), req) })
}

// What the library writes is read back, whatever the encoding, the compression
// and the size of pages, row groups and batches.
func TestParquetRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawSamples(rt)
		b := writeParquet(rt, rows, drawOptions(rt)...)
		req := Request{Columns: sampleColumns, Time: 0, BatchRows: rapid.SampledFrom([]int{1, 13, 0}).Draw(rt, "batch")}
		got, err := readParquet(t, b, req)
		if err != nil {
			rt.Fatal(err)
		}
		if len(got.rows) != len(rows) {
			rt.Fatalf("%d rows, want %d", len(got.rows), len(rows))
		}
		for i, row := range rows {
			if want := row.values(); !reflect.DeepEqual(got.rows[i], want) {
				rt.Fatalf("row %d is\n%v, want\n%v", i, got.rows[i], want)
			}
			if got.numbers[i] != int64(i) {
				rt.Fatalf("row %d has number %d", i, got.numbers[i])
			}
		}
	})
}

// Of rows that a Range rules out none is given, and of others none is missing.
func TestParquetRanges(t *testing.T) {
	columns := columns("time timestamp", "coded int", "maybe int", "float float", "text string", "dict string", "maydict string", "list string[]")
	at := []int{0, 5, 6, 7, 12, 13, 14}
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawSamples(rt)
		options := append(drawOptions(rt), parquet.BloomFilters(parquet.SplitBlockFilter(10, "dict"), parquet.SplitBlockFilter(10, "coded")))
		b := writeParquet(rt, rows, options...)
		req := Request{Columns: columns, Time: 0, BatchRows: 32}
		for range rapid.IntRange(1, 3).Draw(rt, "ranges") {
			r := Range{Column: rapid.IntRange(0, len(at)-1).Draw(rt, "column"), Op: rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">=", "in"}).Draw(rt, "op")}
			pick := func() any {
				if len(rows) == 0 {
					return nil
				}
				return rows[rapid.IntRange(0, len(rows)-1).Draw(rt, "row")].values()[at[r.Column]]
			}
			if r.Value = pick(); r.Op == "in" {
				r.Value = []any{r.Value, pick()}
			}
			if r.Value == nil || r.Op == "in" && slices.Contains(r.Value.([]any), nil) {
				continue
			}
			req.Ranges = append(req.Ranges, r)
		}
		got, err := readParquet(t, b, req)
		if err != nil {
			rt.Fatal(err)
		}
		var want []int64
		for i, row := range rows {
			v := row.values()
			if !slices.ContainsFunc(req.Ranges, func(r Range) bool { return !passes(r, v[at[r.Column]]) }) {
				want = append(want, int64(i))
			}
		}
		if !slices.Equal(got.numbers, want) {
			rt.Fatalf("%v: rows %v, want %v", req.Ranges, got.numbers, want)
		}
		for i, n := range got.numbers {
			v := rows[n].values()
			for k, a := range at {
				if !reflect.DeepEqual(got.rows[i][k], v[a]) {
					rt.Fatalf("row %d: %v, want %v", n, got.rows[i][k], v[a])
				}
			}
			if !reflect.DeepEqual(got.rows[i][len(at)], v[19]) {
				rt.Fatalf("row %d: %v, want %v", n, got.rows[i][len(at)], v[19])
			}
		}
	})
}

// passes judges a Range as the contract has it.
func passes(r Range, v any) bool {
	if v == nil {
		return r.Op == "!="
	}
	if r.Op == "in" {
		return slices.Contains(r.Value.([]any), v)
	}
	order := 0
	switch x := v.(type) {
	case int64:
		order = cmpOrdered(x, r.Value.(int64))
	case float64:
		order = cmpOrdered(x, r.Value.(float64))
	case string:
		order = cmpOrdered(x, r.Value.(string))
	}
	return map[string]bool{"==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[r.Op]
}

func cmpOrdered[T int64 | float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// countingFile counts the bytes that are read.
type countingFile struct {
	io.ReaderAt
	n int
}

func (c *countingFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.n += n
	return n, err
}

// What a Range rules out by statistics, page index or Bloom filter is not read.
func TestParquetSkips(t *testing.T) {
	rows := make([]sample, 100_000)
	for i := range rows {
		rows[i] = sample{Time: int64(i), Plain: int64(i), Coded: int64(i * 7919 % 50_000 * 2), Text: fmt.Sprint("text number ", i)}
	}
	b := writeParquet(t, rows, parquet.MaxRowsPerRowGroup(50_000), parquet.PageBufferSize(4096),
		parquet.BloomFilters(parquet.SplitBlockFilter(10, "coded")))
	for _, c := range []struct {
		name   string
		r      Range
		rows   int
		within int // bytes
	}{
		{"a row group by its statistics", Range{0, ">=", int64(50_000)}, 50_000, len(b) * 2 / 3},
		{"all row groups", Range{0, "<", int64(0)}, 0, len(b) / 10},
		{"pages by their index", Range{0, "==", int64(70_000)}, 1, len(b) / 3},
		{"all by the Bloom filter", Range{1, "==", int64(4_001)}, 0, len(b) / 10},
		{"an operator that is not known", Range{0, "like", int64(1)}, 100_000, len(b) * 2},
		{"a value of another type", Range{0, "==", "1"}, 100_000, len(b) * 2},
		{"a column that is not asked for", Range{7, "==", int64(1)}, 100_000, len(b) * 2},
	} {
		f := &countingFile{ReaderAt: bytes.NewReader(b)}
		got, err := drain(t, Request{Columns: columns("time timestamp", "coded int", "text string"), Time: 0, Ranges: []Range{c.r}}, func(req Request) (Stream, error) {
			return OpenParquet(context.Background(), &File{Name: "test", Seek: f, Size: int64(len(b))}, req)
		})
		if err != nil || len(got.rows) != c.rows || f.n > c.within {
			t.Errorf("%s: %d rows of %d bytes read, want %d of at most %d; %v", c.name, len(got.rows), f.n, c.rows, c.within, err)
		}
	}
}

func TestParquetSorted(t *testing.T) {
	type event struct {
		Time *int64 `parquet:"time,optional,timestamp(microsecond)"`
		Text string `parquet:"text"`
	}
	at := func(times ...int64) []event {
		var rows []event
		for _, x := range times {
			e := event{Time: &x, Text: fmt.Sprintf("1970-01-01T00:00:%02dZ", x)}
			if x < 0 {
				e.Time = nil
			}
			rows = append(rows, e)
		}
		return rows
	}
	for _, c := range []struct {
		name  string
		rows  []event
		req   Request
		want  bool
		group int64
	}{
		{"ascending", at(1, 2, 2, 3), timed("time timestamp"), true, 10},
		{"over row groups", at(1, 2, 2, 3), timed("time timestamp"), true, 2},
		{"none", nil, timed("time timestamp"), true, 2},
		{"missing times do not count", at(1, -1, 2, -1, 3, -1), timed("time timestamp"), true, 2},
		{"descending within a row group", at(1, 3, 2, 4), timed("time timestamp"), false, 10},
		{"descending from a row group to the next", at(1, 3, 2, 4), timed("time timestamp"), false, 2},
		{"descending at the end", at(1, 2, 3, 0), timed("time timestamp"), false, 10},
		{"times that are text", at(1, 2, 3), timed("text timestamp"), true, 2},
		{"times that are text and descend", at(1, 3, 2), timed("text timestamp"), false, 2},
		{"no time", at(1, 2), request("time timestamp"), false, 2},
		{"what is ruled out does not count", at(1, 2, 9, 8, 4, 5), Request{
			Columns: columns("time timestamp"), Time: 0, Ranges: []Range{{0, "<=", int64(5)}},
		}, true, 2},
	} {
		b := writeParquet(t, c.rows, parquet.MaxRowsPerRowGroup(c.group))
		s, err := OpenParquet(context.Background(), seekable(b), c.req)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.(Sorted).Sorted(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		s.Close()
	}
}

// TestParquetFloor reads files in order, out of order and with missing times: what
// the stream says before each batch must hold for all rows from there on, and never
// go back.
func TestParquetFloor(t *testing.T) {
	type event struct {
		Time *int64 `parquet:"time,optional,timestamp(millisecond)"`
		Text string `parquet:"text"`
	}
	for _, c := range []struct {
		name  string
		times []int64 // in milliseconds; below zero for none
		req   Request
		want  []int64 // in milliseconds, by batch
	}{
		{"in order", []int64{1, 2, 2, 3, 5, 6}, timed("time timestamp"), []int64{1, 2, 5}},
		{"row groups in order", []int64{2, 1, 3, 2, 6, 5}, timed("time timestamp"), []int64{1, 2, 5}},
		{"out of order", []int64{4, 5, 1, 9, 3, 7}, timed("time timestamp"), []int64{1, 1, 3}},
		{"a row group without times", []int64{4, 5, -1, -1, 6, 7}, timed("time timestamp"), nil},
		{"missing times", []int64{4, -1, -1, 5, 6, 7}, timed("time timestamp"), []int64{4, 5, 6}},
		{"no statistics that fit", []int64{1, 2}, timed("text timestamp"), nil},
		{"no time", []int64{1, 2}, request("time timestamp"), nil},
	} {
		var rows []event
		for _, x := range c.times {
			e := event{Time: &x, Text: fmt.Sprintf("1970-01-01T00:00:%02dZ", max(x, 0))}
			if x < 0 {
				e.Time = nil
			}
			rows = append(rows, e)
		}
		s, err := OpenParquet(context.Background(), seekable(writeParquet(t, rows, parquet.MaxRowsPerRowGroup(2))), c.req)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for {
			floor, ok := s.(Floor).Floor()
			b, err := s.Next(context.Background())
			if err != nil {
				break
			}
			b.Record.Release()
			if now, _ := s.(Floor).Floor(); ok {
				got = append(got, now/1000)
				if now < floor {
					t.Errorf("%s: the floor went back from %d to %d", c.name, floor, now)
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: floors %v, want %v", c.name, got, c.want)
		}
		s.Close()
	}
}

// Rows without an event time and values that do not fit are told of by place.
func TestParquetRejects(t *testing.T) {
	type event struct {
		Time *string `parquet:"time,optional"`
		Addr string  `parquet:"addr"`
		Code string  `parquet:"code,dict"`
		Text string  `parquet:"text,plain"`
	}
	word := func(s string) *string { return &s }
	b := writeParquet(t, []event{
		{word("2024-03-01T10:00:00Z"), "10.0.0.1", "12", "a"},
		{nil, "10.0.0.2", "x", "b"},
		{word("yesterday"), "10.0.0.3", "13", "c"},
		{word("2024-03-01T10:00:01Z"), "ten", "x", "\xff"},
		{word(""), "10.0.0.5", "14", "e"},
		{word("2024-03-01T10:00:02Z"), "", "x", "\xfe"},
	}, parquet.MaxRowsPerRowGroup(4))
	for _, batch := range []int{0, 1, 2} {
		req := timed("time timestamp", "addr ip", "code int", "text string")
		req.BatchRows = batch
		got, err := readParquet(t, b, req)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got.rejects)
		want := []string{
			"1:0 missing_time time", "2:0 bad_time time", "3:0 bad_utf8 text", "3:0 bad_value addr", "3:0 bad_value code",
			"4:0 missing_time time", "5:0 bad_utf8 text", "5:0 bad_value code",
		}
		if !slices.Equal(got.rejects, want) {
			t.Errorf("batches of %d: rejects %q, want %q", batch, got.rejects, want)
		}
		if !slices.Equal(got.numbers, []int64{0, 3, 5}) {
			t.Errorf("rows %v", got.numbers)
		}
		if last := got.rows[2]; last[1] != nil || last[2] != nil || last[3] != "\uFFFD" {
			t.Errorf("row 5 is %v", last)
		}
	}
}

// A value is taken from the first of several places that has one.
func TestParquetPlaces(t *testing.T) {
	type source struct {
		IP *string `parquet:"ip,optional,dict"`
	}
	type event struct {
		Flat   *string  `parquet:"src_ip,optional,dict"`
		Source *source  `parquet:"source,optional"`
		List   []string `parquet:"ips,list"`
	}
	word := func(s string) *string { return &s }
	b := writeParquet(t, []event{
		{word("10.0.0.1"), &source{word("10.0.0.9")}, nil},
		{nil, &source{word("10.0.0.2")}, []string{"10.0.0.8"}},
		{nil, &source{nil}, []string{"10.0.0.3", "10.0.0.4"}},
		{nil, nil, nil},
	})
	const paths = "src_ip|source.ip|ips|nowhere"
	got, err := readParquet(t, b, request("a string "+paths, "b ip "+paths, "c string[] src_ip", "d string source.ip"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"[10.0.0.1 10.0.0.1 [10.0.0.1] 10.0.0.9]", "[10.0.0.2 10.0.0.2 <nil> 10.0.0.2]",
		"[10.0.0.3 10.0.0.3 <nil> <nil>]", "[<nil> <nil> <nil> <nil>]",
	}
	for i, row := range got.rows {
		if fmt.Sprint(row) != want[i] {
			t.Errorf("row %d is %v, want %s", i, row, want[i])
		}
	}
}

// A text keeps its code from row group to row group, and columns are written
// with a dictionary or without as suits what the file has.
func TestParquetDictionaries(t *testing.T) {
	rows := make([]sample, 60_000)
	for i := range rows {
		rows[i] = sample{Dict: fmt.Sprint(i / 5000), Text: fmt.Sprint(i), Lengths: fmt.Sprint(i % 9)}
		rows[i].Maydict = &rows[i].Text
	}
	b := writeParquet(t, rows, parquet.MaxRowsPerRowGroup(20_000))
	s, err := OpenParquet(context.Background(), seekable(b), request("dict string", "maydict string", "text string", "lengths string"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	codes, row := map[string]int{}, 0
	ids := map[string]bool{}
	var last []bool
	for {
		batch, err := s.Next(context.Background())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = nil
		for i := range 4 {
			_, is := batch.Record.Column(i).(*array.Dictionary)
			last = append(last, is)
		}
		d := batch.Record.Column(0).(*array.Dictionary)
		id, _ := batch.Record.Schema().Field(0).Metadata.GetValue(vec.DictKey)
		ids[id] = true
		for i := range d.Len() {
			text, code := rows[row].Dict, d.GetValueIndex(i)
			if known, ok := codes[text]; ok && known != code {
				t.Fatalf("row %d: %q had code %d and has %d", row, text, known, code)
			}
			codes[text] = code
			row++
		}
		batch.Record.Release()
	}
	if len(codes) != 12 || len(ids) != 1 || ids[""] {
		t.Errorf("%d codes, dictionaries %v", len(codes), ids)
	}
	// A dictionary of unique texts is of no use, nor is one for a column of them
	// that has none; repeated texts get one.
	if want := []bool{true, false, false, true}; !slices.Equal(last, want) {
		t.Errorf("with a dictionary: %v, want %v", last, want)
	}
}

// A file that cannot be read at random is read all the same.
func TestParquetSpool(t *testing.T) {
	b := writeParquet(t, make([]sample, 1000))
	closed := false
	f := &File{Name: "-", Reader: bytes.NewReader(b), Close: func() error { closed = true; return nil }}
	got, err := drain(t, request("plain int"), func(req Request) (Stream, error) { return OpenParquet(context.Background(), f, req) })
	if err != nil || len(got.rows) != 1000 || !closed {
		t.Errorf("%d rows, %v, closed %v", len(got.rows), err, closed)
	}
	broken := &File{Name: "-", Reader: io.MultiReader(bytes.NewReader(b), errorReader{})}
	if _, err := OpenParquet(context.Background(), broken, request()); err == nil || !strings.Contains(err.Error(), "cable") {
		t.Errorf("got %v", err)
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, errors.New("the cable is out") }

func TestParquetProgress(t *testing.T) {
	b := writeParquet(t, make([]sample, 1000), parquet.MaxRowsPerRowGroup(300))
	s, err := OpenParquet(context.Background(), seekable(b), Request{Columns: columns("plain int"), Time: -1, BatchRows: 100})
	if err != nil {
		t.Fatal(err)
	}
	before := int64(-1)
	for {
		done, total := s.(Progress).Progress()
		if done <= before || total != int64(len(b)) {
			t.Fatalf("%d of %d after %d", done, total, before)
		}
		before = done
		if _, err := s.Next(context.Background()); err != nil {
			break
		}
	}
	if before != int64(len(b)) {
		t.Errorf("ended at %d of %d", before, len(b))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Next(context.Background()); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("after Close: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s, _ = OpenParquet(ctx, seekable(b), request("plain int"))
	cancel()
	if _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

// A file that is cut or whose bytes are changed is an error or gives rows, and
// neither crashes the reader nor makes it run on.
func FuzzParquet(f *testing.F) {
	rows := []sample{{Text: "a", List: []string{"x", "y"}, Tags: map[string]string{"k": "v"}}, {Inner: &inner{}}, {Dict: "b", Many: make([]inner, 3)}}
	for _, version := range []int{1, 2} {
		for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Zstd, &parquet.Snappy, &parquet.Lz4Raw, &parquet.Gzip, &parquet.Brotli} {
			f.Add(writeParquet(f, rows, parquet.DataPageVersion(version), parquet.Compression(codec), parquet.BloomFilters(parquet.SplitBlockFilter(10, "dict"))))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		req := Request{Columns: sampleColumns, Time: -1, Ranges: []Range{{13, "!=", "b"}, {2, "<", int64(9)}}}
		s, err := OpenParquet(context.Background(), seekable(b), req)
		if err != nil {
			return
		}
		defer s.Close()
		s.(Sorted).Sorted()
		s.(Floor).Floor()
		for range 1000 {
			batch, err := s.Next(context.Background())
			if err != nil {
				return
			}
			for i, c := range batch.Record.Columns() {
				var door vec.Door
				if _, _, err := door.Open(batch.Record.Schema().Field(i), c, types.Any); err != nil {
					t.Fatal(err)
				}
			}
			batch.Record.Release()
		}
	})
}
