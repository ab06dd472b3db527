package agg

import (
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nist reads the observations of one of NIST's Statistical Reference Datasets:
// the lines after the last rule or heading.
func nist(t *testing.T, name string) []float64 {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "nist_strd", name+".txt"))
	if err != nil {
		if os.Getenv("DET_DEMAND_DATA") == "1" {
			t.Fatal(err)
		}
		t.Skip("the reference data is not there: ../shared/data/nist_strd")
	}
	var out []float64
	for line := range strings.Lines(string(data)) {
		x, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
		if err != nil {
			if strings.TrimSpace(line) != "" {
				out = nil // still in the head
			}
			continue
		}
		out = append(out, x)
	}
	return out
}

// digits is the log relative error: how many digits of x are right (at most 16).
func digits(x, want float64) float64 {
	if x == want {
		return 16
	}
	return min(16, -math.Log10(math.Abs(x-want)/math.Abs(want)))
}

// TestNIST holds mean and deviation against the certified values, of which 15
// digits are printed. NumAcc4's observations are off by up to 1e-9 once they are
// floats, which leaves 8.3 digits of the deviation.
func TestNIST(t *testing.T) {
	tests := []struct {
		name                    string
		n                       int
		mean, stddev            float64
		meanDigits, stdevDigits float64
	}{
		{"Lew", 200, -177.435000000000, 277.332168044316, 16, 15.3},
		{"Lottery", 218, 518.958715596330, 291.699727470969, 15.1, 15.3},
		{"NumAcc1", 3, 10000002, 1, 16, 16},
		{"NumAcc2", 1001, 1.2, 0.1, 16, 15.5},
		{"NumAcc4", 1001, 10000000.2, 0.1, 16, 8.25},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			xs := nist(t, tt.name)
			if len(xs) != tt.n {
				t.Fatalf("read %d observations, want %d", len(xs), tt.n)
			}
			var all, left, right Moments
			for i, x := range xs {
				all.Add(x)
				if i%3 == 0 {
					left.Add(x)
				} else {
					right.Add(x)
				}
			}
			left.Merge(right)
			for _, m := range []Moments{all, left} {
				mean, stddev := digits(m.Mean(), tt.mean), digits(m.Stddev(), tt.stddev)
				t.Logf("mean %.17g (%.1f digits), deviation %.17g (%.1f digits)", m.Mean(), mean, m.Stddev(), stddev)
				if mean < tt.meanDigits || stddev < tt.stdevDigits {
					t.Errorf("%.1f and %.1f digits, want %.1f and %.1f", mean, stddev, tt.meanDigits, tt.stdevDigits)
				}
			}
		})
	}
}

// rational is the mean and the sample variance of floats, by rational arithmetic.
func rational(xs []float64) (mean, variance float64) {
	n := new(big.Rat).SetInt64(int64(len(xs)))
	sum, sq := new(big.Rat), new(big.Rat)
	for _, x := range xs {
		r := new(big.Rat).SetFloat64(x)
		sum.Add(sum, r)
		sq.Add(sq, r.Mul(r, r))
	}
	m := new(big.Rat).Quo(sum, n)
	mean, _ = m.Float64()
	v := sq.Sub(sq, sum.Mul(sum, m))
	if len(xs) > 1 {
		v.Quo(v, new(big.Rat).SetInt64(int64(len(xs)-1)))
		variance, _ = v.Float64()
	}
	return mean, variance
}

func TestMomentsAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.Float64Range(-1e12, 1e12).Draw(t, "base")
		xs := rapid.SliceOfN(rapid.Map(rapid.Float64Range(-1, 1), func(x float64) float64 { return base + x }), 2, 50).Draw(t, "values")
		var m, rest Moments
		cut := rapid.IntRange(0, len(xs)).Draw(t, "cut")
		for i, x := range xs {
			if i < cut {
				m.Add(x)
			} else {
				rest.Add(x)
			}
		}
		m.Merge(rest)
		mean, variance := rational(xs)
		if digits(m.Mean(), mean) < 15.3 || digits(m.Var(), variance) < 15 {
			t.Fatalf("mean %.17g, variance %.17g; want %.17g, %.17g", m.Mean(), m.Var(), mean, variance)
		}
	})
}

