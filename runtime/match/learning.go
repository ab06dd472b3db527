package match

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// learning is what matchers learn together: how rules are found, and what holds for
// the values that they meet.
type learning struct {
	matchers int

	mu      sync.Mutex
	samples []sample // by column, being gathered

	rows    atomic.Int64
	resume  atomic.Int64 // the row from which on the next sample is gathered
	choices atomic.Int64
	now     atomic.Pointer[learnt]
}

// learnt is the state of the learning. It is replaced as a whole, by another choice or
// when it has become too much, and each matcher turns to the new one in its own time.
type learnt struct {
	choice       *choice
	vocabularies []*vocabulary // by column of the index
	commons      []*common
}

// Together makes a matcher for each of some indexes. Where all are of the same
// conditions in the same order, the matchers learn together: each may then run on a
// goroutine of its own, and a value that one of them has examined is known to all.
func Together(indexes []*Index) []*Matcher {
	var out []*Matcher
	for _, ix := range indexes {
		out = append(out, ix.Matcher())
	}
	if len(out) == 0 || slices.ContainsFunc(indexes, func(ix *Index) bool { return !indexes[0].same(ix) }) {
		return out
	}
	l := out[0].learning
	l.matchers = len(out)
	for _, m := range out {
		m.learning = l
	}
	return out
}

// same reports whether predicates, columns and rules of two indexes have the same
// numbers.
func (ix *Index) same(o *Index) bool {
	at := func(a, b column) bool { return a.at == b.at }
	return ix == o || len(ix.rules) == len(o.rules) && slices.EqualFunc(ix.columns, o.columns, at) && maps.Equal(ix.byKey, o.byKey)
}

func newLearning(ix *Index) *learning {
	return &learning{matchers: 1, samples: make([]sample, len(ix.columns))}
}

// learn takes a sample of the rows, and chooses how rules are found when it is full:
// first after few rows, so that even short inputs gain, and again after ever more.
func (m *Matcher) learn(n int) {
	l := m.learning
	if seen := l.rows.Add(int64(n)); l.now.Load() == nil || seen > l.resume.Load() {
		l.sample(m, n)
	}
	m.adopt()
}

// sample takes a sample of the n rows that a matcher has, unless another one had enough
// while this one waited.
func (l *learning) sample(m *Matcher, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.samples) > 0 && l.rows.Load() > l.resume.Load() {
		have := l.samples[0].rows
		step := max(1, n/(sampleRows-have))
		for i := range l.samples {
			for r := 0; r < n && l.samples[i].rows < sampleRows; r += step {
				l.samples[i].take(m.cols[i], r)
			}
		}
		if l.samples[0].rows >= sampleRows {
			l.resume.Store(max(16*l.resume.Load(), 1<<18))
			l.choose(m.ix)
			return
		}
	}
	if l.now.Load() == nil {
		l.choose(m.ix)
	}
}

// choose makes the choice that the samples suggest.
func (l *learning) choose(ix *Index) {
	next := &learnt{vocabularies: make([]*vocabulary, len(ix.columns))}
	c := ix.choose(l.samples, l.matchers)
	next.choice = c
	spread(len(ix.columns), l.matchers, func(i int) {
		v := newVocabulary(ix, &ix.columns[i], c, c.wide[i], c.grams[i])
		if l.matchers > 1 && c.grams[i] != nil {
			v.words.ready() // else all would wait for the first that comes to the column
		}
		next.vocabularies[i] = v
	})
	c.grams = nil
	if c.sampled >= sampleRows {
		l.samples = make([]sample, len(ix.columns))
	}
	l.choices.Add(1)
	next.empty(ix)
	l.now.Store(next)
}

// empty begins with values of which nothing is known.
func (x *learnt) empty(ix *Index) {
	x.commons = nil
	for i := range ix.columns {
		x.commons = append(x.commons, newCommon(ix.columns[i].present))
	}
}

// forget drops what is known of values, unless that was done since old was learnt.
func (l *learning) forget(ix *Index, old *learnt) {
	next := &learnt{choice: old.choice, vocabularies: old.vocabularies}
	next.empty(ix)
	l.now.CompareAndSwap(old, next)
}

// adopt turns to what is learnt by now; what a matcher remembers by itself depends on
// it, and is forgotten with it.
func (m *Matcher) adopt() {
	now := m.learning.now.Load()
	if m.learnt == now {
		return
	}
	m.learnt, m.choice = now, now.choice
	m.earlier += m.examined()
	m.values = m.values[:0]
	for i, v := range now.vocabularies {
		m.values = append(m.values, newValues(v, now.commons[i]))
	}
	m.routes = map[[maxRoutes]int32]*route{}
	m.verdicts, m.held = []verdict{{}}, 0
}

// spread calls f with the numbers below n, on some goroutines at once.
func spread(n, goroutines int, f func(i int)) {
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(i)
		}
	}
	var wait sync.WaitGroup
	for range min(goroutines, n) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}
