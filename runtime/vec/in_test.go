package vec

import (
	"fmt"
	"testing"

	"github.com/detlang/det/lang/types"
)

func TestInTexts(t *testing.T) {
	rnd := source(t)
	v := column(rnd, types.String, 400, true, alike)
	for range 60 {
		var list []string
		for range rnd.IntN(9) {
			list = append(list, alike[rnd.IntN(len(alike))].(string))
		}
		for _, cased := range []bool{true, false} {
			checkTest(t, func() Test { return InTexts(list, cased) }, func(row []any) bool {
				for _, s := range list {
					if row[0] != nil && (cased && row[0] == s || !cased && lowest(row[0].(string)) == lowest(s)) {
						return true
					}
				}
				return false
			}, v)
		}
	}
}

func TestInNumbers(t *testing.T) {
	rnd := source(t)
	cols := []*Vec{column(rnd, types.Int, 400, true, intEdges), column(rnd, types.Float, 400, true, floatEdges), column(rnd, types.Timestamp, 4200, false, intEdges)}
	for range 25 {
		var ints []int64
		var floats []float64
		for range rnd.IntN(8) {
			ints = append(ints, intEdges[rnd.IntN(len(intEdges))].(int64))
		}
		for range rnd.IntN(8) {
			floats = append(floats, floatEdges[rnd.IntN(len(floatEdges))].(float64))
		}
		for _, v := range cols {
			t.Run(fmt.Sprint(v.Kind, ints, floats), func(t *testing.T) {
				checkTest(t, func() Test { return InNumbers(ints, floats) }, func(row []any) bool {
					for _, x := range ints {
						if compared("==", row[0], x) {
							return true
						}
					}
					for _, x := range floats {
						if compared("==", row[0], x) {
							return true
						}
					}
					return false
				}, v)
			})
		}
	}
}

func TestInBools(t *testing.T) {
	v := Of(types.Bool, true, false, nil)
	for want, list := range map[string][]bool{"[]": nil, "[0]": {true}, "[1]": {false, false}, "[0 1]": {true, false}} {
		if got := InBools(list).Kernel()([]*Vec{v}, 3, nil).Bits.Rows(nil); fmt.Sprint(got) != want {
			t.Errorf("in %v: rows %v, want %v", list, got, want)
		}
	}
}

// lists makes a column of lists of up to three of the values.
func lists(t testing.TB, n int, values []any) *Vec {
	rnd := source(t)
	rows := make([]any, n)
	for i := range rows {
		list := []any{}
		for range rnd.IntN(4) {
			if list = append(list, values[rnd.IntN(len(values))]); rnd.IntN(8) == 0 {
				list[len(list)-1] = nil
			}
		}
		if rnd.IntN(6) > 0 {
			rows[i] = list
		}
	}
	return Of(types.List, rows...)
}

func TestAnyElement(t *testing.T) {
	ints := lists(t, 300, []any{int64(1), int64(2), int64(3)})
	checkTest(t, func() Test { return AnyElement(CompareInt(More, 2)) }, func(row []any) bool {
		for _, x := range list(row[0]) {
			if compared(">", x, int64(2)) {
				return true
			}
		}
		return false
	}, ints)
	texts := lists(t, 300, []any{"admin", "ADMINS", "guest"})
	for _, v := range []*Vec{texts, {Kind: types.List, N: texts.N, Valid: texts.Valid, Offs: texts.Offs, Child: withoutDict(texts.Child)}} {
		checkTest(t, func() Test { return AnyElement(CompareText(Equal, "Admin", false)) }, func(row []any) bool {
			for _, x := range list(row[0]) {
				if x == "admin" {
					return true
				}
			}
			return false
		}, v)
	}
}

func list(x any) []any {
	l, _ := x.([]any)
	return l
}

func TestInElements(t *testing.T) {
	rnd := source(t)
	texts, ints := lists(t, 300, []any{"a", "B", "c"}), lists(t, 300, []any{int64(1), int64(2), int64(3)})
	checkTest(t, func() Test { return InElements(CompareTexts(Equal, false)) }, func(row []any) bool {
		for _, x := range list(row[1]) {
			if x != nil && row[0] != nil && FoldString(x.(string)) == FoldString(row[0].(string)) {
				return true
			}
		}
		return false
	}, column(rnd, types.String, 300, true, []any{"A", "b", "x"}), texts)
	for _, x := range []*Vec{column(rnd, types.Int, 300, true, []any{int64(1), int64(3), int64(5)}), column(rnd, types.Float, 300, true, []any{1.0, 2.5})} {
		checkTest(t, func() Test { return InElements(CompareNumbers(Equal)) }, func(row []any) bool {
			for _, e := range list(row[1]) {
				if compared("==", row[0], e) {
					return true
				}
			}
			return false
		}, x, ints)
	}
}