// TestIntMoments holds exact moments against rationals over the whole range of
// integers: the results are the nearest floats. Values that were added and taken
// away again leave no trace.
func TestIntMoments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1000, 1000)), 2, 40).Draw(t, "values")
		gone := rapid.SliceOfN(rapid.Int64(), 0, 10).Draw(t, "taken away")
		var m, rest, taken IntMoments
		for i, x := range xs {
			if i%2 == 0 {
				m.Add(x)
			} else {
				rest.Add(x)
			}
		}
		for _, x := range gone {
			m.Add(x)
			taken.Add(x)
		}
		m.Merge(rest)
		for _, x := range gone {
			m.Sub(x)
		}
		again := m
		again.Merge(taken)
		again.Unmerge(taken)
		if again != m {
			t.Fatalf("merged and unmerged: %v, want %v", again, m)
		}
		n := new(big.Rat).SetInt64(int64(len(xs)))
		sum, sq := new(big.Rat), new(big.Rat)
		for _, x := range xs {
			r := new(big.Rat).SetInt64(x)
			sum.Add(sum, r)
			sq.Add(sq, r.Mul(r, r))
		}
		mean := new(big.Rat).Quo(sum, n)
		ss := sq.Sub(sq, new(big.Rat).Mul(sum, mean))
		nearest := func(x *big.Rat) float64 { f, _ := x.Float64(); return f }
		for _, check := range []struct {
			what      string
			got, want float64
		}{
			{"mean", m.Mean(), nearest(mean)},
			{"variance", m.Var(), nearest(new(big.Rat).Quo(ss, new(big.Rat).Sub(n, big.NewRat(1, 1))))},
			{"population variance", m.VarPop(), nearest(new(big.Rat).Quo(ss, n))},
		} {
			if check.got != check.want {
				t.Fatalf("%s %v, want %v", check.what, check.got, check.want)
			}
		}
	})
}

// TestIntMomentsOfMany has more values than 32 bits count.
func TestIntMomentsOfMany(t *testing.T) {
	var m IntMoments
	m.AddN(math.MinInt64, 3e9)
	m.AddN(math.MaxInt64, 3e9)
	m.AddN(-7, 2)
	m.Sub(-7)
	m.Sub(-7)
	// 6e9 values, half at −2⁶³ and half at 2⁶³−1: the mean is −1/2, the population
	// variance (2⁶⁴−1)²/4, which rounds to 2¹²⁶.
	if m.N() != 6e9 || m.Mean() != -0.5 || m.VarPop() != 0x1p126 || m.StddevPop() != 0x1p63 {
		t.Errorf("n %d, mean %v, variance %v", m.N(), m.Mean(), m.VarPop())
	}
	if want := 0x1p126 * 6e9 / (6e9 - 1); m.Var() != want {
		t.Errorf("sample variance %v, want %v", m.Var(), want)
	}
}

func TestMomentsOfFew(t *testing.T) {
	var m Moments
	var i IntMoments
	for _, x := range []float64{m.Mean(), m.Var(), m.VarPop(), i.Mean(), i.Var(), i.VarPop()} {
		if !math.IsNaN(x) {
			t.Errorf("a moment of nothing is %v, want NaN", x)
		}
	}
	m.Add(2.5)
	i.Add(-3)
	if m.Mean() != 2.5 || m.VarPop() != 0 || !math.IsNaN(m.Stddev()) || i.Mean() != -3 || i.StddevPop() != 0 || !math.IsNaN(i.Stddev()) {
		t.Errorf("moments of one value: %+v, %+v", m, i)
	}
}

func FuzzQuo(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint64(3), uint64(4), uint64(5))
	f.Add(uint64(0), uint64(0), uint64(0), uint64(0), uint64(1))
	f.Add(uint64(0), uint64(math.MaxUint64), uint64(0), uint64(0), uint64(math.MaxUint64))
	f.Add(uint64(1<<53+1), uint64(0), uint64(0), uint64(0), uint64(1))
	f.Fuzz(func(t *testing.T, a, b, c, d, by uint64) {
		by = max(by, 1)
		for _, x := range []uint256{{a}, {a, b}, {a, b, c}, {a, b, c, d}} {
			want, _ := new(big.Rat).SetFrac(x.big(), new(big.Int).SetUint64(by)).Float64()
			if got := quo(x, by); got != want {
				t.Fatalf("%v / %d = %v, want %v", x, by, got, want)
			}
		}
	})
}
