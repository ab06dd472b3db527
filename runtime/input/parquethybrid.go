package input

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"

	"github.com/detlang/det/runtime/vec"
)

// hybrid reads numbers of width bits, up to 32, in Parquet's mixture of repeated
// values and packed bits: levels and dictionary indices are written so
// (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE).
type hybrid struct {
	b     []byte // what is left; pagePadding bytes behind it can be read
	width uint

	run    int // how often value comes again
	value  uint32
	packed int    // how many packed values are left
	bits   []byte // they, with padding
	bit    int    // where in bits the next begins
}

var (
	errRuns  = errors.New("a page ends before its levels or indices do")
	errLevel = errors.New("a level is over the highest that there can be")
)

// next reads the head of a run. It is called when no value is left.
func (h *hybrid) next() error {
	head, n := binary.Uvarint(h.b)
	if n <= 0 {
		return errRuns
	}
	h.b = h.b[n:]
	count := head >> 1
	if head&1 == 0 {
		size := int(h.width+7) / 8
		if size > len(h.b) {
			return errRuns
		}
		h.run, h.value = int(min(count, math.MaxInt32)), 0
		for i, c := range h.b[:size] {
			h.value |= uint32(c) << (8 * i)
		}
		h.b = h.b[size:]
		return nil
	}
	count = min(count, math.MaxInt32/8)
	if h.width == 0 {
		h.run, h.value = int(count)*8, 0
		return nil
	}
	// Some writers leave out the bytes of the last group that no value needs.
	size := min(int(count)*int(h.width), len(h.b))
	h.bits, h.bit = h.b[:size+8], 0
	h.packed = size * 8 / int(h.width)
	h.b = h.b[size:]
	return nil
}

