package input

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func TestArrowConformance(t *testing.T) {
	dir := shared(t, "arrow-testing")
	for name, leaves := range expectations(t, "arrow_expect.txt") {
		t.Run(name, func(t *testing.T) {
			for _, batch := range []int{0, 3} {
				checkFile(t, filepath.Join(dir, name), leaves, batch, OpenArrow)
			}
		})
	}
}

// arrowCases are columns of most types: how to write row i, and what it should be
// read as. Every third row is missing where nothing else is said.
var arrowCases = []struct {
	column string // name and type, as columns takes them
	typ    arrow.DataType
	append func(b array.Builder, i int)
	want   func(i int) any
}{
	{"i8 int", arrow.PrimitiveTypes.Int8, func(b array.Builder, i int) { b.(*array.Int8Builder).Append(int8(-i)) }, func(i int) any { return int64(int8(-i)) }},
	{"u8 int", arrow.PrimitiveTypes.Uint8, func(b array.Builder, i int) { b.(*array.Uint8Builder).Append(uint8(i)) }, func(i int) any { return int64(uint8(i)) }},
	{"i16 int", arrow.PrimitiveTypes.Int16, func(b array.Builder, i int) { b.(*array.Int16Builder).Append(int16(-i)) }, func(i int) any { return int64(-i) }},
	{"u16 float", arrow.PrimitiveTypes.Uint16, func(b array.Builder, i int) { b.(*array.Uint16Builder).Append(uint16(i)) }, func(i int) any { return float64(i) }},
	{"i32 int", arrow.PrimitiveTypes.Int32, func(b array.Builder, i int) { b.(*array.Int32Builder).Append(int32(-i)) }, func(i int) any { return int64(-i) }},
	{"u32 int", arrow.PrimitiveTypes.Uint32, func(b array.Builder, i int) { b.(*array.Uint32Builder).Append(1<<32 - 1 - uint32(i)) }, func(i int) any { return int64(1<<32 - 1 - i) }},
	{"u64 string", arrow.PrimitiveTypes.Uint64, func(b array.Builder, i int) { b.(*array.Uint64Builder).Append(1<<64 - 1) }, func(int) any { return "18446744073709551615" }},
	{"f32 float", arrow.PrimitiveTypes.Float32, func(b array.Builder, i int) { b.(*array.Float32Builder).Append(float32(i) / 4) }, func(i int) any { return float64(i) / 4 }},
	{"f64 float", arrow.PrimitiveTypes.Float64, func(b array.Builder, i int) { b.(*array.Float64Builder).Append(float64(i) / 3) }, func(i int) any { return float64(i) / 3 }},
	{"bool bool", arrow.FixedWidthTypes.Boolean, func(b array.Builder, i int) { b.(*array.BooleanBuilder).Append(i%2 == 0) }, func(i int) any { return i%2 == 0 }},
	{"dec string", &arrow.Decimal128Type{Precision: 9, Scale: 2}, func(b array.Builder, i int) { b.(*array.Decimal128Builder).Append(decimal128.FromI64(int64(-i - 100))) }, func(i int) any { return fmt.Sprintf("-%d.%02d", (i+100)/100, i%100) }},
	{"date timestamp", arrow.FixedWidthTypes.Date32, func(b array.Builder, i int) { b.(*array.Date32Builder).Append(arrow.Date32(i)) }, func(i int) any { return int64(i) * microsPerDay }},
	{"date64 string", arrow.FixedWidthTypes.Date64, func(b array.Builder, i int) { b.(*array.Date64Builder).Append(arrow.Date64(86_400_000)) }, func(int) any { return "1970-01-02" }},
	{"clock duration", arrow.FixedWidthTypes.Time32s, func(b array.Builder, i int) { b.(*array.Time32Builder).Append(arrow.Time32(i)) }, func(i int) any { return int64(i) * 1_000_000 }},
	{"seconds timestamp", arrow.FixedWidthTypes.Timestamp_s, func(b array.Builder, i int) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(i)) }, func(i int) any { return int64(i) * 1_000_000 }},
	{"nanos timestamp", &arrow.TimestampType{Unit: arrow.Nanosecond}, func(b array.Builder, i int) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(-i)) }, func(i int) any { return int64(-(i + 999) / 1000) }},
	{"span duration", arrow.FixedWidthTypes.Duration_ms, func(b array.Builder, i int) { b.(*array.DurationBuilder).Append(arrow.Duration(i)) }, func(i int) any { return int64(i) * 1000 }},
	{"text string", arrow.BinaryTypes.String, func(b array.Builder, i int) { b.(*array.StringBuilder).Append(fmt.Sprint("ä", i)) }, func(i int) any { return fmt.Sprint("ä", i) }},
	{"large string", arrow.BinaryTypes.LargeString, func(b array.Builder, i int) { b.(*array.LargeStringBuilder).Append(fmt.Sprint(i)) }, func(i int) any { return fmt.Sprint(i) }},
	{"view string", arrow.BinaryTypes.StringView, func(b array.Builder, i int) { b.(*array.StringViewBuilder).Append(strings.Repeat("ab", i%20)) }, func(i int) any { return strings.Repeat("ab", i%20) }},
	{"addr ip", arrow.BinaryTypes.String, func(b array.Builder, i int) { b.(*array.StringBuilder).Append(fmt.Sprintf("10.0.0.%d", i%256)) }, func(i int) any { return netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}) }},
	{"raw ip", &arrow.FixedSizeBinaryType{ByteWidth: 4}, func(b array.Builder, i int) { b.(*array.FixedSizeBinaryBuilder).Append([]byte{10, 0, 0, byte(i)}) }, func(i int) any { return netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}) }},
	{"dict string", dictionaryType, func(b array.Builder, i int) { b.(*array.BinaryDictionaryBuilder).AppendString(fmt.Sprint("w", i/40)) }, func(i int) any { return fmt.Sprint("w", i/40) }},
	{"dictaddr ip", dictionaryType, func(b array.Builder, i int) {
		b.(*array.BinaryDictionaryBuilder).AppendString(fmt.Sprintf("10.0.0.%d", i/40))
	}, func(i int) any { return netip.AddrFrom4([4]byte{10, 0, 0, byte(i / 40)}) }},
	{"nulls int", arrow.Null, func(b array.Builder, i int) { b.AppendNull() }, func(int) any { return nil }},
	{"union string", arrow.SparseUnionOf([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}}, []arrow.UnionTypeCode{0}), func(b array.Builder, i int) {
		b.(*array.SparseUnionBuilder).Append(0)
		b.(*array.SparseUnionBuilder).Child(0).AppendNull()
	}, func(int) any { return nil }},
	{"runs int", arrow.RunEndEncodedOf(arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64), func(b array.Builder, i int) {
		r := b.(*array.RunEndEncodedBuilder)
		r.Append(1)
		r.ValueBuilder().(*array.Int64Builder).Append(7)
	}, func(int) any { return nil }},
	{"list int[]", arrow.ListOf(arrow.PrimitiveTypes.Int64), func(b array.Builder, i int) {
		l := b.(*array.ListBuilder)
		l.Append(true)
		for k := range i % 4 {
			if v := l.ValueBuilder().(*array.Int64Builder); k == 2 {
				v.AppendNull()
			} else {
				v.Append(int64(i))
			}
		}
	}, func(i int) any { return append([]any{}, []any{int64(i), int64(i), nil}[:i%4]...) }},
	{"slots string[]", arrow.FixedSizeListOf(2, arrow.BinaryTypes.String), func(b array.Builder, i int) {
		l := b.(*array.FixedSizeListBuilder)
		l.Append(true)
		l.ValueBuilder().(*array.StringBuilder).AppendValues([]string{"a", fmt.Sprint(i)}, nil)
	}, func(i int) any { return []any{"a", fmt.Sprint(i)} }},
	{"first string slots", nil, nil, func(i int) any { return "a" }},
	{"struct.a int", arrow.StructOf(arrow.Field{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}, arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int64, Nullable: true}), func(b array.Builder, i int) {
		s := b.(*array.StructBuilder)
		s.Append(true)
		s.FieldBuilder(0).AppendNull()
		s.FieldBuilder(1).(*array.Int64Builder).Append(int64(i))
	}, func(i int) any { return int64(i) }},
	{"b string struct.b", nil, nil, func(int) any { return nil }},
	{"map string map.k", arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String), func(b array.Builder, i int) {
		m := b.(*array.MapBuilder)
		m.Append(true)
		for _, k := range []string{"j", "k", "k"}[:i%4] {
			m.KeyBuilder().(*array.StringBuilder).Append(k)
			m.ItemBuilder().(*array.StringBuilder).Append(fmt.Sprint(k, i))
		}
	}, func(i int) any {
		if i%4 < 2 {
			return nil
		}
		return fmt.Sprint("k", i)
	}},
	{"last int", arrow.PrimitiveTypes.Int64, func(b array.Builder, i int) { b.(*array.Int64Builder).Append(int64(i)) }, func(i int) any { return int64(i) }},
	{"gone string", nil, nil, func(int) any { return nil }},
}

