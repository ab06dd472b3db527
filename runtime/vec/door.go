package vec

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/detlang/det/lang/types"
)

// DictKey is the field metadata under which a reader of ours states the ID of
// the Dict that a dictionary column's values are a snapshot of. Arrays of two
// batches with one ID extend each other: a code means the same in both.
const DictKey = "det.dict"

// Door turns the arrays of one column, batch after batch, into Vecs. It
// remembers the last dictionary, so that a dictionary that comes again keeps its
// identity. The zero Door is ready to use; it is not safe for concurrent use.
type Door struct {
	last *array.Data // owner of the last dictionary's buffers
	dict *Dict
	null Bitmap // codes of the last dictionary whose value is null
}

// Close lets go of the dictionary that the door remembers.
func (d *Door) Close() {
	if d.last != nil {
		d.last.Release()
	}
	*d = Door{}
}

// Open widens an array to a Vec of the wanted kind. No data is copied where the
// layout allows it (64-bit numbers, 32-bit codes and offsets, unsliced bitmaps,
// microseconds); the Vec shares the array's memory and lives no longer. Values
// that the wanted kind cannot hold are missing, and so are floats that are NaN or
// infinite, as in files; bad counts them. An array whose type has no reading as that
// kind is an error.
func (d *Door) Open(f arrow.Field, a arrow.Array, want types.Kind) (v *Vec, bad int, err error) {
	if e, ok := a.(array.ExtensionArray); ok {
		a = e.Storage()
	}
	n := a.Len()
	if n > 0 && a.NullN() == n { // as most columns are where many rules read many
		return Nulls(n), 0, nil
	}
	v = &Vec{Kind: want, N: n, Valid: validity(a)}
	if want == types.Any {
		v.Kind = KindOf(a.DataType())
		want = v.Kind
	}
	switch x := a.(type) {
	case *array.Null:
		return Nulls(n), 0, nil
	case *array.Dictionary:
		if err := d.openDictionary(f, x, v); err != nil {
			return nil, 0, err
		}
	case *array.Boolean:
		v.Kind, v.Bits = types.Bool, NewBitmap(n)
		data := x.Data()
		if n > 0 {
			copyBits(v.Bits, data.Buffers()[1].Bytes(), data.Offset(), n)
		}
		if v.Valid != nil {
			for i := range v.Bits {
				v.Bits[i] &= v.Valid[i]
			}
		}
	case *array.Int64:
		v.Kind, v.I64 = types.Int, x.Int64Values()
	case *array.Int32:
		v.Kind, v.I64 = types.Int, widen(x.Int32Values())
	case *array.Int16:
		v.Kind, v.I64 = types.Int, widen(x.Int16Values())
	case *array.Int8:
		v.Kind, v.I64 = types.Int, widen(x.Int8Values())
	case *array.Uint8:
		v.Kind, v.I64 = types.Int, widen(x.Uint8Values())
	case *array.Uint16:
		v.Kind, v.I64 = types.Int, widen(x.Uint16Values())
	case *array.Uint32:
		v.Kind, v.I64 = types.Int, widen(x.Uint32Values())
	case *array.Uint64:
		v.Kind, v.I64 = types.Int, widen(x.Uint64Values())
		for i, u := range x.Uint64Values() {
			if u > math.MaxInt64 {
				bad += v.drop(i)
			}
		}
	case *array.Float64:
		v.Kind, v.F64 = types.Float, x.Float64Values()
	case *array.Float32:
		v.Kind, v.F64 = types.Float, make([]float64, n)
		for i, f := range x.Float32Values() {
			v.F64[i] = float64(f)
		}
	case *array.Timestamp:
		v.Kind, v.I64 = types.Timestamp, int64s(x.TimestampValues())
		bad += v.scale(x.DataType().(*arrow.TimestampType).Unit)
	case *array.Duration:
		v.Kind, v.I64 = types.Duration, int64s(x.DurationValues())
		bad += v.scale(x.DataType().(*arrow.DurationType).Unit)
	case *array.Date32:
		v.Kind, v.I64 = types.Timestamp, make([]int64, n)
		for i, day := range x.Date32Values() {
			v.I64[i] = int64(day) * 86_400_000_000
		}
	case *array.Date64:
		v.Kind, v.I64 = types.Timestamp, int64s(x.Date64Values())
		bad += v.scale(arrow.Millisecond)
	case *array.String:
		v.Kind, v.Bytes = types.String, x.ValueBytes()
		v.Offs = rebase(x.ValueOffsets(), n)
	case *array.Binary:
		v.Kind, v.Bytes = types.String, x.ValueBytes()
		v.Offs = rebase(x.ValueOffsets(), n)
	case *array.LargeString:
		if v.Offs, err = narrow(x.ValueOffsets(), n); err != nil {
			return nil, 0, err
		}
		v.Kind, v.Bytes = types.String, x.ValueBytes()
	case *array.StringView:
		v.Kind, v.Offs = types.String, make([]int32, n+1)
		for i := range n {
			if !v.Missing(i) {
				v.Bytes = append(v.Bytes, x.Value(i)...)
			}
			if len(v.Bytes) > math.MaxInt32 {
				return nil, 0, fmt.Errorf("column %s: a batch holds over 2 GiB of text", f.Name)
			}
			v.Offs[i+1] = int32(len(v.Bytes))
		}
	case *array.FixedSizeBinary:
		if x.DataType().(*arrow.FixedSizeBinaryType).ByteWidth != 16 {
			return nil, 0, mismatch(f, want)
		}
		v.Kind, v.IPs = types.IP, make([][16]byte, n)
		for i := range n {
			if !v.Missing(i) {
				copy(v.IPs[i][:], x.Value(i))
			}
		}
	case *array.List:
		var door Door
		el, elBad, err := door.Open(arrow.Field{Name: f.Name}, x.ListValues(), types.Any)
		door.Close()
		if err != nil {
			return nil, 0, err
		}
		v.Kind, v.Child, bad = types.List, el, bad+elBad
		v.Offs = x.Offsets()
		if len(v.Offs) > n+1 {
			v.Offs = v.Offs[x.Data().Offset() : x.Data().Offset()+n+1]
		}
		if n == 0 {
			v.Offs = []int32{0}
		}
	default:
		return nil, 0, mismatch(f, want)
	}
	if v.Kind == types.Float && want != types.String { // as text they are what they are
		bad += dropInfinite(v.F64, v)
	}
	out, more, err := v.as(f, want)
	return out, bad + more, err
}

