package input

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/format"

	"github.com/detlang/det/lang/types"
)

// parquetColumn reads the values of one leaf as values of the kind that is
// wanted, page after page of one column chunk.
type parquetColumn struct {
	leaf *parquetNode
	want types.Kind
	cast cast // nil when what is stored is wanted
	text *growing

	pages  *parquetPages
	dict   *parquetDict // nil when the chunk has none
	left   int          // values that the page still has, with missing ones
	rest   int64        // values that the chunk still has
	loaded bool
	rep    levels
	def    levels
	values values // of a page without dictionary indices, else nil
	index  hybrid

	indices, scratch []uint32
	stored, fitted   *lane // scratch: as stored, and as wanted
	odd              []oddity
}

func newParquetColumn(leaf *parquetNode, want types.Kind, text *growing) *parquetColumn {
	return &parquetColumn{
		leaf: leaf, want: want, cast: leaf.meaning().cast(want), text: text,
		stored: &lane{kind: leaf.rawKind()}, fitted: &lane{kind: want},
	}
}

// open begins the chunk of a row group.
func (c *parquetColumn) open(f *parquetFile, group int) error {
	g := &f.RowGroups[group]
	if c.leaf.column >= len(g.Columns) {
		return fmt.Errorf("row group %d has %d columns", group, len(g.Columns))
	}
	chunk := &g.Columns[c.leaf.column]
	m := &chunk.MetaData
	if m.Type != c.leaf.Type.V {
		return fmt.Errorf("its values are %v in one place and %v in another", m.Type, c.leaf.Type.V)
	}
	if m.NumValues < 0 || c.leaf.rep == 0 && m.NumValues != g.NumRows {
		return fmt.Errorf("it has %d values in a row group of %d rows", m.NumValues, g.NumRows)
	}
	pages, err := newParquetPages(f.src, f.start, chunk)
	if err != nil {
		return err
	}
	if c.pages != nil { // keep the memory
		pages.memory, pages.scratch = c.pages.memory, c.pages.scratch
	}
	c.pages, c.dict, c.left, c.rest, c.loaded = pages, nil, 0, m.NumValues, false
	return nil
}

// distinct is how many values the chunk's dictionary has, 0 when it has none.
func (c *parquetColumn) distinct() (int, error) {
	if err := c.page(); err != nil || c.dict == nil {
		return 0, err
	}
	return c.dict.lane.n, nil
}

func (c *parquetColumn) takeOdd() []oddity {
	odd := c.odd
	c.odd = nil
	return odd
}

// page makes sure that there is a page with values left.
func (c *parquetColumn) page() error {
	for c.left == 0 {
		if c.rest == 0 {
			return errors.New("it has fewer rows than it should")
		}
		if err := c.pages.next(); err != nil {
			return err
		}
		if c.pages.header.Type == format.DictionaryPage {
			if err := c.loadDict(); err != nil {
				return err
			}
			continue
		}
		if c.left = c.pages.values(); int64(c.left) > c.rest {
			return errors.New("its pages have more values than it should")
		}
		c.rest -= int64(c.left)
		c.loaded = false
	}
	return nil
}

// load makes the page's levels and values ready to be read.
func (c *parquetColumn) load() error {
	if c.loaded {
		return nil
	}
	rep, def, data, err := c.pages.load(c.leaf)
	if err != nil {
		return err
	}
	c.rep, c.def, c.values, c.loaded = rep, def, nil, true
	switch encoding := c.pages.encoding(); encoding {
	case plainDictionary, format.RLEDictionary:
		if c.dict == nil {
			return errors.New("a page needs a dictionary, and there is none")
		}
		return c.loadIndices(data)
	default:
		c.values, err = newValues(c.leaf, encoding, data, c.left)
		return err
	}
}

// plainDictionary is what old writers call RLE_DICTIONARY.
const plainDictionary format.Encoding = 2

func (c *parquetColumn) loadIndices(data []byte) error {
	if len(data) == 0 { // right when all values are missing
		c.index = hybrid{}
		return nil
	}
	width := uint(data[0])
	if width > 32 {
		return fmt.Errorf("dictionary indices of %d bits", width)
	}
	c.index = hybrid{b: data[1:], width: width}
	return nil
}

// read writes the next n rows to l from row at on. The leaf is in no list.
func (c *parquetColumn) read(l *lane, at, n int) error {
	for n > 0 {
		if err := c.page(); err != nil {
			return err
		}
		if err := c.load(); err != nil {
			return err
		}
		k := min(n, c.left)
		count, err := c.def.present(&l.valid, at, k, l.n, &c.scratch)
		if err != nil {
			return err
		}
		told := len(c.odd)
		if err := c.readValues(l, at, count); err != nil {
			return err
		}
		if count < k {
			l.spread(at, count, k)
			c.spreadOdd(told, l, at, k)
		}
		for _, o := range c.odd[told:] {
			if o.outcome != mended {
				startBits(&l.valid, at+k, l.n)
				l.valid.Clear(o.row)
			}
		}
		c.left -= k
		at += k
		n -= k
	}
	return nil
}

// spreadOdd gives the oddities from told on, whose rows are numbered as if none
// of the n at row at were missing, their rows.
func (c *parquetColumn) spreadOdd(told int, l *lane, at, n int) {
	j, next := at, told
	for row := at; row < at+n && next < len(c.odd); row++ {
		if !l.valid.Get(row) {
			continue
		}
		for next < len(c.odd) && c.odd[next].row == j {
			c.odd[next].row = row
			next++
		}
		j++
	}
}

