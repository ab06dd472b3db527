package input

import (
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/format"

	"github.com/detlang/det/lang/types"
)

// parquetTest is a rangeTest whose column stands in one leaf, so that what the
// file says of the leaf's values can be asked.
type parquetTest struct {
	*rangeTest
	leaf *parquetNode
	want types.Kind
}

// spans are the rows of a row group that may pass all tests; none if the file's
// statistics, Bloom filters or page index rule all of them out. What cannot be
// read of these is as if it were not there.
func (f *parquetFile) spans(group int, tests []parquetTest) []rowSpan {
	g := &f.RowGroups[group]
	spans := []rowSpan{{0, g.NumRows}}
	for _, t := range tests {
		if t.leaf.column >= len(g.Columns) {
			continue
		}
		chunk := &g.Columns[t.leaf.column]
		least, most := t.bounds(&chunk.MetaData.Statistics)
		if t.allMissing(&chunk.MetaData) || !t.mayHold(least, most) || !f.mayContain(t, chunk) {
			return nil
		}
		spans = both(spans, f.pageSpans(t, chunk, g.NumRows))
	}
	return spans
}

// allMissing tells of a chunk without values, which only != can pass.
func (t parquetTest) allMissing(m *parquetChunkData) bool {
	return t.op != "!=" && m.NumValues > 0 && m.Statistics.NullCount == m.NumValues
}

// ordered tells whether the order in which writers compare the leaf's values is
// that of the wanted ones, so that least and greatest stay so.
func (t parquetTest) ordered() bool {
	switch m := t.leaf.meaning(); m.sense {
	case asInt, asUint32:
		return t.want == types.Int || t.want == types.Float
	case asTime, asDate:
		return t.want == types.Timestamp
	case asClock, asSpan:
		return t.want == types.Duration
	case asFloat, asDecimal:
		return t.want == types.Float
	case asText, asBytes:
		return t.want == types.String
	}
	return false
}

// bounds are the least and the greatest value that statistics tell of, nil where
// they do not. The older pair of fields has no order for text and unsigned
// numbers (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
func (t parquetTest) bounds(s *format.Statistics) (least, most *lane) {
	if !t.ordered() {
		return nil, nil
	}
	lo, hi := s.MinValue, s.MaxValue
	if lo == nil && hi == nil && t.leaf.rawKind() != types.String && t.leaf.meaning().sense != asUint32 {
		lo, hi = s.Min, s.Max
	}
	return t.bound(lo), t.bound(hi)
}

// bound is a value of the leaf, as statistics write it, as a wanted value.
func (t parquetTest) bound(b []byte) *lane {
	if b == nil {
		return nil
	}
	if t.want == types.String {
		return &lane{kind: types.String, n: 1, offs: []int32{0, int32(len(b))}, text: b}
	}
	vals, err := newValues(t.leaf, format.Plain, append(make([]byte, 0, len(b)+pagePadding), b...), 1)
	if err != nil {
		return nil
	}
	stored := newLane(t.leaf.rawKind(), 1, false)
	if err := vals.read(stored, 0, 1); err != nil {
		return nil
	}
	cast := t.leaf.meaning().cast(t.want)
	if cast == nil {
		return stored
	}
	l, odd := newLane(t.want, 1, false), false
	if err := cast(l, 0, stored, 1, func(int, outcome, value) { odd = true }); err != nil || odd {
		return nil
	}
	return l
}

