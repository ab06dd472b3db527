package match

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Whether a column's values are mostly new is told of those to come, not of those that
// a sample met first.
func TestSampleTellsHowManyValuesWillBeNew(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name  string
		value func(i int) string
		want  bool
	}{
		{"one value", func(int) string { return "x" }, false},
		{"405 values, equally often", func(int) string { return fmt.Sprint(rng.IntN(405)) }, false},
		{"each value new", func(i int) string { return fmt.Sprint(i) }, true},
		{"half new, half of ten", func(i int) string {
			if rng.IntN(2) == 0 {
				return fmt.Sprint("new ", i)
			}
			return fmt.Sprint(i % 10)
		}, true},
		{"nearly all empty", func(i int) string { return map[bool]string{true: fmt.Sprint(i)}[i%100 == 0] }, false},
	} {
		var s sample
		list := make([]any, sampleRows)
		for i := range list {
			list[i] = c.value(i)
		}
		v := vec.Of(types.String, list...)
		for i := range list {
			s.take(v, i)
		}
		if got := s.mostlyNew(); got != c.want {
			t.Errorf("%s: mostly new is %v, with %d of %d seen once", c.name, got, s.once, s.present)
		}
	}
}
