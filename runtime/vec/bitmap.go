package vec

import "math/bits"

// Bitmap holds one bit a row, 64 rows a word. Bits past the last row are zero.
type Bitmap []uint64

// NewBitmap makes a bitmap of n rows, all zero.
func NewBitmap(n int) Bitmap { return make(Bitmap, (n+63)/64) }

// Ones makes a bitmap of n rows, all one.
func Ones(n int) Bitmap {
	b := NewBitmap(n)
	b.Fill(n)
	return b
}

// trim clears the bits past row n.
func (b Bitmap) trim(n int) {
	if r := n & 63; r != 0 && len(b) > 0 {
		b[len(b)-1] &= 1<<r - 1
	}
}

// Get reports whether the bit of row i is set.
func (b Bitmap) Get(i int) bool { return b[i>>6]>>(i&63)&1 != 0 }

// Set sets the bit of row i.
func (b Bitmap) Set(i int) { b[i>>6] |= 1 << (i & 63) }

// Clear clears the bit of row i.
func (b Bitmap) Clear(i int) { b[i>>6] &^= 1 << (i & 63) }

// Fill sets the bits of all n rows.
func (b Bitmap) Fill(n int) {
	for i := range b {
		b[i] = ^uint64(0)
	}
	b.trim(n)
}

// Flip complements the bits of all n rows.
func (b Bitmap) Flip(n int) {
	for i := range b {
		b[i] = ^b[i]
	}
	b.trim(n)
}

// Intersect keeps the bits that c has too. A nil c means "all rows".
func (b Bitmap) Intersect(c Bitmap) {
	if c == nil {
		return
	}
	c = c[:len(b)]
	for i := range b {
		b[i] &= c[i]
	}
}

// Unite adds the bits of c.
func (b Bitmap) Unite(c Bitmap) {
	c = c[:len(b)]
	for i := range b {
		b[i] |= c[i]
	}
}

// Subtract takes the bits of c away.
func (b Bitmap) Subtract(c Bitmap) {
	c = c[:len(b)]
	for i := range b {
		b[i] &^= c[i]
	}
}

// Count is how many bits are set.
func (b Bitmap) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Any reports whether a bit is set.
func (b Bitmap) Any() bool {
	for _, w := range b {
		if w != 0 {
			return true
		}
	}
	return false
}

// And is a & b, in a new bitmap. A nil bitmap means "all rows".
func And(a, b Bitmap) Bitmap {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := make(Bitmap, len(a))
	b = b[:len(a)]
	for i := range a {
		out[i] = a[i] & b[i]
	}
	return out
}

// Or is a | b, in a new bitmap.
func Or(a, b Bitmap) Bitmap {
	out := make(Bitmap, len(a))
	b = b[:len(a)]
	for i := range a {
		out[i] = a[i] | b[i]
	}
	return out
}

// AndNot is a &^ b, in a new bitmap.
func AndNot(a, b Bitmap) Bitmap {
	out := make(Bitmap, len(a))
	b = b[:len(a)]
	for i := range a {
		out[i] = a[i] &^ b[i]
	}
	return out
}

// Not is the complement over n rows, in a new bitmap.
func Not(a Bitmap, n int) Bitmap {
	out := make(Bitmap, len(a))
	for i := range a {
		out[i] = ^a[i]
	}
	out.trim(n)
	return out
}

// Rows appends the numbers of the set rows, ascending, to dst.
func (b Bitmap) Rows(dst []int32) []int32 {
	for w, x := range b {
		base := int32(w << 6)
		for x != 0 {
			dst = append(dst, base+int32(bits.TrailingZeros64(x)))
			x &= x - 1
		}
	}
	return dst
}

// FromRows makes a bitmap of n rows with the given rows set.
func FromRows(rows []int32, n int) Bitmap {
	b := NewBitmap(n)
	for _, r := range rows {
		b.Set(int(r))
	}
	return b
}

// Pack makes a bitmap of n rows from a test, 64 rows a word; the test runs for
// rows in order. The compiler inlines small closures of constant comparisons.
func Pack(n int, test func(i int) bool) Bitmap {
	out := NewBitmap(n)
	for w := range out {
		base, end := w<<6, min(w<<6+64, n)
		var x uint64
		for i := base; i < end; i++ {
			if test(i) {
				x |= 1 << (i & 63)
			}
		}
		out[w] = x
	}
	return out
}
