package input

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/bytestreamsplit"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// spare gives bytes the padding that decoders may read.
func spare(b []byte) []byte { return append(make([]byte, 0, len(b)+pagePadding), b...) }

// The library's encoder is the oracle of what a page of numbers means; reading
// and skipping come to the same place.
func TestHybrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 31).Draw(t, "width")
		var want []int32
		for range rapid.IntRange(1, 20).Draw(t, "runs") {
			n := rapid.IntRange(1, 40).Draw(t, "length")
			x := rapid.Int32Range(0, int32(uint32(1)<<width-1)).Draw(t, "value")
			for i := range n {
				want = append(want, x)
				if n%3 == 0 {
					x = (x*7 + int32(i)) & int32(uint32(1)<<width-1)
				}
			}
		}
		b, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		h := hybrid{b: spare(b), width: uint(width)}
		for len(want) > 0 {
			n := rapid.IntRange(1, len(want)).Draw(t, "n")
			if rapid.Bool().Draw(t, "skip") {
				if err := h.skip(n); err != nil {
					t.Fatal(err)
				}
			} else {
				got := make([]uint32, n)
				if err := h.read(got); err != nil {
					t.Fatal(err)
				}
				for i := range got {
					if got[i] != uint32(want[i]) {
						t.Fatalf("value %d is %d, want %d", i, got[i], want[i])
					}
				}
			}
			want = want[n:]
		}
	})
}

// unpack agrees with taking bit by bit, for each width and each first bit.
func TestUnpack(t *testing.T) {
	src := make([]byte, 200)
	for i := range src {
		src[i] = byte(i*i*31 + i)
	}
	for width := uint(1); width <= 32; width++ {
		for bit := range 9 {
			dst := make([]uint32, 37)
			unpack(dst, src, bit, width)
			for i, got := range dst {
				want := uint32(0)
				for k := range int(width) {
					at := bit + i*int(width) + k
					want |= uint32(src[at>>3]>>(at&7)&1) << k
				}
				if got != want {
					t.Fatalf("width %d, bit %d, value %d: %x, want %x", width, bit, i, got, want)
				}
			}
		}
	}
}

func TestHybridBroken(t *testing.T) {
	for _, c := range []struct {
		name  string
		b     []byte
		width uint
	}{
		{"nothing", nil, 3},
		{"a head without an end", bytes.Repeat([]byte{0x80}, 12), 3},
		{"a run without its value", []byte{2}, 3},
		{"packed values that are not there", []byte{3}, 3},
	} {
		h := hybrid{b: spare(c.b), width: c.width}
		if err := h.read(make([]uint32, 9)); !errors.Is(err, errRuns) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	l := newLevels(spare([]byte{8, 3}), 2)
	if err := l.fill(make([]uint32, 4)); !errors.Is(err, errLevel) {
		t.Errorf("a level over the highest: %v", err)
	}
}

// present marks the rows whose level is the highest.
func TestPresent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		top := rapid.Int32Range(1, 5).Draw(t, "highest")
		want := rapid.SliceOfN(rapid.Int32Range(max(top-2, 0), top), 1, 300).Draw(t, "levels")
		if rapid.Bool().Draw(t, "long runs") {
			for i := range want {
				want[i] = want[i/100*100]
			}
		}
		b, err := (&rle.Encoding{BitWidth: bits.Len32(uint32(top))}).EncodeInt32(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		l := newLevels(spare(b), int(top))
		var valid vec.Bitmap
		var scratch []uint32
		for at := 0; at < len(want); {
			n := rapid.IntRange(1, len(want)-at).Draw(t, "n")
			count, err := l.present(&valid, at, n, len(want), &scratch)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range want[at : at+n] {
				if x == top {
					count--
				}
			}
			if count != 0 {
				t.Fatalf("%d too many counted", count)
			}
			at += n
		}
		for i, x := range want {
			if got := valid == nil || valid.Get(i); got != (x == top) {
				t.Fatalf("row %d: %v at level %d of %d", i, got, x, top)
			}
		}
	})
}

func decodeInts(b []byte, n, width int) ([]int64, error) {
	vals, err := deltaInts(spare(b), n, width)
	if err != nil {
		return nil, err
	}
	l := newLane(types.Int, n, false)
	return l.i64, vals.read(l, 0, n)
}

