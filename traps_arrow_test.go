package det_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// arrowTrap is a form of Arrow's columns that readers get wrong, as records that a
// program pushes; a comment says what the wrong reading gives.
type arrowTrap struct {
	title   string
	rule    string // behind `from events`
	records []arrow.Record
	want    string // the rows, over all records, that are the last of an alert's evidence
}

const arrowSchema = `schema events {
  time timestamp
  code string
  kind string
  n int
  ok bool
  ids list(int)
}

rule r {
  from events
`

// named is a column of a record.
type named struct {
	name string
	data arrow.Array
}

// recordOf is a record of columns of one length.
func recordOf(columns ...named) arrow.Record {
	var fields []arrow.Field
	var data []arrow.Array
	for _, c := range columns {
		fields = append(fields, arrow.Field{Name: c.name, Type: c.data.DataType(), Nullable: true})
		data = append(data, c.data)
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), data, int64(data[0].Len()))
}

// arrayOf is an array as its JSON says.
func arrayOf(typ arrow.DataType, json string) arrow.Array {
	a, _, err := array.FromJSON(memory.DefaultAllocator, typ, strings.NewReader(json))
	if err != nil {
		panic(err) // the JSON stands in this file
	}
	return a
}

// texts is an array of text, null for "-".
func texts(typ arrow.DataType, words string) arrow.Array {
	b := array.NewBuilder(memory.DefaultAllocator, typ).(array.StringLikeBuilder)
	defer b.Release()
	for _, w := range strings.Fields(words) {
		if w == "-" {
			b.AppendNull()
		} else {
			b.Append(w)
		}
	}
	return b.NewArray()
}

// dictionary is an array of indices into values.
func dictionary(index arrow.DataType, indices string, values arrow.Array) arrow.Array {
	typ := &arrow.DictionaryType{IndexType: index, ValueType: values.DataType()}
	return array.NewDictionaryArray(typ, arrayOf(index, indices), values)
}

// seconds is n times a second apart, the first at 2024-03-01T00:00:00Z.
func seconds(n int) arrow.Array {
	b := array.NewTimestampBuilder(memory.DefaultAllocator, arrow.FixedWidthTypes.Timestamp_us.(*arrow.TimestampType))
	defer b.Release()
	for i := range n {
		b.Append(arrow.Timestamp(1_709_251_200_000_000 + int64(i)*1_000_000))
	}
	return b.NewArray()
}

// sliced is a record cut at rows that lie at no border of a byte. Its columns are
// slices as well: of arrays with one more row at either end.
func sliced() []arrow.Record {
	var codes, kinds, n, ok, ids strings.Builder
	for i := -1; i <= 23; i++ {
		word := []string{"a", "c", "b"}[(i+3)%3]
		switch {
		case i < 0 || i == 23:
			word = "b"
		case i%6 == 0:
			word = "-"
		}
		fmt.Fprintf(&codes, "%s ", word)
		fmt.Fprintf(&kinds, ",%d", 1-(i+2)%2) // x for odd rows
		fmt.Fprintf(&n, ",%d", i)
		fmt.Fprintf(&ok, ",%t", i < 0 || i > 8)
		fmt.Fprintf(&ids, ",[%d, %d]", i, 100+i)
	}
	inner := func(a arrow.Array) arrow.Array { return array.NewSlice(a, 1, 24) }
	whole := recordOf(
		named{"time", seconds(23)},
		named{"code", inner(texts(arrow.BinaryTypes.String, codes.String()))},
		named{"kind", inner(dictionary(arrow.PrimitiveTypes.Int16, "["+kinds.String()[1:]+"]", texts(arrow.BinaryTypes.String, "x y")))},
		named{"n", inner(arrayOf(arrow.PrimitiveTypes.Int32, "["+n.String()[1:]+"]"))},
		named{"ok", inner(arrayOf(arrow.FixedWidthTypes.Boolean, "["+ok.String()[1:]+"]"))},
		named{"ids", inner(arrayOf(arrow.ListOf(arrow.PrimitiveTypes.Int64), "["+ids.String()[1:]+"]"))},
	)
	var records []arrow.Record
	for _, cut := range [][2]int64{{0, 3}, {3, 10}, {10, 11}, {11, 11}, {11, 23}} {
		records = append(records, whole.NewSlice(cut[0], cut[1]))
	}
	return records
}

