package op

import (
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// stored is a constant as columns hold it: times and durations in microseconds.
func stored(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UnixMicro()
	case time.Duration:
		return v.Microseconds()
	}
	return v
}

// repeat is a column of n rows of one value.
func repeat(kind types.Kind, value any, n int) *vec.Vec {
	one := vec.Of(kind, value)
	return take(one, make([]int32, n))
}

// repeated is n times x.
func repeated[T any](x T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = x
	}
	return out
}

// upTo is 0, 1 … n-1.
func upTo(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}