func TestDeltaInts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Int64(), 1, 400).Draw(t, "values")
		b, err := (&delta.BinaryPackedEncoding{}).EncodeInt64(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeInts(b, len(want), 8); err != nil || !slices.Equal(got, want) {
			t.Fatalf("got %v, %v, want %v", got, err, want)
		}
		small := make([]int32, len(want))
		for i, x := range want {
			small[i] = int32(x)
		}
		if b, err = (&delta.BinaryPackedEncoding{}).EncodeInt32(nil, small); err != nil {
			t.Fatal(err)
		}
		got, err := decodeInts(b, len(small), 4)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != int64(small[i]) {
				t.Fatalf("value %d is %d, want %d", i, got[i], small[i])
			}
		}
	})
}

func TestDeltaText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringMatching(`(ab|abc|x){0,9}`), 1, 200).Draw(t, "values")
		var text []byte
		offs := []uint32{0}
		for _, s := range want {
			text = append(text, s...)
			offs = append(offs, uint32(len(text)))
		}
		for name, decode := range map[string]func([]byte) (values, error){
			"lengths": func(b []byte) (values, error) { return deltaLengths(b, len(want)) },
			"strings": func(b []byte) (values, error) { return deltaStrings(b, len(want), 0) },
		} {
			b, err := (&delta.LengthByteArrayEncoding{}).EncodeByteArray(nil, text, offs)
			if name == "strings" {
				b, err = (&delta.ByteArrayEncoding{}).EncodeByteArray(nil, text, offs)
			}
			if err != nil {
				t.Fatal(err)
			}
			vals, err := decode(spare(b))
			if err != nil {
				t.Fatal(err)
			}
			skip := rapid.IntRange(0, len(want)-1).Draw(t, "skip")
			l := newLane(types.String, len(want)-skip, false)
			if err := errors.Join(vals.skip(skip), vals.read(l, 0, l.n)); err != nil {
				t.Fatal(err)
			}
			for i, s := range want[skip:] {
				if string(l.textAt(i)) != s {
					t.Fatalf("%s: value %d is %q, want %q", name, i, l.textAt(i), s)
				}
			}
		}
	})
}

func TestDeltaBroken(t *testing.T) {
	uvarints := func(x ...uint64) (b []byte) {
		for _, v := range x {
			b = binary.AppendUvarint(b, v)
		}
		return b
	}
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"no block", uvarints(128, 4, 100, 0)},
		{"blocks of nothing", uvarints(0, 4, 10, 0)},
		{"no miniblocks", uvarints(128, 0, 10, 0)},
		{"miniblocks of a part of a byte", uvarints(12, 4, 10, 0)},
		{"more values than the page has", uvarints(128, 4, 1<<40, 0)},
		{"blocks of 2^40", uvarints(1<<40, 4, 10, 0)},
		{"numbers of 65 bits", append(uvarints(128, 4, 10, 0, 0), 65, 0, 0, 0)},
		{"miniblocks that are not there", append(uvarints(128, 4, 10, 0, 0), 64, 64, 64, 64)},
	} {
		if _, err := decodeInts(c.b, 100, 8); !errors.Is(err, errDelta) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	lengths, _ := (&delta.BinaryPackedEncoding{}).EncodeInt32(nil, []int32{5, -1})
	if _, err := deltaLengths(spare(lengths), 2); !errors.Is(err, errDelta) {
		t.Errorf("a negative length: %v", err)
	}
	shared, _ := (&delta.BinaryPackedEncoding{}).EncodeInt32(nil, []int32{3})
	none, _ := (&delta.BinaryPackedEncoding{}).EncodeInt32(nil, []int32{0})
	if _, err := deltaStrings(spare(append(shared, none...)), 1, 0); !errors.Is(err, errDelta) {
		t.Errorf("more shared than there is: %v", err)
	}
}

