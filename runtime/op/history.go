package op

import (
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// history keeps the values that the closed windows of each cell had, a cell being
// an entity, or an entity in one slot of the season. Windows are known by their
// ordinal, which counts those of the slot. Only windows with a row are kept: those
// without are zeros that follow from the ordinals, so that the cost is that of what
// an entity did and not of the time that went by.
type history interface {
	// grow makes cells 0..n-1 exist.
	grow(n int)
	// born makes a cell count from an ordinal on, which is that of a window among
	// those of all slots, unless it counts already.
	born(cell int32, ordinal, window uint32)
	// judge fills in the samples of some of a window's rows.
	judge(j *judgement, rows []int32, s *samples)
	// learn adds the values of a window's rows. Of those that fired (nil: none) none is
	// added: for them the window is no sample.
	learn(j *judgement, fired vec.Bitmap)
	bytes() int
	save(w *state.Writer)
	load(r *state.Reader) error
}

// judgement is one window. Its samples are the windows with ordinals lo ≤ o < hi.
type judgement struct {
	rows        []int32 // of the batch, that are judged
	cells       []int32 // by row of the batch
	value       *vec.Vec
	now, lo, hi uint32
	window      uint32 // as now, counting those of all slots
}

// has reports whether a row has a value that counts.
func (j *judgement) has(row int32, fired vec.Bitmap) bool {
	return (fired == nil || !fired.Get(int(row))) && !j.value.Missing(int(row))
}

// life is since when a cell counts, and in how many windows its row had no value.
type life struct {
	since uint32 // ordinal + 1; 0 for a cell not met yet
	holes uint32
}

func (l *life) born(ordinal uint32) {
	if l.since == 0 {
		l.since = ordinal + 1
	}
}

// windows is how many windows of a cell are in the sample when those without a row
// count.
func (l *life) windows(j *judgement) int64 {
	from := max(l.since-1, j.lo)
	if from >= j.hi {
		return 0
	}
	return int64(j.hi-from) - int64(l.holes)
}

// policy is how a history treats windows.
type policy struct {
	queue   bool // values are kept: they expire, wait for their window to close, or are ranked
	overlap bool // windows overlap, so some that have begun have not closed
	skip    bool // windows without a row are no samples
	fig     *figures
}

// extend lengthens a slice to n elements, with room for some more: a quarter, of a
// large one an eighth.
func extend[T any](x []T, n int) []T {
	if n <= len(x) {
		return x
	}
	if n > cap(x) {
		x = append(make([]T, 0, max(n, len(x)+spare(len(x)))), x...)
	}
	return x[:n]
}

// spare is how much room a slice of n elements gets when it has to move.
func spare(n int) int {
	if n > largeLen {
		return n / 8
	}
	return n / 4
}

// largeLen is from how many elements on idle room counts for more than moving.
const largeLen = 1 << 17

// roomFor makes room for n more elements in a large slice, less than append would.
func roomFor[T any](x []T, n int) []T {
	if len(x) < largeLen || cap(x)-len(x) >= n {
		return x
	}
	return append(make([]T, 0, len(x)+max(n, spare(len(x)))), x...)
}
