package op

import (
	"fmt"
	"math"
)

// course is a sequence as it is matched: the steps that must be seen, and the vetoes,
// which are the steps that must not.
//
// A partial match is told by its level: how many of the events that it needs it has.
// Of all partial matches of a key at one level the newest is as good as any: it began
// last, and each of its steps was done last, so whatever completes an older one in
// time completes it too. So a key has one of each level, and no more. A veto before the
// first step says when a match may begin, and nothing of what follows: of those that
// may, the newest still is as good as any.
type course struct {
	within  int64
	any     bool    // in any order
	overlap bool    // a match does not end the others
	need    []int   // by step, events that it takes
	gap     []int64 // by step, how long after the step before; 0 for no bound

	step  []int // by level from 1 on, the step that its last event is of
	nth   []int // by level, how many events of that step it has
	entry []int // by level below the last, where its words are (see words)
	words int   // of a key

	lead    []int64  // by veto before the first step, for how long before it must not be seen
	between []uint32 // by step, the vetoes between it and the next
	wait    []int64  // by veto, how long it must not be seen after the last step; 0 for the others
	longest int64    // of wait
}

// A key has two words, and behind them those of its partial matches: of each level
// the time of the first event and, of the steps begun, of the last. In any order they
// are the number of events by step.
const (
	newestWord = iota // place of the key's newest event in the trail
	sinceWord         // events before this time count no more
	firstWord
)

func newCourse(a *Args) (*course, *Error) {
	c := &course{within: a.Duration("within", 0).Microseconds(), any: a.Has("any_order"), overlap: a.Has("overlapping")}
	if c.any && a.Has("ordered") {
		return nil, &Error{Code: Conflict, Clause: "any_order", Head: -1, Message: "a sequence is either ordered or any_order"}
	}
	if c.within < 1 {
		return nil, &Error{Code: BadClause, Clause: "within", Head: 0, Message: "a sequence takes at least a microsecond"}
	}
	if len(a.Steps) > maxSteps {
		return nil, &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf("a sequence has at most %d steps", maxSteps)}
	}
	for _, s := range a.Steps {
		if e := c.add(s); e != nil {
			return nil, e
		}
	}
	levels := 0
	for _, n := range c.need {
		levels += n
	}
	switch {
	case len(c.need) == 0:
		return nil, &Error{Code: BadClause, Head: -1, Message: "a sequence has a step that is to be seen"}
	case levels > maxLevels:
		return nil, &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf("the steps of a sequence take at most %d events", maxLevels), Hint: "to count many, use a window"}
	case c.any && len(c.lead) > 0:
		return nil, &Error{Code: BadClause, Head: -1, Message: "in any order there is no first step: what must not be seen stands behind the last step"}
	case levels == 1 && c.longest == 0 && len(c.lead) == 0:
		return nil, &Error{Code: BadClause, Head: -1, Message: "a single event is no sequence", Hint: "add a step, repeat it, or write `when` with its condition"}
	}
	c.lay()
	return c, nil
}

// add takes a step in.
func (c *course) add(s Step) *Error {
	refuse := func(format string, args ...any) *Error {
		return &Error{Code: BadClause, Head: -1, Message: fmt.Sprintf(format, args...)}
	}
	last := len(c.need) - 1
	if s.Not {
		if s.Repeat != 1 {
			return refuse("%s must not be seen at all, so it has no repeat", s.Name)
		}
		wait := s.Within.Microseconds()
		if wait == 0 {
			wait = c.within
		}
		if last < 0 {
			c.lead, c.wait = append(c.lead, wait), append(c.wait, 0)
			return nil
		}
		c.between[last] |= 1 << len(c.wait)
		c.wait = append(c.wait, wait)
		c.longest = max(c.longest, wait)
		return nil
	}
	if s.Repeat < 1 {
		return refuse("%s is repeated at least once", s.Name)
	}
	if last >= 0 && c.between[last] != 0 { // what was thought to stand at the end stands between
		if c.any {
			return refuse("in any order, what must not be seen stands behind the last step")
		}
		for i := range c.wait {
			if c.between[last]&(1<<i) == 0 {
				continue
			}
			if c.wait[i] != c.within {
				return refuse("a step that must not be seen between two others has no within: the step behind it ends the wait")
			}
			c.wait[i] = 0
		}
		c.longest = 0
	}
	if s.Within > 0 && (c.any || last < 0) {
		return refuse("%s follows no step, so it has no within of its own", s.Name)
	}
	c.need, c.gap, c.between = append(c.need, s.Repeat), append(c.gap, s.Within.Microseconds()), append(c.between, 0)
	return nil
}

