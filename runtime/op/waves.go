package op

// waves lets the rows of one batch be judged together although the groups change
// under them. A row of a group belongs to wave k when the group was met at k-1
// earlier times in the batch; the rows of one group and time are in one wave, and
// the last of them is judged. So in a wave no group is met at two times: all of its
// rows can be added at once, and all of its judged rows be read.
type waves struct {
	by    []meeting // by group
	group []int32   // by pair, as the rest
	time  []int64
	wave  []int32 // from 1
	over  []bool  // a later pair has the same group and time
	most  int32
}

// meeting is what a batch has seen of a group.
type meeting struct {
	seen int32 // times
	last int32 // 1 + the last pair
}

// begin starts a batch of groups below n, or more.
func (w *waves) begin(n int) {
	for _, g := range w.group {
		w.by[g] = meeting{}
	}
	w.by = extend(w.by, n)
	w.group, w.time, w.wave, w.over = w.group[:0], w.time[:0], w.wave[:0], w.over[:0]
	w.most = 0
}

// meet appends a pair of a group and a time.
func (w *waves) meet(g int32, t int64) {
	w.by = extend(w.by, int(g)+1)
	m := &w.by[g]
	if m.last > 0 && w.time[m.last-1] == t {
		w.over[m.last-1] = true
	} else {
		m.seen++
		w.most = max(w.most, m.seen)
	}
	w.group = append(w.group, g)
	w.time = append(w.time, t)
	w.wave = append(w.wave, m.seen)
	w.over = append(w.over, false)
	m.last = int32(len(w.group))
}