// pageSpans are the rows of those pages that may pass a test.
func (f *parquetFile) pageSpans(t parquetTest, chunk *parquetChunk, rows int64) []rowSpan {
	all := []rowSpan{{0, rows}}
	var index format.ColumnIndex
	var places format.OffsetIndex
	if !f.section(chunk.ColumnIndexOffset, chunk.ColumnIndexLength, &index) ||
		!f.section(chunk.OffsetIndexOffset, chunk.OffsetIndexLength, &places) {
		return all
	}
	n := len(places.PageLocations)
	if n == 0 || len(index.NullPages) != n || len(index.MinValues) != n || len(index.MaxValues) != n {
		return all
	}
	var spans []rowSpan
	for i, p := range places.PageLocations {
		s := rowSpan{p.FirstRowIndex, rows}
		if i+1 < n {
			s.to = places.PageLocations[i+1].FirstRowIndex
		}
		if s.from < 0 || s.from > s.to || s.to > rows || i == 0 && s.from != 0 {
			return all
		}
		if index.NullPages[i] {
			if t.op != "!=" {
				continue
			}
		} else if least, most := t.bounds(&format.Statistics{MinValue: index.MinValues[i], MaxValue: index.MaxValues[i]}); !t.mayHold(least, most) {
			continue
		}
		if k := len(spans); k > 0 && spans[k-1].to == s.from {
			spans[k-1].to = s.to
		} else {
			spans = append(spans, s)
		}
	}
	return spans
}

// both are the rows that are in a and in b; each ascends.
func both(a, b []rowSpan) []rowSpan {
	var out []rowSpan
	for len(a) > 0 && len(b) > 0 {
		if s := (rowSpan{max(a[0].from, b[0].from), min(a[0].to, b[0].to)}); s.from < s.to {
			out = append(out, s)
		}
		if a[0].to < b[0].to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

const maxSection = 64 << 20

// section decodes metadata that stand outside of the footer.
func (f *parquetFile) section(off int64, n int32, v any) bool {
	if off <= 0 || n <= 0 || n > maxSection || off+int64(n) > f.size {
		return false
	}
	b := make([]byte, n)
	if readAt(f.src, b, off) != nil {
		return false
	}
	_, err := decodeThrift(b, v)
	return err == nil
}

// mayContain asks the chunk's Bloom filter, if it has one, for the values of a
// test for equality (https://parquet.apache.org/docs/file-format/bloomfilter/).
func (f *parquetFile) mayContain(t parquetTest, chunk *parquetChunk) bool {
	off := chunk.MetaData.BloomFilterOffset
	if off <= 0 || off >= f.size || t.op != "==" && t.op != "in" {
		return true
	}
	hashes, ok := t.hashes()
	if !ok {
		return true
	}
	head := make([]byte, min(256, f.size-off))
	if readAt(f.src, head, off) != nil {
		return true
	}
	var h format.BloomFilterHeader
	n, err := decodeThrift(head, &h)
	if err != nil {
		return true
	}
	_, split := h.Algorithm.Value.(*format.SplitBlockAlgorithm)
	_, xx := h.Hash.Value.(*format.XxHash)
	_, plain := h.Compression.Value.(*format.BloomFilterUncompressed)
	if size := int64(h.NumBytes); !split || !xx || !plain || size <= 0 || size%bloom.BlockSize != 0 || off+int64(n)+size > f.size {
		return true
	}
	filter := io.NewSectionReader(f.src, off+int64(n), int64(h.NumBytes))
	return slices.ContainsFunc(hashes, func(x uint64) bool {
		found, err := bloom.CheckSplitBlock(filter, filter.Size(), x)
		return found || err != nil
	})
}

// hashes are those of the test's values as the leaf stores them; ok is false when
// a value might be stored in several ways, or in one that is not known.
func (t parquetTest) hashes() (out []uint64, ok bool) {
	m := t.leaf.meaning()
	var b []byte
	switch {
	case (m.sense == asText || m.sense == asBytes) && t.want == types.String:
		for _, s := range t.texts {
			out = append(out, bloom.XXH64{}.Sum64([]byte(s)))
		}
		return out, true
	case t.ordered() && (t.want == types.Int || t.want == types.Timestamp && m.mul == 1 && m.div == 1):
		for _, x := range t.ints {
			if b = binary.LittleEndian.AppendUint64(b[:0], uint64(x)); t.leaf.width() == 4 {
				if x < math.MinInt32 || x > math.MaxUint32 {
					continue // no such value can be stored
				}
				b = b[:4]
			}
			out = append(out, bloom.XXH64{}.Sum64(b))
		}
		return out, true
	}
	return nil, false
}
