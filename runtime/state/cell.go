package state

import (
	"encoding/binary"
	"unsafe"
)

// cell is the fixed part of a key, seen as two words, low bytes first.
//
// In the form of texts the last byte is the length of a text of up to 15 bytes,
// which comes first and is padded with zeros; or it is isLong, and the cell holds
// where the text lies in the arena (8 bytes) and its length (4 bytes). In the
// form of fixed widths all keys lie in the cell, or all lie in the arena. A key
// that is looked up has a cell too: nowhere is its place in the arena.
type cell = [16]byte

const (
	shortText = 15
	isLong    = 0xFF
	nowhere   = 1<<64 - 1
	pageLen   = 4096 // cells a page
)

// cellOf is the cell of two words.
func cellOf(w0, w1 uint64) (c cell) {
	binary.LittleEndian.PutUint64(c[:8], w0)
	binary.LittleEndian.PutUint64(c[8:], w1)
	return c
}

// wordsOf is a cell as two words.
func wordsOf(c *cell) (w0, w1 uint64) {
	return binary.LittleEndian.Uint64(c[:8]), binary.LittleEndian.Uint64(c[8:])
}

// textWords is the cell of a text of up to shortText bytes.
func textWords(s string) (w0, w1 uint64) {
	n := len(s)
	switch {
	case n >= 8:
		w0 = load64(s)
		w1 = load64(s[n-8:]) >> (8 * (16 - n))
	case n >= 4:
		w0 = load32(s) | load32(s[n-4:])<<(8*(n-4))
	case n > 0:
		w0 = uint64(s[0]) | uint64(s[n>>1])<<(8*(n>>1)) | uint64(s[n-1])<<(8*(n-1))
	}
	return w0, w1 | uint64(n)<<56
}

func load64(s string) uint64 {
	_ = s[7]
	return binary.LittleEndian.Uint64(unsafe.Slice(unsafe.StringData(s), 8))
}

func load32(s string) uint64 {
	_ = s[3]
	return uint64(binary.LittleEndian.Uint32(unsafe.Slice(unsafe.StringData(s), 4)))
}

// cells holds the keys by id, in pages that never move, so that growing copies
// nothing but the first page.
type cells struct {
	pages [][]cell
	n     int
	arena arena
}

// add makes a cell and gives its id.
func (c *cells) add() int32 {
	p := c.n / pageLen
	if p == len(c.pages) {
		room := pageLen
		if p == 0 {
			room = 16
		}
		c.pages = append(c.pages, make([]cell, 0, room))
	}
	if page := &c.pages[p]; len(*page) < pageLen {
		*page = append(*page, cell{})
	}
	c.n++
	return int32(c.n - 1)
}

// put writes a cell.
func (c *cells) put(id int32, w0, w1 uint64) {
	c.pages[id/pageLen][id%pageLen] = cellOf(w0, w1)
}

// words is the cell of an id.
func (c *cells) words(id int32) (w0, w1 uint64) {
	return wordsOf(&c.pages[uint32(id)/pageLen][uint32(id)%pageLen])
}

// text is the key of a cell that points into the arena.
func (c *cells) text(w0, w1 uint64) []byte { return c.arena.get(w0, int(uint32(w1))) }

func (c *cells) reset() {
	c.n = 0
	c.arena.reset()
	for i := range c.pages {
		c.pages[i] = c.pages[i][:0]
	}
}

func (c *cells) bytes() int {
	n := c.arena.bytes() + 24*cap(c.pages)
	for _, p := range c.pages {
		n += 16 * cap(p)
	}
	return n
}