// arrowSample are records of arrowCases with the given numbers of rows.
func arrowSample(rows ...int) (*arrow.Schema, []arrow.Record) {
	var fields []arrow.Field
	for _, c := range arrowCases {
		if c.typ != nil {
			fields = append(fields, arrow.Field{Name: strings.Split(strings.Fields(c.column)[0], ".")[0], Type: c.typ, Nullable: true})
		}
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	var out []arrow.Record
	row := 0
	for _, n := range rows {
		for range n {
			k := 0
			for _, c := range arrowCases {
				switch {
				case c.typ == nil:
					continue
				case row%3 == 2:
					b.Field(k).AppendNull()
				default:
					c.append(b.Field(k), row)
				}
				k++
			}
			row++
		}
		out = append(out, b.NewRecord())
	}
	return schema, out
}

func arrowFile(t testing.TB, file bool, schema *arrow.Schema, records []arrow.Record, options ...ipc.Option) []byte {
	t.Helper()
	var b bytes.Buffer
	options = append(options, ipc.WithSchema(schema))
	var w interface {
		Write(arrow.Record) error
		Close() error
	} = ipc.NewWriter(&b, options...)
	if file {
		var err error
		if w, err = ipc.NewFileWriter(&positioned{Writer: &b}, options...); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// positioned tells where it stands, which is all that the library asks for.
type positioned struct {
	io.Writer
	at int64
}

func (p *positioned) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	p.at += int64(n)
	return n, err
}

func (p *positioned) Seek(int64, int) (int64, error) { return p.at, nil }

func readArrow(t testing.TB, f *File, req Request) (told, error) {
	return drain(t, req, func(req Request) (Stream, error) { return OpenArrow(context.Background(), f, req) })
}

func arrowRequest() Request {
	req := Request{Time: -1}
	for _, c := range arrowCases {
		req.Columns = append(req.Columns, columns(c.column)...)
	}
	return req
}

func TestArrowRoundTrip(t *testing.T) {
	schema, records := arrowSample(100, 0, 1, 333)
	_, one := arrowSample(434) // of files the library does not write dictionaries that change
	for _, c := range []struct {
		name    string
		file    bool
		batch   int
		options []ipc.Option
	}{
		{"a file", true, 0, nil},
		{"a file in parts", true, 7, nil},
		{"a file with zstd", true, 0, []ipc.Option{ipc.WithZstd()}},
		{"a stream", false, 0, nil},
		{"a stream in parts", false, 100, nil},
		{"a stream with LZ4", false, 0, []ipc.Option{ipc.WithLZ4()}},
		{"a stream with deltas of dictionaries", false, 50, []ipc.Option{ipc.WithDictionaryDeltas(true)}},
	} {
		b := arrowFile(t, c.file, schema, map[bool][]arrow.Record{true: one, false: records}[c.file], c.options...)
		for _, f := range []*File{seekable(b), {Name: "-", Reader: bytes.NewReader(b)}} {
			req := arrowRequest()
			req.BatchRows = c.batch
			got, err := readArrow(t, f, req)
			if err != nil || len(got.rows) != 434 || len(got.rejects) > 0 {
				t.Fatalf("%s: %d rows, %v, rejects %v", c.name, len(got.rows), err, got.rejects)
			}
			for i, row := range got.rows {
				for k, ac := range arrowCases {
					want := ac.want(i)
					if i%3 == 2 {
						want = nil
					}
					if !reflect.DeepEqual(row[k], want) {
						t.Fatalf("%s: row %d, %s: %#v, want %#v", c.name, i, ac.column, row[k], want)
					}
				}
			}
		}
	}
}

// A dictionary that is replaced or grows keeps the codes of the texts it had.
func TestArrowDictionaries(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "w", Type: dictionaryType, Nullable: true}}, nil)
	var records []arrow.Record
	for i, words := range [][]string{{"a", "b"}, {"a", "b", "c"}, {"x", "a"}} {
		b := array.NewDictionaryBuilder(memory.DefaultAllocator, dictionaryType).(*array.BinaryDictionaryBuilder)
		for range i + 1 {
			for _, w := range words {
				b.AppendString(w)
			}
		}
		a := b.NewArray()
		records = append(records, array.NewRecord(schema, []arrow.Array{a}, int64(a.Len())))
	}
	for _, deltas := range []bool{false, true} {
		b := arrowFile(t, false, schema, records, ipc.WithDictionaryDeltas(deltas))
		s, err := OpenArrow(context.Background(), seekable(b), request("w string"))
		if err != nil {
			t.Fatal(err)
		}
		codes, ids := map[string]int{}, map[string]bool{}
		var all []string
		for {
			batch, err := s.Next(context.Background())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			d := batch.Record.Column(0).(*array.Dictionary)
			id, _ := batch.Record.Schema().Field(0).Metadata.GetValue(vec.DictKey)
			ids[id] = true
			for i := range d.Len() {
				code := d.GetValueIndex(i)
				w := d.Dictionary().(*array.String).Value(code)
				if known, ok := codes[w]; ok && known != code {
					t.Errorf("deltas %v: %q had code %d and has %d", deltas, w, known, code)
				}
				codes[w] = code
				all = append(all, w)
			}
			batch.Record.Release()
		}
		want := strings.Fields("a b a b c a b c x a x a x a")
		if !slices.Equal(all, want) || len(codes) != 4 || len(ids) != 1 {
			t.Errorf("deltas %v: %v, %d codes, dictionaries %v", deltas, all, len(codes), ids)
		}
		s.Close()
	}
}

