package stdlib

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// listFuncs compare elements as == does: text without regard to case.
func listFuncs() []Func {
	list := param("list", types.ListOf(types.Any))
	first := func(args []types.Type) types.Type { return args[0] }
	return []Func{{
		Name: "size",
		Doc:  "How many elements a list has, missing ones included.",
		Sig:  takes(types.TInt, list), Bind: kernel(size), Cost: 2,
		Examples: examples(`size(["a", "b"])`, `2`, `size([])`, `0`, `size(null)`, `null`),
	}, {
		Name: "has",
		Doc:  "Whether a list holds an element that equals x; the same as `x in list`.",
		Sig:  takes(types.TBool, list, param("x", types.TAny)), Bind: has, Test: true, Cost: 60,
		Examples: examples(`has(["ann", "BOB"], "Bob")`, `true`, `has([1, 2], 2.0)`, `true`, `has([], "a")`, `false`, `has(["ä"], "Ä")`, `true`, `has(null, "a")`, `false`),
	}, {
		Name: "intersects",
		Doc:  "Whether two lists have an element in common.",
		Sig:  takes(types.TBool, param("a", types.ListOf(types.Any)), param("b", types.ListOf(types.Any))), Bind: intersects, Test: true, Cost: 200,
		Examples: examples(`intersects(["a", "b"], ["B", "c"])`, `true`, `intersects([1], [2])`, `false`, `intersects([], [])`, `false`, `intersects(["a"], null)`, `false`),
	}, {
		Name: "element",
		Doc:  "The element at a place, from 0; a negative place counts from the end. Missing where there is none.",
		Sig:  gives(func(args []types.Type) types.Type { return types.Type{Kind: args[0].Elem} }, list, param("place", types.TInt)),
		Bind: kernel(element), Cost: 10,
		Examples: examples(`element(["a", "b"], 0)`, `"a"`, `element(["a", "b"], -1)`, `"b"`, `element([1], 1)`, `null`, `element(split("ä/b", "/"), 0)`, `"ä"`, `element([], 0)`, `null`),
	}, {
		Name: "join",
		Doc:  "The texts of a list one after the other, with sep between them. Missing elements are left out.",
		Sig:  takes(types.TString, param("list", types.ListOf(types.String)), text("sep")), Bind: kernel(join), Cost: 150,
		Examples: examples(`join(["a", "é"], ", ")`, `"a, é"`, `join([], ",")`, `""`, `join(["a"], null)`, `null`),
	}, {
		Name: "list_distinct",
		Doc:  "The list with each value once, where it first stands. Text counts as written: upper and lower case differ. Missing elements are left out.",
		Sig:  gives(first, list), Bind: kernel(func() vec.Kernel { return reorder(distinct) }), Cost: 300,
		Examples: examples(`list_distinct(["b", "a", "b", "B"])`, `["b", "a", "B"]`, `list_distinct([2, 1, 2])`, `[2, 1]`, `list_distinct([])`, `[]`, `list_distinct(null)`, `null`),
	}, {
		Name: "list_sort",
		Doc:  "The list from the smallest to the largest element; text by code point, so that upper case comes first. Missing elements are left out.",
		Sig:  gives(first, list), Bind: kernel(func() vec.Kernel { return reorder(sorted) }), Cost: 300,
		Examples: examples(`list_sort(["b", "a", "B"])`, `["B", "a", "b"]`, `list_sort([10, 9])`, `[9, 10]`, `list_sort([])`, `[]`, `list_sort(null)`, `null`),
	}}
}

func size() vec.Kernel {
	return vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
		v := args[0]
		return func(i int) (int64, bool) {
			start, end := v.Elems(i)
			return int64(end - start), true
		}
	})
}

// has leaves a constant list to the kernels of the in operator.
func has(consts []any) (vec.Kernel, error) {
	list, ok := consts[0].([]any)
	if !ok {
		return hasRows(), nil
	}
	var texts []string
	var ints []int64
	var floats []float64
	var nets []netip.Prefix
	for _, e := range list {
		switch e := e.(type) {
		case string:
			texts = append(texts, e)
		case int64:
			ints = append(ints, e)
		case float64:
			floats = append(floats, e)
		case netip.Addr:
			nets = append(nets, netip.PrefixFrom(e, e.BitLen()))
		case nil:
		default:
			return nil, fmt.Errorf("a constant list for has holds texts, numbers or addresses")
		}
	}
	var test vec.Test = vec.Never
	switch {
	case len(texts) > 0:
		test = vec.InTexts(texts, false)
	case len(ints)+len(floats) > 0:
		test = vec.InNumbers(ints, floats)
	case len(nets) > 0:
		test = vec.InNetworks(nets)
	}
	return only(1, test.Kernel()), nil
}

func hasRows() vec.Kernel {
	return vec.BoolRows(func(args []*vec.Vec) func(int) bool {
		list, x := args[0], args[1]
		equal := equality(list.Child, x)
		return func(i int) bool {
			start, end := list.Elems(i)
			for e := start; e < end; e++ {
				if !list.Child.Missing(e) && equal(e, i) {
					return true
				}
			}
			return false
		}
	})
}

// equality compares row i of a with row j of b, both present, as == does.
func equality(a, b *vec.Vec) func(i, j int) bool {
	if a.Kind == types.String && b.Kind == types.String {
		return func(i, j int) bool { return vec.EqualFold(a.Text(i), b.Text(j)) }
	}
	return func(i, j int) bool { return identity(a, i) == identity(b, j) }
}

