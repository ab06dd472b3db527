package vec

// Slice is a view of rows i to j (not included); only bitmaps are copied.
func (v *Vec) Slice(i, j int) *Vec {
	if i == 0 && j == v.N {
		return v
	}
	out := &Vec{Kind: v.Kind, N: j - i, Dict: v.Dict, Bytes: v.Bytes, Child: v.Child}
	out.Valid, out.Bits = v.Valid.slice(i, j), v.Bits.slice(i, j)
	if v.I64 != nil {
		out.I64 = v.I64[i:j]
	}
	if v.F64 != nil {
		out.F64 = v.F64[i:j]
	}
	if v.Codes != nil {
		out.Codes = v.Codes[i:j]
	}
	if v.Offs != nil {
		out.Offs = v.Offs[i : j+1]
	}
	if v.IPs != nil {
		out.IPs = v.IPs[i:j]
	}
	return out
}

// slice copies bits i to j (not included) to the front of a new bitmap.
func (b Bitmap) slice(i, j int) Bitmap {
	if b == nil {
		return nil
	}
	out := NewBitmap(j - i)
	shift := uint(i & 63)
	for w := range out {
		at := i>>6 + w
		x := b[at] >> shift
		if shift > 0 && at+1 < len(b) {
			x |= b[at+1] << (64 - shift)
		}
		out[w] = x
	}
	out.trim(j - i)
	return out
}
