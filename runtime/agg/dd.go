package agg

import "math"

// dd is an unevaluated sum of two floats, about 32 decimal digits: hi is the sum
// rounded, lo the rest (T. J. Dekker, A floating-point technique for extending the
// available precision, 1971; Y. Hida, X. Li, D. Bailey, Library for double-double
// and quad-double arithmetic, 2007).
type dd struct{ hi, lo float64 }

// twoSum is a+b without error.
func twoSum(a, b float64) dd {
	s := a + b
	t := s - a
	return dd{s, (a - (s - t)) + (b - t)}
}

// quickSum is twoSum where |a| ≥ |b|.
func quickSum(a, b float64) dd {
	s := a + b
	return dd{s, b - (s - a)}
}

// twoMul is a·b without error.
func twoMul(a, b float64) dd {
	p := a * b
	return dd{p, math.FMA(a, b, -p)}
}

func (a dd) add(b dd) dd {
	s, t := twoSum(a.hi, b.hi), twoSum(a.lo, b.lo)
	s = quickSum(s.hi, s.lo+t.hi)
	return quickSum(s.hi, s.lo+t.lo)
}

func (a dd) addFloat(b float64) dd {
	s := twoSum(a.hi, b)
	return quickSum(s.hi, s.lo+a.lo)
}

func (a dd) neg() dd { return dd{-a.hi, -a.lo} }

func (a dd) mul(b dd) dd {
	p := twoMul(a.hi, b.hi)
	return quickSum(p.hi, p.lo+(a.hi*b.lo+a.lo*b.hi))
}

func (a dd) mulFloat(b float64) dd {
	p := twoMul(a.hi, b)
	return quickSum(p.hi, p.lo+a.lo*b)
}

func (a dd) divFloat(b float64) dd {
	q := a.hi / b
	r := a.add(twoMul(q, b).neg())
	return quickSum(q, r.hi/b)
}

func (a dd) float() float64 { return a.hi + a.lo }
