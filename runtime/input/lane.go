package input

import (
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// lane is a run of values of one kind on their way from the encoding of a
// columnar file to an Arrow array. Like a vec.Vec it has only the slices of its
// kind; unlike one it is filled in place, from row 0 on:
//
//	Bool                      bools
//	Int, Timestamp, Duration  i64
//	Float                     f64
//	IP                        ips
//	String                    codes, if coded, else offs (rows+1) and text
type lane struct {
	kind  types.Kind
	coded bool
	n     int
	valid vec.Bitmap // nil while no row is missing

	bools []bool
	i64   []int64
	f64   []float64
	ips   [][16]byte
	codes []int32
	offs  []int32
	text  []byte
}

// newLane makes a lane of n rows.
func newLane(kind types.Kind, n int, coded bool) *lane {
	l := &lane{kind: kind, coded: coded}
	l.reset(n)
	return l
}

// reset makes the lane one of n rows, all present and without a value yet.
func (l *lane) reset(n int) {
	l.n, l.valid = n, nil
	switch {
	case l.kind == types.Bool:
		l.bools = sized(l.bools, n)
	case l.kind == types.Float:
		l.f64 = sized(l.f64, n)
	case l.kind == types.IP:
		l.ips = sized(l.ips, n)
	case l.kind == types.String && l.coded:
		l.codes = sized(l.codes, n)
	case l.kind == types.String:
		l.offs, l.text = sized(l.offs, n+1), l.text[:0]
		l.offs[0] = 0
	default:
		l.i64 = sized(l.i64, n)
	}
}

// sized is a slice of length n, in the memory of s if that has room.
func sized[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n)
}

// textAt is the text of row i of a plain String lane, in the lane's memory.
func (l *lane) textAt(i int) []byte { return l.text[l.offs[i]:l.offs[i+1]] }

// addText appends the text of row i; rows are written in order.
func (l *lane) addText(i int, t []byte) error {
	if len(l.text)+len(t) > math.MaxInt32 {
		return errTextOverflow
	}
	l.text = append(l.text, t...)
	l.offs[i+1] = int32(len(l.text))
	return nil
}

var errTextOverflow = fmt.Errorf("a batch holds over 2 GiB of text in one column")

func (l *lane) missing(i int) bool { return l.valid != nil && !l.valid.Get(i) }

// drop makes row i missing.
func (l *lane) drop(i int) {
	if l.valid == nil {
		l.valid = vec.Ones(l.n)
	}
	l.valid.Clear(i)
}

// copyFrom copies n rows of src, of the same kind and not coded, to row at. It
// does not look at what is missing.
func (l *lane) copyFrom(at int, src *lane, from, n int) error {
	switch l.kind {
	case types.Bool:
		copy(l.bools[at:at+n], src.bools[from:])
	case types.Float:
		copy(l.f64[at:at+n], src.f64[from:])
	case types.IP:
		copy(l.ips[at:at+n], src.ips[from:])
	case types.String:
		base := int(src.offs[from])
		if len(l.text)+int(src.offs[from+n])-base > math.MaxInt32 {
			return errTextOverflow
		}
		shift := int32(len(l.text) - base)
		l.text = append(l.text, src.text[base:src.offs[from+n]]...)
		for i, o := range src.offs[from+1 : from+n+1] {
			l.offs[at+1+i] = o + shift
		}
	default:
		copy(l.i64[at:at+n], src.i64[from:])
	}
	return nil
}

// spread moves the k values at row at to the rows of [at, at+n) that are valid,
// in order; the others become zero or empty.
func (l *lane) spread(at, k, n int) {
	switch {
	case l.kind == types.Bool:
		spread(l.bools[at:at+n], k, l.valid, at)
	case l.kind == types.Float:
		spread(l.f64[at:at+n], k, l.valid, at)
	case l.kind == types.IP:
		spread(l.ips[at:at+n], k, l.valid, at)
	case l.kind == types.String && l.coded:
		spread(l.codes[at:at+n], k, l.valid, at)
	case l.kind == types.String:
		offs := l.offs[at : at+n+1]
		for i := n - 1; i >= 0; i-- {
			offs[i+1] = offs[k]
			if l.valid.Get(at + i) {
				k--
			}
		}
	default:
		spread(l.i64[at:at+n], k, l.valid, at)
	}
}

func spread[T any](x []T, k int, valid vec.Bitmap, at int) {
	var zero T
	for i := len(x) - 1; i >= 0; i-- {
		if !valid.Get(at + i) {
			x[i] = zero
			continue
		}
		k--
		x[i] = x[k]
	}
}

// put makes row row what row i of src is, or missing when src is nil. The lanes
// are of one kind and not coded, and rows are put in order. It does not look at
// what src says is missing.
func (l *lane) put(row int, src *lane, i int) error {
	if src == nil {
		l.drop(row)
		if l.kind == types.String {
			return l.addText(row, nil)
		}
		return nil
	}
	switch l.kind {
	case types.Bool:
		l.bools[row] = src.bools[i]
	case types.Float:
		l.f64[row] = src.f64[i]
	case types.IP:
		l.ips[row] = src.ips[i]
	case types.String:
		return l.addText(row, src.textAt(i))
	default:
		l.i64[row] = src.i64[i]
	}
	return nil
}

// push is put to a new row at the end.
func (l *lane) push(src *lane, i int) error {
	if l.valid != nil {
		if l.n&63 == 0 {
			l.valid = append(l.valid, 0)
		}
		l.valid.Set(l.n)
	}
	l.n++
	switch l.kind {
	case types.Bool:
		l.bools = append(l.bools, false)
	case types.Float:
		l.f64 = append(l.f64, 0)
	case types.IP:
		l.ips = append(l.ips, [16]byte{})
	case types.String:
		l.offs = append(l.offs, 0)
	default:
		l.i64 = append(l.i64, 0)
	}
	return l.put(l.n-1, src, i)
}

// keep leaves only the given rows, which ascend.
func (l *lane) keep(rows []int32) {
	switch {
	case l.kind == types.Bool:
		l.bools = keep(l.bools, rows)
	case l.kind == types.Float:
		l.f64 = keep(l.f64, rows)
	case l.kind == types.IP:
		l.ips = keep(l.ips, rows)
	case l.kind == types.String && l.coded:
		l.codes = keep(l.codes, rows)
	case l.kind == types.String:
		end := int32(0)
		for i, r := range rows {
			n := copy(l.text[end:], l.text[l.offs[r]:l.offs[r+1]])
			l.offs[i] = end
			end += int32(n)
		}
		l.offs, l.text = l.offs[:len(rows)+1], l.text[:end]
		l.offs[len(rows)] = end
	default:
		l.i64 = keep(l.i64, rows)
	}
	l.n = len(rows)
	l.valid = keepBits(l.valid, rows)
}

func keepBits(b vec.Bitmap, rows []int32) vec.Bitmap {
	if b == nil {
		return nil
	}
	out := vec.NewBitmap(len(rows))
	for i, r := range rows {
		if b.Get(int(r)) {
			out.Set(i)
		}
	}
	return out
}

func keep[T any](x []T, rows []int32) []T {
	for i, r := range rows {
		x[i] = x[r]
	}
	return x[:len(rows)]
}

// ascii reports whether all of b is below 0x80.
func ascii(b []byte) bool {
	for len(b) >= 8 {
		if (uint64(b[0])|uint64(b[1])<<8|uint64(b[2])<<16|uint64(b[3])<<24|
			uint64(b[4])<<32|uint64(b[5])<<40|uint64(b[6])<<48|uint64(b[7])<<56)&0x8080808080808080 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
