package agg

import (
	"unsafe"

	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// flat is the groups of an aggregate whose state is a struct of 8-byte numbers, or
// one such number, and whose zero value is the empty group.
type flat[T any] struct{ of []T }

// Grow makes groups 0..n-1 exist.
func (f *flat[T]) Grow(n int) { f.of = grow(f.of, n) }

// Reset empties a group.
func (f *flat[T]) Reset(group int32) {
	var zero T
	f.of[group] = zero
}

// Clear empties groups 0..n-1.
func (f *flat[T]) Clear(n int) { clear(f.of[:n]) }

// Bytes is the memory held.
func (f *flat[T]) Bytes() int {
	var zero T
	return cap(f.of) * int(unsafe.Sizeof(zero))
}

// Save writes the groups.
func (f *flat[T]) Save(w *state.Writer) { state.Structs(w, f.of) }

// Load reads what Save wrote.
func (f *flat[T]) Load(r *state.Reader) error {
	f.of = state.ReadStructs[T](r)
	return r.Err()
}

// largeLen is from how many elements on idle room counts for more than moving.
const largeLen = 1 << 17

// grow lengthens a slice to n elements, with zeros. Where it has to move, it gets
// more room than is asked for: a quarter, a large one an eighth.
func grow[T any](x []T, n int) []T {
	if n <= len(x) {
		return x
	}
	if n <= cap(x) {
		tail := x[len(x):n]
		clear(tail)
		return x[:n]
	}
	more := len(x) / 4
	if len(x) > largeLen {
		more /= 2
	}
	y := make([]T, n, max(n, len(x)+more))
	copy(y, x)
	return y
}

// results makes a column of 64-bit numbers, one a listed group; ok false makes it
// missing.
func results[T int64 | float64](groups []int32, of func(g int32) (T, bool)) ([]T, vec.Bitmap) {
	out := make([]T, len(groups))
	var valid vec.Bitmap
	for i, g := range groups {
		x, ok := of(g)
		if !ok {
			if valid == nil {
				valid = vec.Ones(len(groups))
			}
			valid.Clear(i)
			continue
		}
		out[i] = x
	}
	return out, valid
}