func TestJoinStreams(t *testing.T) {
	want := []float64{1.5, -2, math.Pi, 0, math.MaxFloat64}
	b, err := (&bytestreamsplit.Encoding{}).EncodeDouble(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &parquetNode{SchemaElement: format.SchemaElement{Type: thrift.New(format.Double)}}
	vals, err := newValues(leaf, format.ByteStreamSplit, spare(b), len(want))
	if err != nil {
		t.Fatal(err)
	}
	l := newLane(types.Float, len(want), false)
	if err := vals.read(l, 0, len(want)); err != nil || !slices.Equal(l.f64, want) {
		t.Errorf("got %v, %v", l.f64, err)
	}
	if _, err := newValues(leaf, format.ByteStreamSplit, spare(b[:9]), 1); !errors.Is(err, errValues) {
		t.Errorf("bytes that make no whole values: %v", err)
	}
}

// Values that end too soon are an error for each way to write them.
func TestValuesCut(t *testing.T) {
	for _, c := range []struct {
		name string
		vals values
		kind types.Kind
	}{
		{"ints", &plainInts{b: spare(make([]byte, 15)), width: 8}, types.Int},
		{"floats", &plainFloats{b: spare(make([]byte, 15)), width: 8}, types.Float},
		{"booleans", &plainBools{b: nil}, types.Bool},
		{"fixed", &plainFixed{b: spare(make([]byte, 3)), width: 2}, types.String},
		{"text without a length", &plainText{b: spare([]byte{0, 0, 0, 0, 1, 0})}, types.String},
		{"text over the end", &plainText{b: spare([]byte{0, 0, 0, 0, 1, 0, 0, 0})}, types.String},
		{"lane", &laneValues{lane: texts("a"), n: 1}, types.String},
	} {
		if err := c.vals.read(newLane(c.kind, 2, false), 0, 2); !errors.Is(err, errValues) {
			t.Errorf("read %s: %v", c.name, err)
		}
	}
	if err := (&plainText{b: spare([]byte{1, 0, 0, 0})}).skip(1); !errors.Is(err, errValues) {
		t.Errorf("skip: %v", err)
	}
}

// A few bytes of metadata cannot take all memory or all of the stack.
func TestThriftHostile(t *testing.T) {
	huge := append([]byte{0x2c<<0 | 0x09}, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07)
	for _, c := range []struct {
		name string
		b    []byte
		want error
	}{
		{"a list of 2^31 structs", huge, io.ErrUnexpectedEOF},
		{"structs in structs", bytes.Repeat([]byte{0x1c}, 1<<20), errThrift},
		{"lists in lists", append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1<<20)...), errThrift},
		{"a million empty structs", append(append([]byte{0x49, 0xfc}, binary.AppendUvarint(nil, 1<<20)...), make([]byte, 1<<20+1)...), errThrift},
		{"a text over the end", []byte{0x18, 0x7f, 'a'}, io.ErrUnexpectedEOF},
		{"an unknown type", []byte{0x1f, 0}, errThrift},
		{"a number of 11 bytes", append([]byte{0x16}, bytes.Repeat([]byte{0xff}, 11)...), errThrift},
		{"nothing", nil, io.ErrUnexpectedEOF},
	} {
		if _, err := decodeThrift(c.b, &parquetFooter{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// A page that claims another size than it has is refused before it takes its
// memory.
func TestDecompress(t *testing.T) {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat("forty-two ", 100))
	packed := encoder.EncodeAll(text, nil)
	for _, size := range []int{0, 1, len(text) - 1, len(text) + 1, maxPage} {
		if _, err := decompressZstd(nil, packed, size); err == nil {
			t.Errorf("%d bytes of %d", size, len(text))
		}
	}
	got, err := decompressZstd(nil, packed, len(text))
	if err != nil || !bytes.Equal(got, text) || cap(got) < len(got)+pagePadding {
		t.Errorf("%d bytes with room for %d, %v", len(got), cap(got), err)
	}
	for codec := format.Uncompressed; codec <= format.Lz4Raw; codec++ {
		d, err := parquetDecompressor(codec)
		if codec == format.LZO {
			if err == nil {
				t.Error("LZO is supported")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range [][]byte{nil, {0}, text, packed} {
			if out, err := d(nil, src, maxPage); err == nil {
				t.Errorf("%v: %d bytes of %d", codec, len(out), len(src))
			}
		}
	}
}