// clocks is three events in each of Arrow's units of time, with and without a zone: a
// second before nine in UTC, at nine, and a second later.
func clocks() []arrow.Record {
	const nine = 1_709_283_600
	var records []arrow.Record
	for _, zone := range []string{"", "UTC", "Europe/Zurich", "-07:00"} {
		for unit, scale := range map[arrow.TimeUnit]int64{arrow.Second: 1, arrow.Millisecond: 1e3, arrow.Microsecond: 1e6, arrow.Nanosecond: 1e9} {
			b := array.NewTimestampBuilder(memory.DefaultAllocator, &arrow.TimestampType{Unit: unit, TimeZone: zone})
			for s := range int64(3) {
				b.Append(arrow.Timestamp((nine - 1 + s) * scale))
			}
			records = append(records, recordOf(named{"time", b.NewArray()}))
			b.Release()
		}
	}
	return records
}

// label is an extension of a type of text.
type label struct{ arrow.ExtensionBase }

func (*label) ArrayType() reflect.Type { return reflect.TypeOf(labels{}) }
func (*label) ExtensionName() string   { return "label" }
func (*label) Serialize() string       { return "" }
func (l *label) String() string        { return "label of " + l.Storage.String() }
func (*label) ExtensionEquals(other arrow.ExtensionType) bool {
	_, is := other.(*label)
	return is
}
func (*label) Deserialize(storage arrow.DataType, _ string) (arrow.ExtensionType, error) {
	return &label{arrow.ExtensionBase{Storage: storage}}, nil
}

// labels is an array of labels.
type labels struct{ array.ExtensionArrayBase }

// labelled is an array as one of an extension type.
func labelled(a arrow.Array) arrow.Array {
	typ, storage := &label{arrow.ExtensionBase{Storage: a.DataType()}}, a.Data()
	data := array.NewData(typ, a.Len(), storage.Buffers(), storage.Children(), storage.NullN(), storage.Offset())
	defer data.Release()
	if d, is := a.(*array.Dictionary); is { // Arrow's own way loses it
		data.SetDictionary(d.Dictionary().Data())
	}
	return array.NewExtensionData(data)
}

// textual is a record of a column of words.
func textual(codes arrow.Array) arrow.Record {
	return recordOf(named{"time", seconds(codes.Len())}, named{"code", codes})
}

var plainText = arrow.BinaryTypes.String

// longWords has words on either side of twelve bytes: a view holds so many in place,
// and more in a buffer.
const longWords = "b - thirteen_chars thirteen_charz x_thirteen_chars twelve_chars"

