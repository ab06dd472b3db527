package vec

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A code keeps its text however far the table grows, and texts of one hash keep apart.
func TestInternerGivesOneCodeToAText(t *testing.T) {
	in, want := NewInterner(), map[string]int32{}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		s := fmt.Sprint(rng.IntN(60_000))
		if s == "7" {
			s = ""
		}
		code, known := want[s]
		if found := in.Find(s); known && found != code || !known && found >= 0 {
			t.Fatalf("%q is found as %d, not %d (%v)", s, found, code, known)
		}
		got := in.Code(s)
		if known && got != code || !known && int(got) != len(want) || in.Dict().Value(got) != s {
			t.Fatalf("%q has code %d, which is %q", s, got, in.Dict().Value(got))
		}
		want[s] = got
	}
}

// BenchmarkInterner gives codes to known texts of 100 bytes: by Zipf's law, as logs
// have them, and each as often, more of them than fit into a cache.
func BenchmarkInterner(b *testing.B) {
	texts := make([]string, 50_000)
	for i := range texts {
		texts[i] = fmt.Sprintf("%090d%010d", 0, i)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 1, 999)
	for name, pick := range map[string]func() int{
		"zipf": func() int { return int(zipf.Uint64()) },
		"even": func() int { return rng.IntN(len(texts)) },
	} {
		at := make([]int, 1<<16)
		for i := range at {
			at[i] = pick()
		}
		b.Run(name, func(b *testing.B) {
			in := NewInterner()
			i := 0
			for b.Loop() {
				in.Code(texts[at[i&(len(at)-1)]])
				i++
			}
		})
	}
}
