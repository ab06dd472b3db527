package agg

import (
	"bytes"
	"cmp"
	"unsafe"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// held is one value a group, or none, of any scalar kind: what min, max, first and
// last keep. Two helds that meet are of one kind.
type held interface {
	Grow(n int)
	Reset(group int32)
	Bytes() int
	Save(w *state.Writer)
	Load(r *state.Reader) error

	has(group int32) bool
	// put takes over row r of a column, which is present.
	put(group int32, v *vec.Vec, row int32)
	// compare orders what a group holds and row r, both present.
	compare(group int32, v *vec.Vec, row int32) int
	// copy and order are put and compare with a group of another held.
	copy(group int32, src held, from int32)
	order(group int32, src held, from int32) int
	result(groups []int32) *vec.Vec
}

// newHeld is a held for values of a kind; for a column of nothing, of ints.
func newHeld(k types.Kind) held {
	switch k {
	case types.Bool:
		return &scalar[int64]{kind: k, at: boolAt, cmp: cmp.Compare[int64]}
	case types.Float:
		return &scalar[float64]{kind: k, at: func(v *vec.Vec, r int32) float64 { return v.F64[r] }, cmp: cmp.Compare[float64]}
	case types.IP:
		return &scalar[[16]byte]{kind: k, at: func(v *vec.Vec, r int32) [16]byte { return v.IPs[r] }, cmp: compareIP}
	case types.String:
		return &texts{}
	}
	return &scalar[int64]{kind: wholeKind(k), at: func(v *vec.Vec, r int32) int64 { return v.I64[r] }, cmp: cmp.Compare[int64]}
}

func boolAt(v *vec.Vec, r int32) int64 {
	if v.Bits.Get(int(r)) {
		return 1
	}
	return 0
}

func compareIP(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }

// scalar holds values of fixed size.
type scalar[T int64 | float64 | [16]byte] struct {
	kind types.Kind
	of   []T
	seen vec.Bitmap
	at   func(v *vec.Vec, row int32) T
	cmp  func(a, b T) int
}

func (s *scalar[T]) Grow(n int) {
	s.of = grow(s.of, n)
	s.seen = grow(s.seen, (n+63)/64)
}

func (s *scalar[T]) Reset(g int32)        { s.seen.Clear(int(g)) }
func (s *scalar[T]) has(g int32) bool     { return s.seen.Get(int(g)) }
func (s *scalar[T]) set(g int32, x T)     { s.of[g] = x; s.seen.Set(int(g)) }
func (s *scalar[T]) Save(w *state.Writer) { state.Slice(w, s.of); state.Slice(w, s.seen) }

func (s *scalar[T]) Load(r *state.Reader) error {
	s.of = state.ReadSlice[T](r)
	s.seen = state.ReadSlice[uint64](r)
	if len(s.seen) != (len(s.of)+63)/64 {
		r.Fail("an aggregate's groups do not agree in number")
	}
	return r.Err()
}

func (s *scalar[T]) Bytes() int {
	var zero T
	return cap(s.of)*int(unsafe.Sizeof(zero)) + 8*cap(s.seen)
}

func (s *scalar[T]) put(g int32, v *vec.Vec, r int32) { s.set(g, s.at(v, r)) }

func (s *scalar[T]) compare(g int32, v *vec.Vec, r int32) int { return s.cmp(s.of[g], s.at(v, r)) }

func (s *scalar[T]) copy(g int32, src held, from int32) { s.set(g, src.(*scalar[T]).of[from]) }

func (s *scalar[T]) order(g int32, src held, from int32) int {
	return s.cmp(s.of[g], src.(*scalar[T]).of[from])
}

func (s *scalar[T]) result(groups []int32) *vec.Vec {
	v := &vec.Vec{Kind: s.kind, N: len(groups), Valid: vec.NewBitmap(len(groups))}
	out := make([]T, len(groups))
	for i, g := range groups {
		if s.has(g) {
			out[i] = s.of[g]
			v.Valid.Set(i)
		}
	}
	switch x := any(out).(type) {
	case []int64:
		v.I64 = x
	case []float64:
		v.F64 = x
	case [][16]byte:
		v.IPs = x
	}
	if s.kind == types.Bool {
		n := len(groups)
		v.Bits, v.I64 = vec.Pack(n, func(i int) bool { return v.I64[i] != 0 }), nil
	}
	return v
}