func mismatch(f arrow.Field, want types.Kind) error {
	return fmt.Errorf("column %s is %s, which cannot be read as %s", f.Name, f.Type, want)
}

// KindOf is the kind that an Arrow type widens to, Invalid if there is none.
func KindOf(t arrow.DataType) types.Kind {
	switch t := t.(type) {
	case *arrow.DictionaryType:
		return KindOf(t.ValueType)
	case *arrow.BooleanType:
		return types.Bool
	case *arrow.Float64Type, *arrow.Float32Type:
		return types.Float
	case *arrow.TimestampType, *arrow.Date32Type, *arrow.Date64Type:
		return types.Timestamp
	case *arrow.DurationType:
		return types.Duration
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType, *arrow.BinaryType:
		return types.String
	case *arrow.FixedSizeBinaryType:
		return types.IP
	case *arrow.ListType:
		return types.List
	case *arrow.NullType:
		return types.Null
	}
	if arrow.IsInteger(t.ID()) {
		return types.Int
	}
	return types.Invalid
}

// as converts between kinds where a reading exists.
func (v *Vec) as(f arrow.Field, want types.Kind) (*Vec, int, error) {
	bad := 0
	switch {
	case v.Kind == want, v.Kind == types.Null, want == types.Any:
		return v, 0, nil
	case want == types.Float && v.Kind == types.Int:
		out := make([]float64, v.N)
		for i, x := range v.I64 {
			out[i] = float64(x)
		}
		return Floats(out, v.Valid), 0, nil
	case want == types.Int && v.Kind == types.Float:
		out := Ints(make([]int64, v.N), v.Valid)
		for i, x := range v.F64 {
			if x == math.Trunc(x) && math.Abs(x) < 1<<63 {
				out.I64[i] = int64(x)
			} else if !out.Missing(i) {
				bad += out.drop(i)
			}
		}
		return out, bad, nil
	case want == types.Timestamp && v.Kind == types.Int:
		w := *v
		w.Kind = types.Timestamp
		return &w, 0, nil
	case want == types.IP && v.Kind == types.String:
		w := &Vec{Kind: types.IP, N: v.N, IPs: make([][16]byte, v.N), Valid: v.Valid}
		for i := range v.N {
			if v.Missing(i) {
				continue
			}
			a, err := netip.ParseAddr(v.Text(i))
			if err != nil {
				bad += w.drop(i)
				continue
			}
			w.IPs[i] = a.As16()
		}
		return w, bad, nil
	case want == types.String && (v.Kind == types.Int || v.Kind == types.Float || v.Kind == types.Bool || v.Kind == types.IP):
		in, w := NewInterner(), &Vec{Kind: types.String, N: v.N, Codes: make([]int32, v.N), Valid: v.Valid}
		for i := range v.N {
			if v.Missing(i) {
				w.Codes[i] = in.Code("")
				continue
			}
			var s string
			switch x := v.Value(i).(type) {
			case float64:
				s = strconv.FormatFloat(x, 'g', -1, 64)
			default:
				s = fmt.Sprint(x)
			}
			w.Codes[i] = in.Code(s)
		}
		w.Dict = in.Dict()
		return w, 0, nil
	}
	return nil, 0, mismatch(f, want)
}

// drop makes row i missing; it gives 1, for counting. The bitmap is the Vec's own
// copy (see validity), so it may be changed while the Vec is being made.
func (v *Vec) drop(i int) int {
	if v.Valid == nil {
		v.Valid = Ones(v.N)
	}
	v.Valid.Clear(i)
	return 1
}

// scale turns counts of unit into microseconds.
func (v *Vec) scale(unit arrow.TimeUnit) (bad int) {
	if unit == arrow.Microsecond {
		return 0
	}
	out := make([]int64, v.N)
	for i, x := range v.I64 {
		switch unit {
		case arrow.Nanosecond:
			out[i] = floorDiv(x, 1000)
			continue
		case arrow.Millisecond:
			out[i] = x * 1000
			if out[i]/1000 != x && !v.Missing(i) {
				bad += v.drop(i)
			}
		case arrow.Second:
			out[i] = x * 1_000_000
			if out[i]/1_000_000 != x && !v.Missing(i) {
				bad += v.drop(i)
			}
		}
	}
	v.I64 = out
	return bad
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
