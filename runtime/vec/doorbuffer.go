package vec

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
)

// validity is an array's bitmap of present rows, nil when all are.
func validity(a arrow.Array) Bitmap {
	if a.NullN() == 0 || a.Len() == 0 {
		return nil
	}
	b := NewBitmap(a.Len())
	copyBits(b, a.NullBitmapBytes(), a.Data().Offset(), a.Len())
	return b
}

// copyBits copies n bits from src, beginning at bit off, into dst.
func copyBits(dst Bitmap, src []byte, off, n int) {
	src, off = src[off>>3:], off&7
	for w := range dst {
		at := w * 8
		var x uint64
		if at+9 <= len(src) {
			x = binary.LittleEndian.Uint64(src[at:])>>off | uint64(src[at+8])<<(64-off)&mask64(off)
		} else {
			var tail [9]byte
			copy(tail[:], src[min(at, len(src)):])
			x = binary.LittleEndian.Uint64(tail[:8])>>off | uint64(tail[8])<<(64-off)&mask64(off)
		}
		dst[w] = x
	}
	dst.trim(n)
}

// mask64 keeps the shifted-in byte out when there is no shift.
func mask64(off int) uint64 {
	if off == 0 {
		return 0
	}
	return ^uint64(0)
}

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

func widen[T integer](x []T) []int64 {
	out := make([]int64, len(x))
	for i, v := range x {
		out[i] = int64(v)
	}
	return out
}

func narrowCodes[T integer](x []T) []int32 {
	out := make([]int32, len(x))
	for i, v := range x {
		if int64(v) > math.MaxInt32 || int64(v) < 0 {
			out[i] = -1
			continue
		}
		out[i] = int32(v)
	}
	return out
}

func int64s[T ~int64](x []T) []int64 {
	return unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

func unsigned(x []int32) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

// rebase makes offsets begin at 0, as ValueBytes of a sliced array does.
func rebase(offs []int32, n int) []int32 {
	if n == 0 {
		return []int32{0}
	}
	if offs[0] == 0 {
		return offs[:n+1]
	}
	out := make([]int32, n+1)
	for i := range out {
		out[i] = offs[i] - offs[0]
	}
	return out
}

func narrow(offs []int64, n int) ([]int32, error) {
	out := make([]int32, n+1)
	if n == 0 {
		return out, nil
	}
	for i := range out {
		o := offs[i] - offs[0]
		if o > math.MaxInt32 {
			return nil, fmt.Errorf("a batch holds over 2 GiB of text in one column")
		}
		out[i] = int32(o)
	}
	return out, nil
}