// arrowTraps are those of Arrow, all of number 40.
func arrowTraps() []arrowTrap {
	return []arrowTrap{
		{
			// Rows 1, 4, 7 … are c, 2, 5, 8 … b, 0 and 6 missing; from row 9 on ok is true. Each
			// column that is read without its offset shifts by a row or more.
			title: "slices: text, numbers, bits", rule: "when code == \"b\" and ok and n >= 11",
			records: sliced(), want: "11 14 17 20",
		},
		{title: "slices: a dictionary", rule: "when kind == \"x\" and n < 6", records: sliced(), want: "1 3 5"},
		{title: "slices: missing", rule: "when code is null", records: sliced(), want: "0 6 12 18"},
		{title: "slices: lists", rule: "when 111 in ids or 4 in ids", records: sliced(), want: "4 11"},
		{title: "slices: a group", rule: "window all by code { c = count(), last = max(n) }\n  when c == 7 and last == 20", records: sliced(), want: "20"},
		{
			title: "a null among a dictionary's values", rule: "when code is null",
			records: []arrow.Record{textual(dictionary(arrow.PrimitiveTypes.Int32, "[0, 1, 2, null, 2]", texts(plainText, "a - b")))}, want: "1 3",
		},
		{
			title: "is unequal", rule: "when code != \"a\"",
			records: []arrow.Record{textual(dictionary(arrow.PrimitiveTypes.Uint8, "[0, 1, 2, null, 2]", texts(plainText, "a - b")))}, want: "1 2 3 4",
		},
		{
			title: "is not empty", rule: "when code == \"\" or length(code) == 0 or code like \"*\" and code != \"b\"",
			records: []arrow.Record{textual(dictionary(arrow.PrimitiveTypes.Int64, "[1, 1, 2, null]", texts(plainText, "a - b")))}, want: "",
		},
		{
			// As the text "" the nulls would be a group of three.
			title: "is no group", rule: "window all by code { c = count() }\n  when c >= 2",
			records: []arrow.Record{textual(dictionary(arrow.PrimitiveTypes.Int8, "[1, 2, 1, null, 2]", texts(plainText, "a - b")))}, want: "4",
		},
		{
			// A code that is kept from one batch to the next means another text.
			title: "a dictionary that changes", rule: "when code == \"b\"",
			records: []arrow.Record{
				textual(dictionary(arrow.PrimitiveTypes.Int8, "[0, 1]", texts(plainText, "a b"))),
				textual(dictionary(arrow.PrimitiveTypes.Int8, "[0, 1]", texts(plainText, "b a"))),
				textual(dictionary(arrow.PrimitiveTypes.Int8, "[0, 1, 0]", array.NewSlice(texts(plainText, "b c b"), 1, 3))),
				textual(dictionary(arrow.PrimitiveTypes.Uint16, "[1, 0]", texts(arrow.BinaryTypes.LargeString, "- b"))),
			},
			want: "1 2 5 7",
		},
		{
			// By their places the columns of the second record are others'; it has an own one
			// more, of the third two are missing.
			title: "a schema that changes", rule: "when code == \"b\" and (n is null or n > 1)",
			records: []arrow.Record{
				recordOf(named{"time", seconds(3)}, named{"code", texts(plainText, "b b a")}, named{"n", arrayOf(arrow.PrimitiveTypes.Int64, "[1, 2, 3]")}),
				recordOf(named{"other", texts(plainText, "b b b")}, named{"n", arrayOf(arrow.PrimitiveTypes.Uint16, "[1, 2, 3]")}, named{"code", texts(arrow.BinaryTypes.LargeString, "b b a")}, named{"time", seconds(3)}),
				recordOf(named{"code", dictionary(arrow.PrimitiveTypes.Int32, "[1, 0, 1]", texts(plainText, "a b"))}, named{"time", seconds(3)}),
				recordOf(named{"time", seconds(2)}, named{"n", arrayOf(arrow.PrimitiveTypes.Float64, "[2.0, 2.5]")}),
				recordOf(named{"time", seconds(2)}, named{"code", array.NewNull(2)}),
			},
			want: "1 4 6 8",
		},
		{
			// Read in another unit nine is in 1970 or far ahead; a zone says how a time is
			// shown, and moves none.
			title: "units of time, and zones", rule: "when time == 2024-03-01T09:00:00Z",
			records: clocks(), want: "1 4 7 10 13 16 19 22 25 28 31 34 37 40 43 46",
		},
		{
			// The three of each record are one hour's and the next's: 16 events and 32.
			title: "units of time in windows", rule: "window 1h { c = count() }\n  when c == 16 and window_start == 2024-03-01T08:00:00Z",
			records: clocks(), want: "45",
		},
		{title: "LargeString", rule: "when code endswith \"chars\"", records: []arrow.Record{textual(texts(arrow.BinaryTypes.LargeString, longWords))}, want: "2 4 5"},
		{title: "StringView", rule: "when code endswith \"chars\"", records: []arrow.Record{textual(texts(arrow.BinaryTypes.StringView, longWords))}, want: "2 4 5"},
		{
			title: "their slices", rule: "when code == \"thirteen_chars\" or code is null",
			records: []arrow.Record{
				textual(texts(arrow.BinaryTypes.LargeString, longWords)).NewSlice(1, 5),
				textual(texts(arrow.BinaryTypes.StringView, longWords)).NewSlice(1, 5),
			},
			want: "0 1 4 5",
		},
		{title: "an extension type", rule: "when code == \"b\" or code is null", records: []arrow.Record{textual(labelled(texts(plainText, "a b - b")))}, want: "1 2 3"},
		{
			title: "an extension of a dictionary, sliced", rule: "when code == \"b\" or code is null",
			records: []arrow.Record{textual(labelled(dictionary(arrow.PrimitiveTypes.Int8, "[2, 0, 1, null, 2]", texts(plainText, "a - b")))).NewSlice(1, 5)}, want: "1 2 3",
		},
	}

}

func TestArrowTraps(t *testing.T) {
	for _, c := range arrowTraps() {
		t.Run("40 "+c.title, func(t *testing.T) {
			rules, diags := det.Compiler{}.Sources(det.Source{Name: "r.det", Text: arrowSchema + "  " + c.rule + "\n}\n"})
			if diags.Errors() > 0 {
				t.Fatal(&det.CompileError{Diagnostics: diags})
			}
			var rows []int64
			// The clock stands until the end: records may go back in time.
			engine, err := rules.NewEngine(det.EngineOptions{Manual: true, Each: func(a *runtime.Alert) error {
				rows = append(rows, a.Evidence[len(a.Evidence)-1].Row)
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer engine.Close()
			for _, rec := range c.records {
				if err := engine.Push("events", rec); err != nil {
					t.Fatal(err)
				}
			}
			if err := engine.Flush(); err != nil {
				t.Fatal(err)
			}
			slices.Sort(rows)
			if got := strings.Trim(fmt.Sprint(rows), "[]"); got != c.want {
				t.Errorf("fires for %q, want %q", got, c.want)
			}
		})
	}
}
