package input

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/detlang/det/lang/types"
)

// stored is the kind of lane that the values of a field are read into.
func (f *arrowField) stored() types.Kind { return f.meaning.stored() }

// values reads n values of a field from row from on into l, as they are stored.
// What lies in missing rows is read with them. l gets its n rows only when there
// are as many.
func (b *arrowBatch) values(f *arrowField, l *lane, from, n int) error {
	switch f.layout {
	case layoutNothing:
		l.reset(0)
		return nil
	case layoutText:
		return b.texts(f, l, from, n)
	case layoutView:
		return b.viewed(f, l, from, n)
	}
	buf, err := b.buffer(f, 1)
	if err != nil {
		return err
	}
	if f.layout == layoutBits {
		if len(buf)*8 < from+n {
			return errArrowBuffer
		}
		l.reset(n)
		for i := range l.bools {
			l.bools[i] = bit(buf, from+i)
		}
		return nil
	}
	if len(buf) < (from+n)*f.width {
		return errArrowBuffer
	}
	buf = buf[from*f.width : (from+n)*f.width]
	if f.width == 0 && n > maxSpots {
		return errArrowBuffer
	}
	l.reset(n)
	switch l.kind {
	case types.Int:
		f.ints(l.i64, buf)
	case types.Float:
		f.floats(l.f64, buf)
	default:
		return f.bytes(l, buf)
	}
	return nil
}

func (f *arrowField) ints(dst []int64, b []byte) {
	if f.width == 8 {
		copy(bytesOf(dst), b)
		return
	}
	shift := 64 - 8*uint(f.width)
	for i := range dst {
		var x uint64
		switch f.width {
		case 1:
			x = uint64(b[i])
		case 2:
			x = uint64(binary.LittleEndian.Uint16(b[2*i:]))
		case 4:
			x = uint64(binary.LittleEndian.Uint32(b[4*i:]))
		}
		if dst[i] = int64(x); f.signed {
			dst[i] = int64(x<<shift) >> shift
		}
	}
}

func (f *arrowField) floats(dst []float64, b []byte) {
	switch f.width {
	case 8:
		copy(bytesOf(dst), b)
	case 4:
		for i := range dst {
			dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}
	default:
		for i := range dst {
			dst[i] = half(b[2*i : 2*i+2])
		}
	}
}

// bytes reads values of one width: decimals, highest byte first, intervals as
// months, days and milliseconds, and all others as they are.
func (f *arrowField) bytes(l *lane, b []byte) error {
	for i := range l.n {
		x := b[i*f.width : (i+1)*f.width]
		switch {
		case f.big:
			x = slices.Clone(x)
			slices.Reverse(x)
		case f.interval > 0:
			x = f.asParquetInterval(x)
		}
		if err := l.addText(i, x); err != nil {
			return err
		}
	}
	return nil
}

func (f *arrowField) asParquetInterval(x []byte) []byte {
	out := make([]byte, 12)
	switch f.interval - 1 {
	case 0: // months
		copy(out, x)
	case 1: // days, milliseconds
		copy(out[4:], x)
	case 2: // months, days, nanoseconds
		copy(out, x[:8])
		binary.LittleEndian.PutUint32(out[8:], uint32(binary.LittleEndian.Uint64(x[8:])/1_000_000))
	}
	return out
}

func (b *arrowBatch) texts(f *arrowField, l *lane, from, n int) error {
	text, err := b.buffer(f, 2)
	if err != nil {
		return err
	}
	offs, err := b.offsets(f, from, n, len(text))
	if err != nil {
		return err
	}
	if offs[n]-offs[0] > math.MaxInt32 {
		return errTextOverflow
	}
	l.reset(n)
	l.text = append(l.text, text[offs[0]:offs[n]]...)
	for i, o := range offs {
		l.offs[i] = int32(o - offs[0])
	}
	return nil
}

// viewed reads texts that are in their views up to 12 bytes, and beyond that in
// one of the buffers that follow.
func (b *arrowBatch) viewed(f *arrowField, l *lane, from, n int) error {
	views, err := b.buffer(f, 1)
	if err != nil {
		return err
	}
	if f.views >= len(b.views) || len(views) < (from+n)*16 {
		return errArrowBuffer
	}
	valid, err := b.validity(f, from+n)
	if err != nil {
		return err
	}
	l.reset(n)
	for i := range n {
		v := views[(from+i)*16 : (from+i+1)*16]
		size := int(binary.LittleEndian.Uint32(v))
		var t []byte
		switch {
		case !bit(valid, from+i):
		case size <= 12:
			t = v[4 : 4+size]
		default:
			k, off := int64(binary.LittleEndian.Uint32(v[8:])), int(binary.LittleEndian.Uint32(v[12:]))
			if k >= b.views[f.views] {
				return errArrowBuffer
			}
			buf, err := b.buffer(f, 2+int(k))
			if err != nil {
				return err
			}
			if off > len(buf) || size > len(buf)-off {
				return errArrowBuffer
			}
			t = buf[off : off+size]
		}
		if err := l.addText(i, t); err != nil {
			return err
		}
	}
	return nil
}