func TestArrowRejectsAndRanges(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "time", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "n", Type: dictionaryType}, {Name: "m", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i, at := range []string{"2024-03-01T10:00:00Z", "", "tomorrow", "2024-03-01T10:00:01Z", "2024-03-01T10:00:02Z"} {
		if b.Field(0).(*array.StringBuilder).Append(at); i == 1 {
			b.Field(1).(*array.BinaryDictionaryBuilder).AppendString("x")
		} else {
			b.Field(1).(*array.BinaryDictionaryBuilder).AppendString([]string{"1", "2", "x"}[i%3])
		}
		b.Field(2).(*array.Int64Builder).Append(int64(i))
	}
	data := arrowFile(t, true, schema, []arrow.Record{b.NewRecord()})
	req := timed("time timestamp", "n int", "m int")
	got, err := readArrow(t, seekable(data), req)
	slices.Sort(got.rejects)
	if want := []string{"1:0 missing_time time", "2:0 bad_time time"}; err != nil || !slices.Equal(got.rejects, want) || !slices.Equal(got.numbers, []int64{0, 3, 4}) {
		t.Errorf("rejects %q of rows %v, %v", got.rejects, got.numbers, err)
	}
	req = Request{Columns: columns("n int", "m int"), Time: -1, Ranges: []Range{{1, ">=", int64(2)}}}
	got, err = readArrow(t, seekable(data), req)
	if want := []string{"2:0 bad_value n"}; err != nil || !slices.Equal(got.rejects, want) || !slices.Equal(got.numbers, []int64{2, 3, 4}) {
		t.Errorf("rejects %q of rows %v, %v", got.rejects, got.numbers, err)
	}
}

