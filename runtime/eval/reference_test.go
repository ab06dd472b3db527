package eval

import (
	"math"
	"math/big"
	"net/netip"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// meaning says what an operator means for two values, nil being missing, as
// plainly as it can be written: the reference that the columns are held to. Values
// are those of the language; what it gives is too.
func meaning(op string, o Options, x, y any) any {
	switch op {
	case "+", "-", "*", "/", "%":
		return arithmetic(op, x, y)
	case "neg":
		switch x := x.(type) {
		case int64:
			return arithmetic("-", int64(0), x)
		case float64:
			return -x
		case time.Duration:
			return -x
		}
		return nil
	}
	return holds(op, o, x, y) != (o.Not != (op == "!="))
}

// holds is an operator that tests, before it is negated.
func holds(op string, o Options, x, y any) bool {
	if op == "is" {
		return x == nil
	}
	if list, ok := x.([]any); ok { // any element
		for _, e := range list {
			if holds(op, o, e, y) {
				return true
			}
		}
		return false
	}
	if x == nil || y == nil {
		return false
	}
	switch op {
	case "in":
		switch y := y.(type) {
		case netip.Prefix:
			return inNetwork(x, y)
		case []any:
			for _, e := range y {
				if p, ok := e.(netip.Prefix); ok && inNetwork(x, p) || e != nil && !ok && sameKind(x, e) && compareValues(x, e, o.Cased) == 0 {
					return true
				}
			}
		}
		return false
	case "contains", "startswith", "endswith", "like", "matches":
		list, ok := y.([]any)
		if !ok {
			return fits(op, o.Cased, x.(string), y.(string))
		}
		for _, p := range list {
			if fits(op, o.Cased, x.(string), p.(string)) != (o.Quant == "all") {
				return o.Quant != "all"
			}
		}
		return o.Quant == "all"
	}
	if list, ok := y.([]any); ok {
		return holds(op, o, list, x)
	}
	sign := compareValues(x, y, o.Cased)
	switch op {
	case "<":
		return sign < 0
	case "<=":
		return sign <= 0
	case ">":
		return sign > 0
	case ">=":
		return sign >= 0
	}
	return sign == 0
}

func sameKind(x, y any) bool {
	_, text := x.(string)
	_, ip := x.(netip.Addr)
	_, yText := y.(string)
	_, yIP := y.(netip.Addr)
	return text == yText && ip == yIP
}

func inNetwork(x any, p netip.Prefix) bool {
	ip, ok := x.(netip.Addr)
	if s, isText := x.(string); isText {
		ip, _ = netip.ParseAddr(s)
		ok = ip.IsValid()
	}
	return ok && p.Contains(ip.Unmap())
}

// compareValues compares two values of one kind, or two numbers.
func compareValues(x, y any, cased bool) int {
	switch x := x.(type) {
	case bool:
		if x == y.(bool) {
			return 0
		}
		return 1
	case string:
		if !cased {
			return strings.Compare(lower(x), lower(y.(string)))
		}
		return strings.Compare(x, y.(string))
	case netip.Addr:
		return x.Unmap().Compare(y.(netip.Addr).Unmap())
	case time.Time:
		return x.Compare(y.(time.Time))
	case time.Duration:
		return int(max(min(x-y.(time.Duration), 1), -1))
	}
	return fraction(x).Cmp(fraction(y))
}

func fraction(x any) *big.Rat {
	if i, ok := x.(int64); ok {
		return new(big.Rat).SetInt64(i)
	}
	return new(big.Rat).SetFloat64(x.(float64))
}

// lower folds the texts of these tests, which hold nothing that lower case does
// not fold but the Kelvin sign and the long s.
func lower(s string) string {
	return strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, s)
}

func fits(op string, cased bool, s, p string) bool {
	if op == "matches" {
		return regexp.MustCompile(p).MatchString(s)
	}
	if !cased {
		s, p = lower(s), lower(p)
	}
	switch op {
	case "contains":
		return strings.Contains(s, p)
	case "startswith":
		return strings.HasPrefix(s, p)
	case "endswith":
		return strings.HasSuffix(s, p)
	}
	ok, err := path.Match(p, s) // * and ? alike, in text without slashes
	return err == nil && ok
}

// arithmetic computes with integers as big ones.
func arithmetic(op string, x, y any) any {
	if x == nil || y == nil {
		return nil
	}
	t, isTime := x.(time.Time)
	u, isTime2 := y.(time.Time)
	d, isSpan := x.(time.Duration)
	e, isSpan2 := y.(time.Duration)
	switch {
	case isTime && isTime2:
		return t.Sub(u)
	case isTime && op == "-":
		return t.Add(-e)
	case isTime:
		return t.Add(e)
	case isTime2:
		return u.Add(d)
	case isSpan && isSpan2:
		r := arithmetic(op, d.Microseconds(), e.Microseconds())
		if op == "/" {
			return r
		}
		return span(r)
	case isSpan:
		return span(arithmetic(op, d.Microseconds(), y))
	case isSpan2:
		return span(arithmetic(op, x, e.Microseconds()))
	}
	i, whole := x.(int64)
	j, whole2 := y.(int64)
	if whole && whole2 && op != "/" {
		p, q, r := big.NewInt(i), big.NewInt(j), new(big.Int)
		switch op {
		case "+":
			r.Add(p, q)
		case "-":
			r.Sub(p, q)
		case "*":
			r.Mul(p, q)
		case "%":
			if j == 0 {
				return nil
			}
			r.Rem(p, q)
		}
		if !r.IsInt64() {
			return nil
		}
		return r.Int64()
	}
	f, g := float(x), float(y)
	r := map[string]float64{"+": f + g, "-": f - g, "*": f * g, "/": f / g, "%": math.Mod(f, g)}[op]
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return nil
	}
	return r
}

func float(x any) float64 {
	if i, ok := x.(int64); ok {
		return float64(i)
	}
	return x.(float64)
}

// span is a number of microseconds as a duration, if the language has it.
func span(x any) any {
	if f, ok := x.(float64); ok && math.Abs(f) < 1<<62 {
		x = int64(math.Round(f))
	}
	i, ok := x.(int64)
	if !ok || i > math.MaxInt64/1000 || i < math.MinInt64/1000 {
		return nil
	}
	return time.Duration(i) * time.Microsecond
}
