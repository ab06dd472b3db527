package vec

import "github.com/detlang/det/lang/types"

// AnyElement lifts a test of a column to one of a List column: whether any element
// passes. The test sees the elements of the wanted rows as one column.
func AnyElement(test Test) Test {
	return func(args []*Vec, n int, mask, out Bitmap) {
		v := args[0]
		if v.Kind != types.List {
			clear(out)
			return
		}
		wanted := And(mask, v.Valid)
		elems, hits := NewBitmap(v.Child.N), NewBitmap(v.Child.N)
		sweep(n, wanted, func(i int) {
			for j, end := v.Elems(i); j < end; j++ {
				elems.Set(j)
			}
		})
		test([]*Vec{v.Child}, v.Child.N, elems, hits)
		hits.Intersect(elems)
		testRows(out, n, wanted, func(i int) bool {
			for j, end := v.Elems(i); j < end; j++ {
				if hits.Get(j) {
					return true
				}
			}
			return false
		})
	}
}

// InElements holds where the first column equals an element of the List column
// beside it; equal tests two columns for equality.
func InElements(equal Test) Test {
	var beside Gatherer
	return func(args []*Vec, n int, mask, out Bitmap) {
		x, list := args[0], args[1]
		clear(out)
		if x.Kind == types.Null || list.Kind != types.List {
			return
		}
		// Lay x out beside the elements: row i once for each element of its list.
		rows := make([]int32, list.Child.N)
		elems, hits := NewBitmap(list.Child.N), NewBitmap(list.Child.N)
		sweep(n, allValid(mask, x, list), func(i int) {
			for j, end := list.Elems(i); j < end; j++ {
				rows[j] = int32(i)
				elems.Set(j)
			}
		})
		xs := beside.Gather([]*Vec{x}, len(rows), elems, func(j int) (int, int) { return 0, int(rows[j]) })
		equal([]*Vec{xs, list.Child}, len(rows), elems, hits)
		hits.Intersect(elems)
		sweep(len(rows), hits, func(j int) { out.Set(int(rows[j])) })
	}
}