// identity is a value that equals that of another row just where == holds
// between them; nil for a missing row.
func identity(v *vec.Vec, i int) any {
	x := v.Value(i)
	if us, ok := x.(int64); ok && v.Kind != types.Int {
		return micros{v.Kind, us}
	}
	return identityOf(x)
}

// identityOf is the identity of a constant.
func identityOf(x any) any {
	switch x := x.(type) {
	case string:
		return vec.FoldString(x)
	case float64:
		if fitsInt(x) && x == math.Trunc(x) {
			return int64(x)
		}
	case time.Time:
		return micros{types.Timestamp, x.UnixMicro()}
	case time.Duration:
		return micros{types.Duration, x.Microseconds()}
	}
	return x
}

// micros is the identity of a time or a duration, which equals no number.
type micros struct {
	kind types.Kind
	n    int64
}

// intersects makes a set of a constant list once.
func intersects(consts []any) (vec.Kernel, error) {
	for side, c := range consts {
		list, ok := c.([]any)
		if !ok {
			continue
		}
		set := map[any]struct{}{}
		for _, e := range list {
			set[identityOf(e)] = struct{}{}
		}
		delete(set, nil)
		return only(1-side, vec.BoolRows(func(args []*vec.Vec) func(int) bool {
			return func(i int) bool { return anyIn(set, args[0], i) }
		})), nil
	}
	return vec.BoolRows(func(args []*vec.Vec) func(int) bool {
		a, b := args[0], args[1]
		set := map[any]struct{}{}
		return func(i int) bool {
			clear(set)
			start, end := a.Elems(i)
			for e := start; e < end; e++ {
				set[identity(a.Child, e)] = struct{}{}
			}
			delete(set, nil)
			return anyIn(set, b, i)
		}
	}), nil
}

// anyIn reports whether an element of row i of a list is in a set of identities.
func anyIn(set map[any]struct{}, list *vec.Vec, i int) bool {
	start, end := list.Elems(i)
	for e := start; e < end; e++ {
		if _, ok := set[identity(list.Child, e)]; ok {
			return true
		}
	}
	return false
}

func element() vec.Kernel {
	var g vec.Gatherer
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		list, place := args[0], args[1]
		if list.Kind == types.Null || place.Kind == types.Null || list.Child.N == 0 {
			return vec.Nulls(n)
		}
		return g.Gather([]*vec.Vec{list.Child}, n, mask, func(i int) (int, int) {
			if list.Missing(i) || place.Missing(i) {
				return -1, 0
			}
			start, end := list.Elems(i)
			at := place.I64[i]
			if at < 0 {
				at += int64(end - start)
			}
			if at < 0 || at >= int64(end-start) {
				return -1, 0
			}
			return 0, start + int(at)
		})
	}
}

func join() vec.Kernel {
	return vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
		list, sep := args[0], args[1]
		var joined []byte
		return func(i int) (string, bool) {
			start, end := list.Elems(i)
			joined = joined[:0]
			between := ""
			for e := start; e < end; e++ {
				if list.Child.Missing(e) {
					continue
				}
				joined = append(joined, between...)
				joined = append(joined, list.Child.Text(e)...)
				if len(joined) > MaxText {
					return "", false
				}
				between = sep.Text(i)
			}
			return string(joined), true
		}
	})
}

// reorder lifts a choice among the present elements of a list, in a new order, to
// a kernel. pick changes elems, the rows of child, in place.
func reorder(pick func(child *vec.Vec, elems []int) []int) vec.Kernel {
	var g vec.Gatherer
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		list := args[0]
		if list.Kind == types.Null {
			return vec.Nulls(n)
		}
		out := &vec.Vec{Kind: types.List, N: n, Valid: list.Valid, Offs: make([]int32, n+1)}
		var elems, all []int
		for i := range n {
			if !list.Missing(i) && (mask == nil || mask.Get(i)) {
				elems = elems[:0]
				start, end := list.Elems(i)
				for e := start; e < end; e++ {
					if !list.Child.Missing(e) {
						elems = append(elems, e)
					}
				}
				all = append(all, pick(list.Child, elems)...)
			}
			out.Offs[i+1] = int32(len(all))
		}
		out.Child = g.Gather([]*vec.Vec{list.Child}, len(all), nil, func(i int) (int, int) { return 0, all[i] })
		return out
	}
}

func distinct(child *vec.Vec, elems []int) []int {
	seen := map[any]struct{}{}
	return slices.DeleteFunc(elems, func(e int) bool {
		x := child.Value(e)
		_, again := seen[x]
		seen[x] = struct{}{}
		return again
	})
}

func sorted(child *vec.Vec, elems []int) []int {
	slices.SortStableFunc(elems, func(a, b int) int {
		switch child.Kind {
		case types.String:
			return strings.Compare(child.Text(a), child.Text(b))
		case types.Float:
			return cmp.Compare(child.F64[a], child.F64[b])
		case types.IP:
			return slices.Compare(child.IPs[a][:], child.IPs[b][:])
		case types.Bool:
			return cmp.Compare(ordinal(child.Bits.Get(a)), ordinal(child.Bits.Get(b)))
		}
		return cmp.Compare(child.I64[a], child.I64[b])
	})
	return elems
}

// ordinal puts false before true.
func ordinal(b bool) int {
	if b {
		return 1
	}
	return 0
}
