package match

import (
	"slices"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Matcher runs an index over batches. What it remembers is bounded, and changes only
// how long an answer takes. It is not safe for concurrent use; one index may have
// several.
type Matcher struct {
	ix       *Index
	learning *learning
	learnt   *learnt // of the learning, as far as this matcher follows it
	choice   *choice
	values   []*values // by column of the index
	earlier  int64     // values examined by what was learnt before
	rows     int64

	routes   map[[maxRoutes]int32]*route
	verdicts []verdict // 0 is that no rule holds
	held     int       // formulas and rules in verdicts

	epoch  uint32
	stamp  []uint32 // by predicate: it holds for the tuple of this epoch
	absent []uint32 // by column: it is missing in the tuple of this epoch
	seen   []uint32 // by rule: it was judged for the tuple of this epoch

	cols   []*vec.Vec // of the batch, by column of the index
	folded []foldedRow
	row    int32

	hits, maybe [][]int32 // rows by rule
	touched     []int32   // rules with hits or maybes

	keys  []int32 // scratch
	all   []int32 // scratch: the rows of a part of a batch
	parts int
	limit int // of what is remembered, in bytes
	stats Stats
}

// verdict is what a tuple of sets says of the rules.
type verdict struct {
	holds []int32
	rests []rest
}

// rest is what is left to ask of a rule.
type rest struct {
	rule int32
	left formula
}

// foldedRow is the folded text of a column in one row.
type foldedRow struct {
	row  int32 // -1 is none
	text []byte
}

// partRows is how many rows are judged at a time: their sets stay in the near
// caches.
const partRows = 1024

// Matcher makes a matcher that has seen nothing.
func (ix *Index) Matcher() *Matcher {
	return &Matcher{
		ix: ix, learning: newLearning(ix),
		stamp: make([]uint32, len(ix.preds)), absent: make([]uint32, len(ix.columns)), seen: make([]uint32, len(ix.rules)),
		cols: make([]*vec.Vec, len(ix.columns)), folded: make([]foldedRow, len(ix.columns)),
		limit: maxHeld, hits: make([][]int32, len(ix.rules)), maybe: make([][]int32, len(ix.rules)),
	}
}

// Match judges all rules for the n rows of a batch; Hits and Rows tell the result
// until the next call. The columns are those that the conditions count.
func (m *Matcher) Match(cols []*vec.Vec, n int) {
	for _, r := range m.touched {
		m.hits[r], m.maybe[r] = m.hits[r][:0], m.maybe[r][:0]
	}
	m.touched = m.touched[:0]
	for i := range m.ix.columns {
		m.cols[i] = cols[m.ix.columns[i].at].Loaded(nil)
		m.folded[i].row = -1
	}
	m.learn(n)
	for from := 0; from < n; from += partRows {
		m.trim()
		m.all = m.all[:0]
		for i := from; i < min(from+partRows, n); i++ {
			m.all = append(m.all, int32(i))
		}
		m.part(m.all)
	}
	m.rows += int64(n)
	slices.Sort(m.touched)
	for _, r := range m.touched {
		slices.Sort(m.hits[r])
		slices.Sort(m.maybe[r])
	}
}

// Hits is the rules for which there are rows, ascending.
func (m *Matcher) Hits() []int32 { return m.touched }

// Rows is the rows of the last batch in which the condition of a rule holds, and
// those in which it holds if what is outside of the index says so; both ascending.
func (m *Matcher) Rows(rule int) (hold, maybe []int32) { return m.hits[rule], m.maybe[rule] }

// maxHeld bounds, in bytes, what is remembered of sets and tuples.
const maxHeld = 64 << 20

// trim forgets everything when it has become too much.
func (m *Matcher) trim() {
	if m.parts++; m.parts%4 != 0 {
		return // looked at now and then
	}
	if m.size() > m.limit {
		m.stats.Forgotten++
		m.learning.forget(m.ix, m.learnt)
		m.adopt()
	}
}

// part judges some rows.
func (m *Matcher) part(rows []int32) {
	w := len(m.choice.routes)
	m.keys = slices.Grow(m.keys[:0], w*len(rows))[:w*len(rows)]
	for k, c := range m.choice.routes {
		m.values[c].fill(m.cols[c], rows, m.keys[k:], w)
	}
	var order []*route
	var last *route
	var lastKey [maxRoutes]int32
	for i, r := range rows {
		var key [maxRoutes]int32
		copy(key[:], m.keys[i*w:(i+1)*w])
		if last == nil || key != lastKey {
			rt := m.routes[key]
			if rt == nil {
				rt = m.newRoute(key[:w])
				m.routes[key] = rt
			}
			last, lastKey = rt, key
			if len(rt.rows) == 0 {
				order = append(order, rt)
			}
		}
		last.rows = append(last.rows, r)
	}
	for _, rt := range order {
		m.judge(rt)
		rt.count += int64(len(rt.rows))
		rt.rows = rt.rows[:0]
	}
}

// judge judges the rows of one route.
func (m *Matcher) judge(rt *route) {
	if !rt.live.Any() {
		return
	}
	rows, w := rt.rows, len(rt.columns)
	m.keys = slices.Grow(m.keys[:0], w*len(rows))[:w*len(rows)]
	for k, c := range rt.columns {
		m.values[c].fill(m.cols[c], rows, m.keys[k:], w)
	}
	for i, r := range rows {
		key := m.keys[i*w : (i+1)*w]
		id, slot := rt.memo.find(key)
		if id < 0 {
			id = m.tuple(rt, key)
			rt.memo.put(slot, key, id)
		}
		if id == 0 {
			continue
		}
		v := &m.verdicts[id]
		for _, rule := range v.holds {
			m.hit(m.hits, rule, r)
		}
		m.row = r
		for j := range v.rests {
			m.stats.Asked++
			switch rest := &v.rests[j]; rest.left.decide(m.byRow) {
			case yes:
				m.hit(m.hits, rest.rule, r)
			case unknown:
				m.hit(m.maybe, rest.rule, r)
			}
		}
	}
}

func (m *Matcher) hit(of [][]int32, rule, row int32) {
	if len(m.hits[rule]) == 0 && len(m.maybe[rule]) == 0 {
		m.touched = append(m.touched, rule)
	}
	of[rule] = append(of[rule], row)
}

// begin starts the judging of a tuple.
func (m *Matcher) begin() {
	if m.epoch++; m.epoch == 0 { // after four billion
		clear(m.stamp)
		clear(m.absent)
		clear(m.seen)
		m.epoch = 1
	}
}

func (m *Matcher) mark(preds []int32) {
	for _, p := range preds {
		m.stamp[p] = m.epoch
	}
}

// tuple is the verdict of a tuple of sets.
func (m *Matcher) tuple(rt *route, key []int32) int32 {
	m.stats.tuples++
	m.begin()
	m.mark(rt.base)
	for k, c := range rt.columns {
		if key[k] == missing {
			m.absent[c] = m.epoch
		}
		m.mark(m.values[c].sets.of(key[k]))
	}
	var v verdict
	m.candidates(&v, rt, rt.free)
	for k, c := range rt.columns {
		m.candidates(&v, rt, m.values[c].sets.found(key[k], m.choice.finds))
	}
	if v.holds == nil && v.rests == nil {
		return 0
	}
	m.held += len(v.holds)
	m.verdicts = append(m.verdicts, v)
	return int32(len(m.verdicts) - 1)
}

// candidates judges rules that may hold for the tuple.
func (m *Matcher) candidates(v *verdict, rt *route, rules []int32) {
	for _, r := range rules {
		if m.seen[r] == m.epoch || !rt.live.Get(int(r)) {
			continue
		}
		m.seen[r] = m.epoch
		m.stats.Judged++
		f := &m.ix.rules[r]
		switch f.decide(m.bySets) {
		case yes:
			v.holds = append(v.holds, r)
		case unknown:
			left := f.rest(m.bySets)
			m.held += 8 * left.size()
			v.rests = append(v.rests, rest{r, left})
		}
	}
}

// bySets is what the sets of a tuple tell of a test.
func (m *Matcher) bySets(f *formula) truth {
	switch {
	case f.op != test:
		return unknown
	case m.stamp[f.pred] == m.epoch:
		return yes
	case m.choice.known[f.pred] || m.absent[m.ix.preds[f.pred].column] == m.epoch:
		return no
	}
	return unknown
}

// byRow is what the row tells of a test.
func (m *Matcher) byRow(f *formula) truth {
	if f.op != test {
		return unknown
	}
	p := &m.ix.preds[f.pred]
	x := m.cols[p.column]
	if x.Kind != types.String || x.Missing(int(m.row)) {
		return no
	}
	return truthOf(m.ask(f.pred, p, x))
}

// ask puts a predicate to the row, or remembers what it said of the value.
func (m *Matcher) ask(id int32, p *predicate, x *vec.Vec) bool {
	v := m.values[p.column]
	if x.Dict == nil || v.codes.dict != x.Dict.ID {
		return m.test(p, x)
	}
	said := v.asked[id]
	if said == nil {
		said = v.codes.answers(id)
		v.asked[id] = said
	}
	return said.of(x.Codes[m.row], func() bool { return m.test(p, x) })
}

// test holds the text of the row against a predicate.
func (m *Matcher) test(p *predicate, x *vec.Vec) bool {
	if p.kind == pattern {
		m.stats.Patterns++
		return p.match(x.Text(int(m.row)))
	}
	return p.holds("", m.foldedText(p.column, x))
}

// foldedText is the folded text of a column in the row.
func (m *Matcher) foldedText(column int32, x *vec.Vec) string {
	f := &m.folded[column]
	if f.row != m.row {
		f.row = m.row
		f.text = vec.AppendFold(f.text[:0], x.Text(int(m.row)))
	}
	return unsafeString(f.text)
}
