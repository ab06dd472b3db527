package match

import (
	"sync"
	"sync/atomic"
)

// growing is numbers by code. Any number of goroutines may read and write them at once,
// by sync/atomic: what one of them writes while another makes room may be lost.
type growing[T int32 | uint64] struct {
	mu  sync.Mutex
	has atomic.Pointer[[]T]
}

// room is at least n of the numbers, those that were not written 0. load reads one.
func (g *growing[T]) room(n int, load func(*T) T) []T {
	if has := g.all(); len(has) >= n {
		return has
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	has := g.all()
	if len(has) >= n {
		return has
	}
	more := make([]T, max(n, len(has)*3/2))
	for i := range has {
		more[i] = load(&has[i])
	}
	g.has.Store(&more)
	return more
}

// all is the numbers that there is room for.
func (g *growing[T]) all() []T {
	if p := g.has.Load(); p != nil {
		return *p
	}
	return nil
}
