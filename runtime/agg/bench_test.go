//go:build unix

package agg

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// BenchmarkAdd adds batches of 16,384 rows to 1,000 or a million groups, the
// groups in random order. Millions of rows a second of processor time, the best of
// four runs on one of two shared cores (median and the distinct counts are still
// filling up):
//
//	go test -run xxx -bench Add -benchtime 100ms ./runtime/agg
//
//	                              1,000 groups   1,000,000
//	count()                               1440         300
//	sum of ints, of floats             696 473       62 50
//	avg of ints                            596          41
//	max of ints                            736          83
//	stddev of ints, of floats           243 69       20 11
//	first of texts                         279          83
//	count_distinct of texts                 12         5.4
//	approx_count_distinct of texts          18         4.1
//	median of floats                       6.0         2.0
func BenchmarkAdd(b *testing.B) {
	const rows, batches = 16 << 10, 32
	for _, groups := range []int{1_000, 1_000_000} {
		r := rand.New(rand.NewPCG(1, 2))
		ids := make([][]int32, batches)
		for i := range ids {
			ids[i] = make([]int32, rows)
			for j := range ids[i] {
				ids[i][j] = int32(r.IntN(groups))
			}
		}
		ints, floats, texts := make([]int64, rows), make([]float64, rows), make([]int32, rows)
		var words []string
		for i := range 500 {
			words = append(words, fmt.Sprintf("user-%d", i))
		}
		dict := vec.NewDict(words...)
		for j := range ints {
			ints[j] = int64(r.IntN(1000))
			floats[j] = r.Float64()
			texts[j] = int32(r.IntN(500))
		}
		cols := map[types.Kind]*vec.Vec{
			types.Int: vec.Ints(ints, nil), types.Float: vec.Floats(floats, nil), types.String: vec.Coded(texts, dict, nil),
		}
		names := map[types.Kind]string{0: "rows", types.Int: "int", types.Float: "float", types.String: "text"}
		for _, u := range []struct {
			spec Spec
			kind types.Kind
		}{
			{countSpec(), 0}, {sumSpec(), types.Int}, {sumSpec(), types.Float}, {avgSpec(), types.Int}, {maxSpec(), types.Int},
			{stddevSpec(), types.Int}, {stddevSpec(), types.Float}, {firstSpec(), types.String},
			{countDistinctSpec(), types.String}, {approxCountDistinctSpec(), types.String}, {medianSpec(), types.Float},
		} {
			b.Run(fmt.Sprintf("%s-%s-%d", u.spec.Name, names[u.kind], groups), func(b *testing.B) {
				var args []*vec.Vec
				var kinds []types.Type
				if u.kind != 0 {
					args, kinds = []*vec.Vec{cols[u.kind]}, []types.Type{{Kind: u.kind}}
				}
				s, err := u.spec.New(kinds, []any{nil})
				if err != nil {
					b.Fatal(err)
				}
				s.Grow(groups)
				start := cpu(b)
				for i := 0; b.Loop(); i++ {
					s.Add(ids[i%batches], nil, args)
				}
				b.ReportMetric(float64(b.N)*rows/(cpu(b)-start).Seconds()/1e6, "Mrows/cpu-s")
				b.ReportMetric(float64(s.Bytes())/float64(groups), "bytes/group")
			})
		}
	}
}

// cpu is the processor time that the process has used, which a busy machine
// distorts less than wall time.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
