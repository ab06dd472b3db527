package stdlib

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// statisticsFuncs turn a distance from what is usual into a probability. A z-score
// speaks of values that are spread evenly around their mean; counts with a mean
// below about 5 are not, and have the Poisson distribution instead.
func statisticsFuncs() []Func {
	return []Func{{
		Name: "normal_cdf",
		Doc:  "The probability that a value with the standard normal distribution is z or less: of a z-score, how unusual it is.",
		Sig:  takes(types.TFloat, param("z", types.TNumber)), Bind: kernel(func() vec.Kernel { return vec.FloatMap(normalCDF) }), Cost: 20,
		Examples: examples(`normal_cdf(0)`, `0.5`, `round(normal_cdf(1.96), 6)`, `0.975002`, `round(normal_cdf(-3), 6)`, `0.00135`, `normal_cdf(null)`, `null`),
	}, {
		Name: "poisson_tail",
		Doc:  "The probability of k events or more where mean are usual and each comes by itself (the Poisson distribution). For counts that are small as a rule it says what a z-score cannot: `poisson_tail(failed, usual.mean) < 0.0001`. Missing for a mean below 0.",
		Sig:  takes(types.TFloat, param("k", types.TNumber), param("mean", types.TNumber)), Bind: kernel(poissonTail), Cost: 200,
		Examples: examples(`round(poisson_tail(1, 1), 6)`, `0.632121`, `round(poisson_tail(5, 1), 6)`, `0.00366`, `poisson_tail(0, 0.2)`, `1.0`, `poisson_tail(3, 0)`, `0.0`, `poisson_tail(3, -1)`, `null`, `poisson_tail(3, null)`, `null`),
	}}
}

// normalCDF keeps its digits in the lower tail, where 1 less the upper one has none.
func normalCDF(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// poissonTail is P(X ≥ k) = P(k, mean), the regularised lower incomplete gamma
// function (Abramowitz and Stegun 26.4.21); k between two integers means the upper.
func poissonTail() vec.Kernel {
	return vec.NumberRows(types.Float, func(args []*vec.Vec) func(int) (float64, bool) {
		ks, means := vec.AsFloats(args[0]), vec.AsFloats(args[1])
		return func(i int) (float64, bool) {
			k, mean := math.Ceil(ks[i]), means[i]
			switch {
			case !(mean >= 0) || math.IsInf(mean, 1) || math.IsNaN(k):
				return 0, false
			case k <= 0:
				return 1, true
			case mean == 0 || math.IsInf(k, 1):
				return 0, true
			}
			p := mathext.GammaIncReg(k, mean)
			return p, p-p == 0
		}
	})
}
