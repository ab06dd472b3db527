package op

// buckets sorts items by a number from 0 to most, keeping the order of those that
// have the same: the items of number k are order[at[k]:at[k+1]].
func buckets(number []int32, most int32) (order, at []int32) {
	at = make([]int32, most+2)
	for _, k := range number {
		at[k+1]++
	}
	for k := range most + 1 {
		at[k+1] += at[k]
	}
	order = make([]int32, len(number))
	next := append([]int32(nil), at...)
	for i, k := range number {
		order[next[k]] = int32(i)
		next[k]++
	}
	return order, at
}