// Only the buffers of columns that are asked for are read.
func TestArrowProjection(t *testing.T) {
	schema, records := arrowSample(5000)
	b := arrowFile(t, true, schema, records)
	f := &countingFile{ReaderAt: bytes.NewReader(b)}
	got, err := readArrow(t, &File{Name: "test", Reader: bytes.NewReader(b), Seek: f, Size: int64(len(b))}, request("last int"))
	if err != nil || len(got.rows) != 5000 || f.n > len(b)/4 {
		t.Errorf("%d rows by reading %d of %d bytes, %v", len(got.rows), f.n, len(b), err)
	}
}

func TestArrowRefused(t *testing.T) {
	schema, records := arrowSample(50)
	file, stream := arrowFile(t, true, schema, records), arrowFile(t, false, schema, records)
	var big bytes.Buffer
	w := ipc.NewWriter(&big, ipc.WithSchema(schema.WithEndianness(1-schema.Endianness())))
	w.Close()
	huge := bytes.Clone(stream)
	binary.LittleEndian.PutUint32(huge[4:], 1<<31-8)
	for _, c := range []struct {
		name string
		b    []byte
		word string
	}{
		{"big-endian", big.Bytes(), "big-endian"},
		{"a file that is cut", file[:len(file)-100], "does not end"},
		{"a file without its footer", append([]byte(arrowMagic), 0, 0), "EOF"},
		{"a stream that ends before its schema", stream[:100], "EOF"},
		{"nothing", nil, "schema"},
		{"an end and nothing else", []byte{255, 255, 255, 255, 0, 0, 0, 0}, "schema"},
		{"metadata of 2 GiB", huge, "claims"},
	} {
		for _, f := range []*File{seekable(c.b), {Name: "test", Reader: bytes.NewReader(c.b)}} {
			if _, err := readArrow(t, f, arrowRequest()); err == nil || !strings.Contains(err.Error(), c.word) || !strings.Contains(err.Error(), "test") {
				t.Errorf("%s: got %v, want an error about %q", c.name, err, c.word)
			}
		}
	}
}

