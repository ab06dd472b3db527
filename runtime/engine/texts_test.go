package engine

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Shared or not, and whoever had the place before, a value is that of its row.
func TestTextsGiveWhatStandsInTheRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var list []any
	for range 20_000 { // more than there are places
		switch rng.IntN(8) {
		case 0:
			list = append(list, nil)
		case 1:
			list = append(list, "")
		case 2:
			list = append(list, strings.Repeat("x", maxShared-2+rng.IntN(5)))
		case 3: // alike in length and ends: one place
			list = append(list, "beginning "+strings.Repeat(string(rune('a'+rng.IntN(26))), 5)+" the end")
		default:
			b := make([]byte, rng.IntN(12))
			for i := range b {
				b[i] = byte('a' + rng.IntN(3))
			}
			list = append(list, string(b))
		}
	}
	var shared texts
	for _, v := range []*vec.Vec{vec.Of(types.String, list...), vec.Of(types.Int, int64(1), nil), vec.Nulls(2)} {
		for i := range v.N {
			if got, want := shared.value(v, i), v.Value(i); got != want {
				t.Fatalf("row %d: %v instead of %v", i, got, want)
			}
		}
	}
}

// The alerts of all rules that hit a row show one copy of its texts.
func TestTextsAreCopiedOnce(t *testing.T) {
	var shared texts
	v := vec.Of(types.String, "powershell -enc", "short", "powershell -enc")
	shared.value(v, 0)
	shared.value(v, 1)
	if n := testing.AllocsPerRun(100, func() { shared.value(v, 0); shared.value(v, 1); shared.value(v, 2) }); n != 0 {
		t.Errorf("%v more copies of what was copied", n)
	}
}
