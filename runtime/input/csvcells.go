package input

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// csvCells splits records into cells.
type csvCells struct {
	delimiter byte
	slots     []int // by cell, its index in cells, -1 if it is not wanted; nil wants all
	cells     []value
	count     int    // cells of the last record
	blank     bool   // its first cell was empty
	text      []byte // of cells with doubled quotes
}

// unfinished is the index that split gives when the text ends inside a record.
const unfinished = -2

// split reads the record that begins at buf[i] and gives the index behind its
// newline, and what is wrong with it, "" for nothing. Text behind a closing quote
// is wrong, and taken for a part of the cell, up to a quote that does end it: what
// stands between quotes is never taken for records. At least eight bytes stand
// behind end.
func (c *csvCells) split(buf []byte, i, end int) (next int, why string) {
	c.count, c.text = 0, c.text[:0]
	if c.slots == nil {
		c.cells = c.cells[:0]
	}
	delimiter := uint64(c.delimiter) * ones
	for {
		start := i
		v := value{form: loose}
		if buf[i] == '"' && i < end {
			i++
			for {
				if v.text, i = c.quoted(buf, i, end); i < 0 {
					return unfinished, ""
				}
				if i+1 < end && buf[i] == '\r' && buf[i+1] == '\n' {
					i++
				}
				if i >= end || buf[i] == '\r' && i+1 >= end {
					return unfinished, ""
				}
				if buf[i] == c.delimiter || buf[i] == '\n' {
					break
				}
				why = "there is text behind a closing quote"
			}
		} else {
			for {
				x := binary.LittleEndian.Uint64(buf[i:])
				d, n := x^delimiter, x^'\n'*ones
				if stop := ((d-ones)&^d | (n-ones)&^n) & highs; stop != 0 {
					i += bits.TrailingZeros64(stop) >> 3
					break
				}
				if i += 8; i >= end {
					return unfinished, ""
				}
			}
			if i >= end {
				return unfinished, ""
			}
			v.text = buf[start:i]
			if buf[i] == '\n' {
				v.text = bytes.TrimSuffix(v.text, []byte{'\r'})
			}
			if len(v.text) == 0 {
				v.form = absent
			}
		}
		if c.count == 0 {
			c.blank = v.form == absent
		}
		if c.slots == nil {
			c.cells = append(c.cells, v)
		} else if c.count < len(c.slots) && c.slots[c.count] >= 0 {
			c.cells[c.slots[c.count]] = v
		}
		c.count++
		i++
		if buf[i-1] == '\n' {
			return i, why
		}
	}
}

// quoted reads to the quote that closes a cell; buf[i] is behind the one that
// opens it. It gives the index behind the closing quote, or -1 if there is none.
func (c *csvCells) quoted(buf []byte, i, end int) (text []byte, next int) {
	start, from := i, len(c.text)
	for {
		n := bytes.IndexByte(buf[i:end], '"')
		if n < 0 {
			return nil, -1
		}
		i += n + 1
		if i == end || buf[i] != '"' {
			break
		}
		c.text = append(c.text, buf[start:i]...)
		i++
		start = i
	}
	if from == len(c.text) {
		return buf[start : i-1], i
	}
	c.text = append(c.text, buf[start:i-1]...)
	return c.text[from:], i
}