// read fills dst with the next values.
func (h *hybrid) read(dst []uint32) error {
	for len(dst) > 0 {
		switch {
		case h.run > 0:
			n := min(h.run, len(dst))
			for i := range dst[:n] {
				dst[i] = h.value
			}
			h.run -= n
			dst = dst[n:]
		case h.packed > 0:
			n := min(h.packed, len(dst))
			unpack(dst[:n], h.bits, h.bit, h.width)
			h.bit += n * int(h.width)
			h.packed -= n
			dst = dst[n:]
		default:
			if err := h.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

// skip leaves out n values.
func (h *hybrid) skip(n int) error {
	for n > 0 {
		switch {
		case h.run > 0:
			k := min(h.run, n)
			h.run -= k
			n -= k
		case h.packed > 0:
			k := min(h.packed, n)
			h.bit += k * int(h.width)
			h.packed -= k
			n -= k
		default:
			if err := h.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

// unpack reads values of width bits, 1 to 32, that begin at a bit of src, lowest
// bits first. Eight bytes behind the last value can be read.
func unpack(dst []uint32, src []byte, bit int, width uint) {
	mask := uint64(1)<<width - 1
	for len(dst) > 0 && (bit&7 != 0 || len(dst) < 8) {
		dst[0] = uint32(binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & mask)
		bit += int(width)
		dst = dst[1:]
	}
	src = src[bit>>3:]
	for ; len(dst) >= 8; dst = dst[8:] {
		d := (*[8]uint32)(dst)
		switch {
		case width <= 8:
			unpackBytes(d, src, width, mask)
		case width <= 16:
			unpackWords(d, src, width, mask)
		default:
			for i := range d {
				at := uint(i) * width
				d[i] = uint32(binary.LittleEndian.Uint64(src[at>>3:]) >> (at & 7) & mask)
			}
		}
		src = src[width:]
	}
	for i := range dst {
		at := uint(i) * width
		dst[i] = uint32(binary.LittleEndian.Uint64(src[at>>3:]) >> (at & 7) & mask)
	}
}

// unpackBytes reads eight values of up to eight bits: one word.
func unpackBytes(d *[8]uint32, src []byte, width uint, mask uint64) {
	x := binary.LittleEndian.Uint64(src)
	width &= 63
	d[0] = uint32(x & mask)
	x >>= width
	d[1] = uint32(x & mask)
	x >>= width
	d[2] = uint32(x & mask)
	x >>= width
	d[3] = uint32(x & mask)
	x >>= width
	d[4] = uint32(x & mask)
	x >>= width
	d[5] = uint32(x & mask)
	x >>= width
	d[6] = uint32(x & mask)
	x >>= width
	d[7] = uint32(x & mask)
}

// unpackWords reads eight values of up to sixteen bits: two words of four.
func unpackWords(d *[8]uint32, src []byte, width uint, mask uint64) {
	half := 4 * width
	x, y := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[half>>3:])>>(half&7)
	width &= 63
	d[0], d[4] = uint32(x&mask), uint32(y&mask)
	x, y = x>>width, y>>width
	d[1], d[5] = uint32(x&mask), uint32(y&mask)
	x, y = x>>width, y>>width
	d[2], d[6] = uint32(x&mask), uint32(y&mask)
	x, y = x>>width, y>>width
	d[3], d[7] = uint32(x&mask), uint32(y&mask)
}

// levels are the repetition or the definition levels of one page.
type levels struct {
	hybrid
	max uint32
}

// newLevels reads levels up to max from b; where max is 0 there are none.
func newLevels(b []byte, max int) levels {
	return levels{hybrid: hybrid{b: b, width: uint(bits.Len(uint(max)))}, max: uint32(max)}
}

// prefixedLevels takes levels with their length before them off the head of a
// page.
func prefixedLevels(page []byte, max int) (levels, []byte, error) {
	if max == 0 {
		return levels{}, page, nil
	}
	if len(page) < 4 {
		return levels{}, nil, errRuns
	}
	n := int(binary.LittleEndian.Uint32(page))
	if page = page[4:]; n > len(page) {
		return levels{}, nil, errRuns
	}
	return newLevels(page[:n], max), page[n:], nil
}

// fill reads the levels of all values of a page, which has some.
func (l *levels) fill(dst []uint32) error {
	if l.max == 0 {
		clear(dst)
		return nil
	}
	if err := l.read(dst); err != nil {
		return err
	}
	if slices.Max(dst) > l.max {
		return errLevel
	}
	return nil
}

// present marks those of the next n values that are at the highest level in
// *valid, from bit at on, and counts them. A nil *valid means that all so far
// are, and is made, for rows values, when one is not.
func (l *levels) present(valid *vec.Bitmap, at, n, rows int, scratch *[]uint32) (count int, err error) {
	if l.max == 0 {
		if *valid != nil {
			setRange(*valid, at, n)
		}
		return n, nil
	}
	for n > 0 {
		k := 0
		switch {
		case l.run > 0:
			k = min(l.run, n)
			switch {
			case l.value > l.max:
				return 0, errLevel
			case l.value < l.max:
				startBits(valid, at, rows)
			default:
				if count += k; *valid != nil {
					setRange(*valid, at, k)
				}
			}
			l.run -= k
		case l.packed > 0:
			k = min(l.packed, n)
			startBits(valid, at, rows)
			*scratch = sized(*scratch, k)
			unpack(*scratch, l.bits, l.bit, l.width)
			l.bit += k * int(l.width)
			l.packed -= k
			for i, x := range *scratch {
				if x > l.max {
					return 0, errLevel
				}
				if x == l.max {
					valid.Set(at + i)
					count++
				}
			}
		default:
			if err := l.next(); err != nil {
				return 0, err
			}
		}
		at += k
		n -= k
	}
	return count, nil
}

// count is how many of the next n values are at the highest level.
func (l *levels) count(n int, scratch *[]uint32) (count int, err error) {
	var valid vec.Bitmap
	return l.present(&valid, 0, n, n, scratch)
}

// startBits makes a bitmap of rows in which those before at are set.
func startBits(valid *vec.Bitmap, at, rows int) {
	if *valid == nil {
		*valid = vec.NewBitmap(rows)
		setRange(*valid, 0, at)
	}
}

// setRange sets n bits from bit at on.
func setRange(b vec.Bitmap, at, n int) {
	for ; n > 0 && at&63 != 0; n-- {
		b.Set(at)
		at++
	}
	for ; n >= 64; n -= 64 {
		b[at>>6] = ^uint64(0)
		at += 64
	}
	for ; n > 0; n-- {
		b.Set(at)
		at++
	}
}