// lay gives every level its words.
func (c *course) lay() {
	c.step, c.nth, c.entry, c.words = []int{-1}, []int{0}, []int{0}, firstWord
	if c.any {
		c.words += len(c.need)
		return
	}
	for s, n := range c.need {
		for i := range n {
			c.step, c.nth = append(c.step, s), append(c.nth, i+1)
			c.entry = append(c.entry, c.words)
			c.words += 2 + s
		}
	}
	c.words = c.entry[len(c.entry)-1] // the last level is a match, and not kept
}

// last is the level at which a match is complete.
func (c *course) last() int { return len(c.step) - 1 }

// none marks the start of a partial match that there is not.
const none = math.MinInt64

// begin empties the words of a key.
func (c *course) begin(w []int64, since int64) {
	w[sinceWord] = since
	if c.any {
		clear(w[firstWord:])
		return
	}
	for level := 1; level < c.last(); level++ {
		w[c.entry[level]] = none
	}
}

// alive reports whether a partial match can still be completed at time t.
func (c *course) alive(w []int64, level int, t int64) bool {
	start := w[c.entry[level]]
	return start != none && t-start < c.within
}

// reach is the steps that an event at time t can serve; fresh tells whether a match
// may begin with it.
func (c *course) reach(w []int64, t int64, fresh bool) uint32 {
	if c.any {
		return 1<<len(c.need) - 1
	}
	mask := uint32(0)
	if fresh {
		mask = 1
	}
	if w == nil {
		return mask
	}
	for level := 1; level < c.last(); level++ {
		if c.alive(w, level, t) {
			mask |= 1 << c.step[level+1]
		}
	}
	return mask
}

// take takes the events of one time t into the partial matches of a key, of which
// n[i] fit step i, and reports whether they complete one. Then done has the time of
// the last event of each step. A match begins at t only if that is fresh.
func (c *course) take(w []int64, t int64, fresh bool, n []int, done []int64) bool {
	if c.any {
		complete := true
		for i, count := range n {
			w[firstWord+i] += int64(count)
			complete = complete && w[firstWord+i] >= int64(c.need[i])
		}
		return complete
	}
	complete := false
	for level := c.last(); level >= 1; level-- { // from above: a level is made of older ones below it
		s := c.step[level]
		for m := min(n[s], c.nth[level]); m >= 1; m-- {
			if (m < level || fresh) && c.extend(w, t, level, m, done) {
				complete = complete || level == c.last()
				break
			}
		}
	}
	return complete
}

// extend makes the partial match of a level of an older one and m events of time t.
func (c *course) extend(w []int64, t int64, level, m int, done []int64) bool {
	s, from := c.step[level], level-m
	var to []int64 // the times of its steps
	if level == c.last() {
		to = done
	} else {
		to = w[c.entry[level]+1:]
	}
	if from == 0 {
		to[0] = t
		if level < c.last() {
			w[c.entry[level]] = t
		}
		return true
	}
	if !c.alive(w, from, t) {
		return false
	}
	old := w[c.entry[from]:]
	if s > 0 && c.gap[s] > 0 && t-old[s] >= c.gap[s] {
		return false
	}
	copy(to[:s], old[1:])
	to[s] = t
	if level < c.last() {
		w[c.entry[level]] = old[0]
	}
	return true
}

// veto ends the partial matches that wait for the step behind one of the vetoes and
// had come so far before time t. It reports whether there was one.
func (c *course) veto(w []int64, t int64, mask uint32) (ended bool) {
	for level := 1; level < c.last(); level++ {
		s := c.step[level]
		if c.between[s]&mask != 0 && c.nth[level] == c.need[s] && w[c.entry[level]+1+s] < t {
			ended = ended || c.alive(w, level, t)
			w[c.entry[level]] = none
		}
	}
	return ended
}

// stop ends all partial matches that began before time t: what came before counts no
// more. n[i] events of that time fit step i. It reports whether there was something.
func (c *course) stop(w []int64, t int64, n []int) (ended bool) {
	w[sinceWord] = max(w[sinceWord], t)
	if c.any {
		for i, count := range n {
			ended = ended || w[firstWord+i] > int64(count)
			w[firstWord+i] = min(w[firstWord+i], int64(count))
		}
		return ended
	}
	for level := 1; level < c.last(); level++ {
		if w[c.entry[level]] < t {
			ended = ended || c.alive(w, level, t)
			w[c.entry[level]] = none
		}
	}
	return ended
}
