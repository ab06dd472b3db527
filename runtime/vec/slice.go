package vec

// Slice is a view of rows i to j (not included); only bitmaps are copied.
func (v *Vec) Slice(i, j int) *Vec {
	if i == 0 && j == v.N {
		return v
	}
	out := &Vec{Kind: v.Kind, N: j - i, Dict: v.Dict, Bytes: v.Bytes, Child: v.Child}
	out.Valid, out.Bits = v.Valid.slice(i, j), v.Bits.slice(i, j)
	if len(v.I64) > 0 {
		out.I64 = v.I64[i:j]
	}
	if len(v.F64) > 0 {
		out.F64 = v.F64[i:j]
	}
	if len(v.Codes) > 0 {
		out.Codes = v.Codes[i:j]
	}
	if len(v.Offs) > 0 {
		out.Offs = v.Offs[i : j+1]
	}
	if len(v.IPs) > 0 {
		out.IPs = v.IPs[i:j]
	}
	return out
}

// slice copies bits i to j (not included) to the front of a new bitmap.
func (b Bitmap) slice(i, j int) Bitmap {
	if len(b) == 0 {
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
