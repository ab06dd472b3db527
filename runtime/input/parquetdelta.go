package input

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/detlang/det/lang/types"
)

// The encodings by difference, and the one by byte position, are rare enough
// that a page is decoded at once
// (https://parquet.apache.org/docs/file-format/data-pages/encodings/#delta-encoding-delta_binary_packed--5).

var errDelta = errors.New("a page with differences is broken")

// deltaPacked decodes up to n numbers and gives what follows them. b has
// padding.
func deltaPacked(b []byte, n int) (out []int64, rest []byte, err error) {
	var head [3]uint64 // values a block, miniblocks a block, values
	for i := range head {
		if head[i], b, err = uvarint(b); err != nil {
			return nil, nil, err
		}
	}
	size, minis, total := head[0], head[1], head[2]
	if size == 0 || size > 1<<16 || minis == 0 || minis > size || size%minis != 0 || size/minis%8 != 0 || total > uint64(n) {
		return nil, nil, errDelta
	}
	first, b, err := uvarint(b)
	if err != nil || total == 0 {
		return nil, b, err
	}
	last := zigzag(first)
	out = append(make([]int64, 0, min(total, 1<<16)), last)
	each := int(size / minis) // values a miniblock
	for len(out) < int(total) {
		least, after, err := uvarint(b)
		if err != nil {
			return nil, nil, err
		}
		if b = after; uint64(len(b)) < minis {
			return nil, nil, errDelta
		}
		widths, step := b[:minis], zigzag(least)
		b = b[minis:]
		for _, width := range widths {
			left := int(total) - len(out)
			if left == 0 {
				break // widths of miniblocks that are not there mean nothing
			}
			if width > 64 {
				return nil, nil, errDelta
			}
			// The last miniblock may be without the bytes that no value needs.
			count, bytes := min(each, left), each*int(width)/8
			if need := (count*int(width) + 7) / 8; need > len(b) {
				return nil, nil, errDelta
			}
			for i := range count {
				last += step + int64(bitsAt(b[:len(b)+pagePadding], i*int(width), uint(width)))
				out = append(out, last)
			}
			b = b[min(bytes, len(b)):]
		}
	}
	return out, b, nil
}

// bitsAt are the width bits, up to 64, that begin at a bit of b.
func bitsAt(b []byte, bit int, width uint) uint64 {
	at, shift := bit>>3, uint(bit&7)
	x := binary.LittleEndian.Uint64(b[at:]) >> shift
	if shift > 0 && width+shift > 64 {
		x |= uint64(b[at+8]) << (64 - shift)
	}
	if width < 64 {
		x &= 1<<width - 1
	}
	return x
}

func uvarint(b []byte) (uint64, []byte, error) {
	x, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errDelta
	}
	return x, b[n:], nil
}

func zigzag(x uint64) int64 { return int64(x>>1) ^ -int64(x&1) }

// deltaInts are numbers; those of INT32 wrap around at 32 bits.
func deltaInts(b []byte, n, width int) (values, error) {
	out, _, err := deltaPacked(b, n)
	if width == 4 {
		for i, x := range out {
			out[i] = int64(int32(x))
		}
	}
	return &laneValues{lane: &lane{kind: types.Int, i64: out}, n: len(out)}, err
}

// deltaLengths are byte strings behind all of their lengths.
func deltaLengths(b []byte, n int) (values, error) {
	sizes, b, err := deltaPacked(b, n)
	if err != nil {
		return nil, err
	}
	l := &lane{kind: types.String, offs: make([]int32, len(sizes)+1)}
	end := int64(0)
	for i, size := range sizes {
		if end += size; size < 0 || end > int64(len(b)) || end > math.MaxInt32 {
			return nil, errDelta
		}
		l.offs[i+1] = int32(end)
	}
	l.text = b[:end]
	return &laneValues{lane: l, n: len(sizes)}, nil
}

// deltaStrings are byte strings that begin as the one before did: how far, for
// all of them, then the rest of each as deltaLengths has them. width is the
// length of all strings, or 0.
func deltaStrings(b []byte, n, width int) (values, error) {
	shared, b, err := deltaPacked(b, n)
	if err != nil {
		return nil, err
	}
	rest, err := deltaLengths(b, n)
	if err != nil {
		return nil, err
	}
	tails := rest.(*laneValues)
	if tails.n != len(shared) {
		return nil, errDelta
	}
	l := newLane(types.String, tails.n, false)
	begin := 0 // of the string before
	for i, k := range shared {
		end := len(l.text)
		// A hostile page could make every string as long as all before together.
		if k < 0 || k > int64(end-begin) || end > maxPage {
			return nil, errDelta
		}
		l.text = append(l.text, l.text[begin:begin+int(k)]...)
		if err := l.addText(i, tails.lane.textAt(i)); err != nil {
			return nil, err
		}
		if begin = end; width > 0 && len(l.text)-begin != width {
			return nil, errDelta
		}
	}
	return &laneValues{lane: l, n: tails.n}, nil
}

// joinStreams turns the first bytes of all values, their second bytes and so on
// into values. What it gives has padding.
func joinStreams(b []byte, width int) ([]byte, error) {
	if len(b)%width != 0 {
		return nil, errValues
	}
	n := len(b) / width
	out := make([]byte, len(b), len(b)+pagePadding)
	for k := range width {
		for i, c := range b[k*n : (k+1)*n] {
			out[i*width+k] = c
		}
	}
	return out, nil
}
