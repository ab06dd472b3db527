package eval

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// cpu is the time that this process has worked.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFrame measures rules over batches of 8,192 rows, with coded texts as a
// reader gives them. With go test -bench Frame ./runtime/eval, in M rows for each
// second of work:
//
//	pattern of two texts and a number           1300
//	the same over plain texts                    600
//	two sums and a comparison                    280
//	100 rules of three predicates, 30 distinct    32 (each row counted once)
//	two costly tests, the better one second      2.0 (1.4 in the order of cost alone)
func BenchmarkFrame(b *testing.B) {
	const n = 8192
	rnd := rand.New(rand.NewPCG(1, 1))
	outcomes, users, bytes, lines := make([]any, n), make([]any, n), make([]any, n), make([]string, n)
	for i := range n {
		outcomes[i] = []string{"SUCCESS", "DENIED", "BLOCKED"}[rnd.IntN(3)]
		users[i] = fmt.Sprintf("user%04d", rnd.IntN(1000))
		bytes[i] = rnd.Int64N(1_000_000)
		lines[i] = fmt.Sprintf(`C:\Windows\System32\svchost.exe -k netsvcs -p -s Service%04d --flag=%d`, rnd.IntN(10000), rnd.IntN(3))
	}
	plain := func(v *vec.Vec) *vec.Vec {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = v.Text(i)
		}
		return plainTexts(texts)
	}
	outcome, user, size := vec.Of(types.String, outcomes...), vec.Of(types.String, users...), vec.Of(types.Int, bytes...)
	pattern := func(g *Graph) []ID {
		return []ID{g.And(
			operate(b, g, "==", Options{}, twoTexts, g.Input(0, types.String), g.Const(types.String, "denied")),
			operate(b, g, ">", Options{}, twoInts, g.Input(2, types.Int), g.Const(types.Int, int64(990_000))),
			operate(b, g, "startswith", Options{}, twoTexts, g.Input(1, types.String), g.Const(types.String, "User00")))}
	}
	for _, c := range []struct {
		name  string
		cols  []*vec.Vec
		build func(g *Graph) []ID
	}{
		{"pattern", []*vec.Vec{outcome, user, size}, pattern},
		{"pattern, plain", []*vec.Vec{plain(outcome), plain(user), size}, pattern},
		{"arithmetic", []*vec.Vec{size, size}, func(g *Graph) []ID {
			x, y := g.Input(0, types.Int), g.Input(1, types.Int)
			sum := operate(b, g, "+", Options{}, twoInts, x, y)
			twice := operate(b, g, "*", Options{}, twoInts, sum, g.Const(types.Int, int64(3)))
			return []ID{operate(b, g, ">", Options{}, twoInts, twice, g.Const(types.Int, int64(5_900_000)))}
		}},
		{"100 rules", []*vec.Vec{outcome, user, size}, func(g *Graph) (rules []ID) {
			for i := range 100 {
				rules = append(rules, g.And(
					operate(b, g, "==", Options{}, twoTexts, g.Input(0, types.String), g.Const(types.String, []string{"denied", "blocked", "error"}[i%3])),
					operate(b, g, ">", Options{}, twoInts, g.Input(2, types.Int), g.Const(types.Int, int64(980_000+1000*(i%7)))),
					operate(b, g, "contains", Options{}, twoTexts, g.Input(1, types.String), g.Const(types.String, fmt.Sprint(i%20)))))
			}
			return rules
		}},
		{"order", []*vec.Vec{plainTexts(lines)}, func(g *Graph) []ID {
			line := g.Input(0, types.String)
			return []ID{g.And(
				operate(b, g, "matches", Options{}, twoTexts, line, g.Const(types.String, `Service\d+.*\d$`)),
				operate(b, g, "matches", Options{}, twoTexts, line, g.Const(types.String, `Service\d+7 .*\d$`)))}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := NewGraph()
			rules := c.build(g)
			f := g.Frame()
			hits := 0
			start := cpu()
			for b.Loop() {
				f.Begin(c.cols, n)
				for _, id := range rules {
					hits += len(f.Rows(id, nil))
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/(cpu()-start).Seconds()/1e6, "Mrows/cpu-s")
			b.ReportMetric(float64(hits)/float64(b.N), "hits")
		})
	}
}