// A stream that is cut gives what came before the cut.
func TestArrowTruncated(t *testing.T) {
	schema, records := arrowSample(50, 50)
	stream := arrowFile(t, false, schema, records)
	for _, cut := range []int{100, 500} {
		b := stream[:len(stream)-cut]
		for _, f := range []*File{seekable(b), {Name: "test", Reader: bytes.NewReader(b)}} {
			got, err := readArrow(t, f, arrowRequest())
			if err != nil || len(got.rows) != 50 || !slices.Equal(got.rejects, []string{"-1:0 truncated"}) {
				t.Errorf("%d rows, rejects %q, %v", len(got.rows), got.rejects, err)
			}
		}
	}
}

func TestSniffColumnar(t *testing.T) {
	schema, records := arrowSample(5)
	for _, c := range []struct {
		name           string
		b              []byte
		parquet, arrow bool
	}{
		{"parquet", writeParquet(t, []sample{{}}), true, false},
		{"arrow file", arrowFile(t, true, schema, records), false, true},
		{"arrow stream", arrowFile(t, false, schema, records), false, true},
		{"text", []byte("PARIS, 1789"), false, false},
		{"ones", bytes.Repeat([]byte{255}, 100), false, false},
		{"nothing", nil, false, false},
	} {
		if p, a := SniffParquet(c.b), SniffArrow(c.b); p != c.parquet || a != c.arrow {
			t.Errorf("%s: parquet %v, arrow %v", c.name, p, a)
		}
	}
}

// See FuzzParquet.
func FuzzArrow(f *testing.F) {
	schema, records := arrowSample(9)
	for _, file := range []bool{false, true} {
		for _, option := range []ipc.Option{ipc.WithDictionaryDeltas(true), ipc.WithZstd(), ipc.WithLZ4()} {
			f.Add(arrowFile(f, file, schema, records, option))
		}
	}
	req := arrowRequest()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, file := range []*File{seekable(b), {Name: "test", Reader: bytes.NewReader(b)}} {
			s, err := OpenArrow(context.Background(), file, req)
			if err != nil {
				return
			}
			for range 100 {
				batch, err := s.Next(context.Background())
				if err != nil {
					break
				}
				for i, c := range batch.Record.Columns() {
					var door vec.Door
					if _, _, err := door.Open(batch.Record.Schema().Field(i), c, types.Any); err != nil {
						t.Fatal(err)
					}
				}
				batch.Record.Release()
			}
			s.Close()
		}
	})
}