// readValues writes the next n values, none of which is missing.
func (c *parquetColumn) readValues(l *lane, at, n int) error {
	if n == 0 {
		return nil
	}
	if c.values == nil {
		c.indices = sized(c.indices, n)
		if err := c.index.read(c.indices); err != nil {
			return err
		}
		return c.dict.gather(l, at, c.indices, c)
	}
	note := func(i int, o outcome, v value) {
		c.odd = append(c.odd, oddity{row: at + i, outcome: o, value: v.copied()})
	}
	if c.want == types.String && !l.coded && c.leaf.meaning().sense == asText {
		return c.readText(l, at, n, note)
	}
	if c.cast == nil {
		return c.values.read(l, at, n)
	}
	c.stored.reset(n)
	if err := c.values.read(c.stored, 0, n); err != nil {
		return err
	}
	if !l.coded {
		return c.cast(l, at, c.stored, n, note)
	}
	c.fitted.reset(n)
	if err := c.cast(c.fitted, 0, c.stored, n, note); err != nil {
		return err
	}
	for i := range n {
		l.codes[at+i] = c.text.dict.Code(view(c.fitted.textAt(i)))
	}
	return nil
}

// readText reads text to its place, and only moves it when it is not UTF-8.
func (c *parquetColumn) readText(l *lane, at, n int, note func(int, outcome, value)) error {
	begin := len(l.text)
	if err := c.values.read(l, at, n); err != nil || l.allText(at, n) {
		return err
	}
	c.stored.reset(n)
	if err := c.stored.copyFrom(0, l, at, n); err != nil {
		return err
	}
	l.text = l.text[:begin]
	return castText(l, at, c.stored, n, note)
}

// skip leaves out n rows. Pages that are skipped whole are not decompressed.
func (c *parquetColumn) skip(n int) error {
	for n > 0 {
		if err := c.page(); err != nil {
			return err
		}
		k := min(n, c.left)
		if c.loaded || k < c.left {
			if err := c.skipValues(k); err != nil {
				return err
			}
		}
		c.left -= k
		n -= k
	}
	return nil
}

func (c *parquetColumn) skipValues(n int) error {
	if err := c.load(); err != nil {
		return err
	}
	count, err := c.def.count(n, &c.scratch)
	if err != nil {
		return err
	}
	if c.values == nil {
		return c.index.skip(count)
	}
	return c.values.skip(count)
}

// parquetDict is a chunk's dictionary, as values of the wanted kind.
type parquetDict struct {
	lane  *lane
	odd   map[uint32]oddity
	codes []int32 // of text: the code of each value in the column's dictionary, -1 while it has none
}

func (c *parquetColumn) loadDict() error {
	if c.dict != nil {
		return errors.New("it has two dictionaries")
	}
	n := c.pages.values()
	_, _, data, err := c.pages.load(c.leaf)
	if err != nil {
		return err
	}
	if need := max(c.leaf.width(), 1); n > len(data)*8/need {
		return errValues
	}
	vals, err := newValues(c.leaf, format.Plain, data, n)
	if err != nil {
		return err
	}
	stored := newLane(c.leaf.rawKind(), n, false)
	if err := vals.read(stored, 0, n); err != nil {
		return err
	}
	d := &parquetDict{lane: stored}
	if c.cast != nil {
		d.lane = newLane(c.want, n, false)
		note := func(i int, o outcome, v value) {
			if d.odd == nil {
				d.odd = map[uint32]oddity{}
			}
			d.odd[uint32(i)] = oddity{outcome: o, value: v.copied()}
		}
		if err := c.cast(d.lane, 0, stored, n, note); err != nil {
			return err
		}
	}
	if c.want == types.String {
		d.codes = make([]int32, n)
		for i := range d.codes {
			d.codes[i] = -1
		}
	}
	c.dict = d
	return nil
}

var errPairs = errors.New("a map has more keys than values, or fewer")

var errIndex = errors.New("an index is outside of its dictionary")

// gather writes the values of the given indices to l from row at on.
func (d *parquetDict) gather(l *lane, at int, indices []uint32, c *parquetColumn) error {
	ok := true
	switch {
	case l.kind == types.Bool:
		ok = gather(l.bools[at:], d.lane.bools, indices)
	case l.kind == types.Float:
		ok = gather(l.f64[at:], d.lane.f64, indices)
	case l.kind == types.IP:
		ok = gather(l.ips[at:], d.lane.ips, indices)
	case l.kind == types.String && l.coded:
		ok = d.gatherCodes(l.codes[at:], indices, c.text)
	case l.kind == types.String:
		for i, x := range indices {
			if int(x) >= len(d.codes) {
				return errIndex
			}
			if err := l.addText(at+i, d.lane.textAt(int(x))); err != nil {
				return err
			}
		}
	default:
		ok = gather(l.i64[at:], d.lane.i64, indices)
	}
	if !ok {
		return errIndex
	}
	if d.odd == nil {
		return nil
	}
	for i, x := range indices {
		if o, is := d.odd[x]; is {
			o.row = at + i
			c.odd = append(c.odd, o)
		}
	}
	return nil
}

func gather[T any](dst, values []T, indices []uint32) bool {
	dst = dst[:len(indices)]
	for i, x := range indices {
		if int(x) >= len(values) {
			return false
		}
		dst[i] = values[x]
	}
	return true
}

func (d *parquetDict) gatherCodes(dst []int32, indices []uint32, text *growing) bool {
	dst = dst[:len(indices)]
	for i, x := range indices {
		if int(x) >= len(d.codes) {
			return false
		}
		code := d.codes[x]
		if code < 0 {
			code = text.dict.Code(view(d.lane.textAt(int(x))))
			d.codes[x] = code
		}
		dst[i] = code
	}
	return true
}
