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
	fitting
	file  *parquetFile
	leaf  *parquetNode
	plain bool // what is stored is text, and so is what is wanted

	pages  *parquetPages
	dict   *laneDict // nil when the chunk has none
	left   int       // values that the page still has, with missing ones
	rest   int64     // values that the chunk still has
	loaded bool
	rep    levels
	def    levels
	values values // of a page without dictionary indices, else nil
	index  hybrid

	indices, scratch []uint32
	stored           *lane // scratch
}

func newParquetColumn(f *parquetFile, leaf *parquetNode, want types.Kind, text *growing) *parquetColumn {
	m := leaf.meaning()
	return &parquetColumn{
		fitting: newFitting(m, want, text), file: f, leaf: leaf, stored: &lane{kind: leaf.rawKind()},
		plain: want == types.String && (m.sense == asText || m.sense == asBytes),
	}
}

// open begins the chunk of a row group.
func (c *parquetColumn) open(group int) error {
	g := &c.file.RowGroups[group]
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
	pages, err := newParquetPages(c.file.src, c.file.start, chunk)
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
		c.settle(l, at, count, k, told)
		c.left -= k
		at += k
		n -= k
	}
	return nil
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
		return c.dict.gather(l, at, c.indices, c.text, &c.odd)
	}
	if c.plain && !l.coded {
		return c.readText(l, at, n)
	}
	if c.cast == nil {
		return c.values.read(l, at, n)
	}
	c.stored.reset(n)
	if err := c.values.read(c.stored, 0, n); err != nil {
		return err
	}
	return c.put(l, at, c.stored, n)
}

// readText reads text to its place, and only moves it when it is not UTF-8.
func (c *parquetColumn) readText(l *lane, at, n int) error {
	begin := len(l.text)
	if err := c.values.read(l, at, n); err != nil || l.allText(at, n) {
		return err
	}
	c.stored.reset(n)
	if err := c.stored.copyFrom(0, l, at, n); err != nil {
		return err
	}
	l.text = l.text[:begin]
	return castText(l, at, c.stored, n, c.note(at))
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
	c.dict = &laneDict{}
	return c.dict.add(stored, c.cast, c.want)
}
