package state

import (
	"encoding/binary"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// encode lays out the keys of the selected rows from..to in a block; rows
// without a key get NoKey in out at once.
func (k *Keys) encode(b *block, cols []*vec.Vec, valid vec.Bitmap, rows []int32, from, to int, out []int32) {
	b.n = 0
	for i := from; i < to; i++ {
		r := int32(i)
		if rows != nil {
			r = rows[i]
		}
		if valid != nil && !valid.Get(int(r)) {
			out[i] = NoKey
			continue
		}
		b.add(i, r)
	}
	if len(cols) == 1 {
		b.encodeColumn(cols[0])
		return
	}
	k.encodeRows(b, cols)
}

// encodeColumn lays out keys of one column.
func (b *block) encodeColumn(v *vec.Vec) {
	switch v.Kind {
	case types.Bool:
		for j := range b.n {
			b.w0[j], b.w1[j] = 0, 0
			if v.Bits.Get(int(b.row[j])) {
				b.w0[j] = 1
			}
		}
	case types.Int, types.Timestamp, types.Duration:
		for j := range b.n {
			b.w0[j], b.w1[j] = uint64(v.I64[b.row[j]]), 0
		}
	case types.Float:
		for j := range b.n {
			b.w0[j], b.w1[j] = floatBits(v.F64[b.row[j]]), 0
		}
	case types.IP:
		for j := range b.n {
			ip := &v.IPs[b.row[j]]
			b.w0[j] = binary.LittleEndian.Uint64(ip[:8])
			b.w1[j] = binary.LittleEndian.Uint64(ip[8:])
		}
	case types.String:
		if v.Dict != nil {
			for j := range b.n {
				b.text(j, v.Dict.Value(v.Codes[b.row[j]]))
			}
			return
		}
		for j := range b.n {
			r := b.row[j]
			at, end := uint(v.Offs[r]), uint(v.Offs[r+1])
			if n := end - at; n <= shortText && at+16 <= uint(len(v.Bytes)) {
				b.short(j, v.Bytes[at:at+16], n)
				continue
			}
			b.text(j, v.Text(int(r)))
		}
	}
}

// text makes s the key of row j.
func (b *block) text(j int, s string) {
	b.key[j] = s
	if len(s) > shortText {
		b.w0[j], b.w1[j] = nowhere, isLong<<56|uint64(len(s))
		return
	}
	b.w0[j], b.w1[j] = textWords(s)
}

// short makes the first n of 16 bytes the key of row j, without a branch.
func (b *block) short(j int, x []byte, n uint) {
	_ = x[15]
	b.w0[j] = binary.LittleEndian.Uint64(x) & (^uint64(0) >> (64 - 8*min(n, 8)))
	b.w1[j] = binary.LittleEndian.Uint64(x[8:])&(^uint64(0)>>(64-8*(max(n, 8)-8))) | uint64(n)<<56
}

// encodeRows lays out keys of several columns.
func (k *Keys) encodeRows(b *block, cols []*vec.Vec) {
	var end [blockLen]int
	k.buf = k.buf[:0]
	for j := range b.n {
		r := int(b.row[j])
		for c, v := range cols {
			k.buf = appendValue(k.buf, v, r, c == len(cols)-1)
		}
		end[j] = len(k.buf)
	}
	from := 0
	for j := range b.n {
		b.key[j] = view(k.buf[from:end[j]])
		b.w0[j], b.w1[j] = k.form.words(b.key[j])
		from = end[j]
	}
}
