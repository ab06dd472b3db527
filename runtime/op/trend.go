package op

// trend is the straight line through a sample over time, by least squares. A point
// is a window: how many windows of the sample it lies back, and its value. Windows
// without events are zeros on the line's axis and only shift the sums, so they cost
// nothing.
//
// The sample is gone through twice: sums of whole numbers first, which are exact while
// they are below 2^53, then the distances of the values from their mean, so that a
// small rise on top of large values is not lost (T. F. Chan, G. H. Golub and R. J.
// LeVeque, 1983, "Algorithms for computing the sample variance").
type trend struct {
	n, x, xx    float64 // of how far back all windows lie
	some, someX float64 // of those with a value
	y           float64
	lean        float64 // Σ(x-x̄)(y-ȳ) over those with a value
}

// zeros takes in a window of each distance from one to another, both included, with
// the value zero.
func (t *trend) zeros(from, to uint32) {
	sums := func(n float64) (s1, s2 float64) { // of 1 to n, and of their squares
		s1 = n * (n + 1) / 2
		return s1, s1 * (2*n + 1) / 3
	}
	a1, a2 := sums(float64(from) - 1)
	b1, b2 := sums(float64(to))
	t.n += float64(to) - float64(from) + 1
	t.x += b1 - a1
	t.xx += b2 - a2
}

// drop takes a zero out again.
func (t *trend) drop(back uint32) {
	x := float64(back)
	t.n, t.x, t.xx = t.n-1, t.x-x, t.xx-x*x
}

// raise gives a zero a value.
func (t *trend) raise(back uint32, y float64) {
	t.some++
	t.someX += float64(back)
	t.y += y
}

// add takes in a window with a value.
func (t *trend) add(back uint32, y float64) {
	x := float64(back)
	t.n, t.x, t.xx = t.n+1, t.x+x, t.xx+x*x
	t.raise(back, y)
}

// weigh takes in a window with a value for the second time, once all sums are there.
func (t *trend) weigh(back uint32, y float64) {
	t.lean += (float64(back) - t.x/t.n) * (y - t.y/t.n)
}

// fit is how much the line rises from one window to the next, and where it stands at
// the judged window. Both are NaN for fewer than two windows.
func (t *trend) fit() (slope, expected float64) {
	// The zeros lean by -ȳ times the distances of theirs, which are those of the others
	// with the sign turned.
	lean := t.lean + t.y*(t.n*t.someX-t.some*t.x)/(t.n*t.n)
	slope = -lean / (t.xx - t.x*t.x/t.n)
	return slope, (t.y + slope*t.x) / t.n
}

// entry is a window of a history, some with a value.
type entry struct {
	ordinal uint32
	y       float64
	some    bool
}

// line fills in the trend of row r, of a sample that a history gives window by
// window.
func (p *policy) line(s *samples, r int32, l *life, j *judgement, each func(tell func(entry))) {
	var t trend
	filled := !p.skip && l.since > 0
	if from := max(l.since-1, j.lo); filled && from < j.hi {
		t.zeros(j.now-j.hi+1, j.now-from)
	}
	each(func(e entry) {
		switch back := j.now - e.ordinal; {
		case e.some && filled:
			t.raise(back, e.y)
		case e.some:
			t.add(back, e.y)
		case filled:
			t.drop(back)
		}
	})
	each(func(e entry) {
		if e.some {
			t.weigh(j.now-e.ordinal, e.y)
		}
	})
	s.slope[r], s.expected[r] = t.fit()
}
