//go:build unix

package state

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

const benchBatch = 16 << 10

// benchRows is 1<<20 rows over n distinct hosts, as columns of benchBatch rows,
// coded or plain.
func benchRows(n int, prefix string, coded bool) []*vec.Vec {
	all, in := hosts(n, prefix), vec.NewInterner()
	if coded {
		for i := range n {
			in.Code(all.Text(i))
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	var out []*vec.Vec
	for range 1 << 20 / benchBatch {
		codes := make([]int32, benchBatch)
		for i := range codes {
			codes[i] = int32(r.IntN(n))
		}
		if coded {
			out = append(out, vec.Coded(codes, in.Dict(), nil))
			continue
		}
		v := &vec.Vec{Kind: types.String, N: benchBatch, Offs: []int32{0}}
		for _, c := range codes {
			v.Bytes = append(v.Bytes, all.Text(int(c))...)
			v.Offs = append(v.Offs, int32(len(v.Bytes)))
		}
		out = append(out, v)
	}
	return out
}

// rate runs step, which takes benchBatch rows, and reports millions of rows a
// second of processor time, which a busy machine distorts less than wall time.
func rate(b *testing.B, step func(i int)) {
	start := cpu(b)
	for i := 0; b.Loop(); i++ {
		step(i)
	}
	b.ReportMetric(float64(b.N)*benchBatch/(cpu(b)-start).Seconds()/1e6, "Mrows/cpu-s")
}

// cpu is the processor time that the process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkKeys looks up rows of 1,000 or a million distinct keys, in batches of
// 16,384, beside Go's map from the same short texts. Millions of rows a second of
// processor time, the best of five runs on one of two shared cores:
//
//	go test -run xxx -bench Keys -benchtime 200ms ./runtime/state
//
//	                          1,000 keys   1,000,000
//	codes of a dictionary            813         388
//	codes of two dictionaries        130          25
//	texts of 12 bytes                 51          29
//	texts of 30 bytes                 29          12
//	ints                              69          40
//	Go map, texts of 12 bytes         52         8.5
func BenchmarkKeys(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		for _, layout := range []string{"codes", "texts", "long", "pairs", "ints"} {
			b.Run(fmt.Sprintf("%s-%d", layout, n), func(b *testing.B) {
				prefix := "host-"
				if layout == "long" {
					prefix = "workstation-of-floor-4-"
				}
				cols := benchRows(n, prefix, layout != "texts" && layout != "long")
				kinds := []types.Kind{types.String}
				args := make([][]*vec.Vec, len(cols))
				second := vec.NewDict("a", "b", "c")
				for i, c := range cols {
					args[i] = []*vec.Vec{c}
					switch layout {
					case "pairs":
						kinds = []types.Kind{types.String, types.String}
						args[i] = append(args[i], vec.Coded(make([]int32, c.N), second, nil))
					case "ints":
						kinds = []types.Kind{types.Int}
						x := make([]int64, c.N)
						for j, code := range c.Codes {
							x[j] = int64(code) * 977
						}
						args[i] = []*vec.Vec{vec.Ints(x, nil)}
					}
				}
				k := NewKeys(kinds, 0)
				out := make([]int32, benchBatch)
				for _, a := range args {
					k.IDs(a, nil, benchBatch, out)
				}
				rate(b, func(i int) { k.IDs(args[i%len(args)], nil, benchBatch, out) })
			})
		}
		b.Run(fmt.Sprintf("map-%d", n), func(b *testing.B) {
			cols := benchRows(n, "host-", false)
			m := map[string]int32{}
			out := make([]int32, benchBatch)
			look := func(v *vec.Vec) {
				for i := range out {
					s := v.Text(i)
					id, ok := m[s]
					if !ok {
						id = int32(len(m))
						m[s] = id
					}
					out[i] = id
				}
			}
			for _, c := range cols {
				look(c)
			}
			rate(b, func(i int) { look(cols[i%len(cols)]) })
		})
	}
}
