package match

import "unsafe"

// Stats are the counts of a matcher.
type Stats struct {
	Rows      int64
	Choices   int   // how often witnesses were chosen
	Forgotten int   // how often all that is remembered was dropped
	Routes    int   // kinds of log
	Values    int64 // values examined
	Tuples    int64 // distinct tuples of sets judged
	Judged    int64 // rules held against tuples
	Asked     int64 // rules of which a row had to be asked
	Patterns  int64 // patterns run
	Table     int   // bytes of the automatons
	Held      int   // bytes of what is remembered

	tuples int64
}

// Stats gives the counts so far.
func (m *Matcher) Stats() Stats {
	s := m.stats
	s.Rows, s.Tuples, s.Routes, s.Held = m.rows, m.stats.tuples, len(m.routes), m.size()
	s.Choices, s.Values = int(m.learning.choices.Load()), m.earlier+m.examined()
	for _, v := range m.values {
		s.Table += int(v.words.size.Load() + v.others.size.Load())
	}
	return s
}

// examined is how many values were examined since the matcher turned to what is learnt
// now.
func (m *Matcher) examined() int64 {
	n := int64(0)
	for _, v := range m.values {
		n += int64(v.judged)
	}
	return n
}

// formulaBytes is about what a formula of a verdict takes, an eighth of it counted
// as one in Matcher.held.
const formulaBytes = 8

// size is the memory in bytes of what is remembered.
func (m *Matcher) size() int {
	n := formulaBytes*m.held + 64*len(m.verdicts)
	for _, rt := range m.routes {
		n += rt.memo.size() + 8*len(rt.live) + 4*cap(rt.rows)
	}
	for _, v := range m.values {
		n += v.size()
	}
	return n
}

func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
