package det_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// question is something that is asked of random events, as a rule and in SQL.
type question struct {
	*rand.Rand
	kinds  []string // what it is an example of
	events []event
	where  test
	keys   []expression
	window drawnWindow
	aggs   []expression
	past   *drawnPast
	crowd  *drawnCrowd
	tests  []test
	join   string // of the tests: and, or
}

// expression is a named expression in both languages.
type expression struct {
	name, det, sql string
	float          bool // of aggregates: an int or a float
	number         bool
}

// test is a condition in both languages; that in SQL is never NULL.
type test struct {
	det, sql string
	kind     string // that it makes of a question, if any
}

// drawnWindow is the frame of a window.
type drawnWindow struct {
	shape        string // fixed, sliding, session, all
	size, step   time.Duration
	zone         string
	early, empty bool
}

// drawnPast is a baseline.
type drawnPast struct {
	measure       expression
	over, decay   time.Duration
	season        string
	skip, exclude bool
	min           int
	floor         float64
}

// drawnCrowd is a peer group.
type drawnCrowd struct {
	measure expression
	by      []expression
	min     int
	floor   float64
}

// questionKinds are the kinds of which there must be enough cases.
var questionKinds = []string{
	"tumbling", "hopping", "sliding", "session", "all", "early", "early session", "empty",
	"zone, days", "zone, hours", "hopping in a zone", "hopping, uneven",
	"no key", "two keys", "text key", "folded key", "int key", "float key",
	"count", "count if", "sum", "sum of floats", "avg", "min", "max", "text min", "range", "count_distinct", "stddev", "variance", "stddev_pop",
	"median", "percentile", "first", "last", "mode", "any", "all of", "ratio",
	"baseline", "baseline of floats", "baseline of what may be missing", "over", "hour_of_day", "day_of_week", "hour_of_week", "fill skip", "exclude alerted", "decay",
	"decay at a season", "baseline in a zone", "baseline of hops", "baseline with empty", "floor",
	"zscore", "robust_zscore", "ranks", "trend", "warming up", "negated score",
	"peers", "peers by", "peers of floats", "peers over all", "baseline and peers",
}

const questionSchema = `schema log {
  time timestamp
  who string
  host string
  k int
  f float
  n int
  x float
}
`

// questionValues are the values of fields; nil is missing. Floats as keys have the
// same text in Go and in JSON.
var questionValues = map[string][]any{
	"who":  {"ann", "bob", "Ann", "eve", "straße", "", nil},
	"host": {"www", "pay", "dev", nil},
	"k":    {int64(1), int64(2), int64(-3), int64(1) << 60, nil},
	"f":    {0.5, 1.25, -2.75, nil},
	"n":    {int64(1), int64(2), int64(5), int64(0), int64(-4), int64(100_003), nil},
	"x":    {0.1, 1.5, -2.25, 1000.3, 7.7, nil},
}

// questionTests are conditions over an event. Of values with a fraction none is near
// a bound, so that rounding decides nothing.
var questionTests = []test{
	{det: "n >= 2", sql: "coalesce(n >= 2, false)"},
	{det: "not (n > 2)", sql: "not coalesce(n > 2, false)"},
	{det: `who in ["ANN", "bob"]`, sql: "coalesce(lower(who) in ('ann', 'bob'), false)"},
	{det: `who != "ann"`, sql: "not coalesce(lower(who) = 'ann', false)"},
	{det: `host contains "W"`, sql: "coalesce(contains(lower(host), 'w'), false)"},
	{det: "x <= 1.45", sql: "coalesce(x <= 1.45, false)"},
	{det: "k is not null", sql: "k is not null"},
	{det: "n < 1 or x > 5", sql: "(coalesce(n < 1, false) or coalesce(x > 5, false))"},
}

func (q *question) pick(of ...string) string { return of[q.IntN(len(of))] }

func (q *question) maybe(tenths int) bool { return q.IntN(10) < tenths }

func (q *question) is(kinds ...string) {
	for _, k := range kinds {
		if !slices.Contains(q.kinds, k) {
			q.kinds = append(q.kinds, k)
		}
	}
}

func (q *question) duration(of ...time.Duration) time.Duration { return of[q.IntN(len(of))] }

// drawQuestion draws the question of a seed.
func drawQuestion(seed uint64) *question {
	q := &question{Rand: rand.New(rand.NewPCG(seed, 3))}
	q.where = test{sql: "true"}
	if q.maybe(3) {
		q.where = questionTests[q.IntN(len(questionTests))]
	}
	q.drawWindow()
	q.drawKeys()
	for i := range 1 + q.IntN(3) {
		q.aggs = append(q.aggs, q.aggregate(fmt.Sprintf("a%d", i)))
	}
	q.drawSamples()
	q.drawEvents()
	q.drawTests()
	for _, t := range q.tests {
		if t.kind != "" {
			q.is(t.kind)
		}
	}
	return q
}

func (q *question) drawWindow() {
	w := &q.window
	w.shape = q.pick("fixed", "fixed", "fixed", "fixed", "fixed", "fixed", "sliding", "session", "all")
	w.size = q.duration(time.Minute, 10*time.Minute, 30*time.Minute, time.Hour, time.Hour, time.Hour, 2*time.Hour, 6*time.Hour, 24*time.Hour, 24*time.Hour)
	w.step = w.size
	switch w.shape {
	case "all":
		q.is("all")
		return
	case "sliding":
		q.is("sliding")
		return
	case "session":
		if w.early = q.maybe(5); w.early {
			q.is("early session")
			return
		}
		q.is("session")
		return
	}
	switch {
	case q.maybe(3):
		w.size = w.step * time.Duration(2+q.IntN(3))
		q.is("hopping")
		if q.maybe(3) {
			w.size = w.step * 3 / 2
			q.is("hopping, uneven")
		}
	default:
		q.is("tumbling")
	}
	if q.maybe(3) && w.step >= 10*time.Minute && w.size%w.step == 0 {
		w.zone = q.pick("Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
		if w.step <= time.Hour && w.zone == "Australia/Lord_Howe" {
			w.zone = "Europe/Zurich" // there, clocks go back by half an hour, into the middle of an hour
		}
		if w.size > w.step {
			q.is("hopping in a zone")
		}
		if w.step > time.Hour {
			q.is("zone, days")
		} else {
			q.is("zone, hours")
		}
	}
	switch {
	case q.maybe(2):
		w.early = true
		q.is("early")
	case q.maybe(2):
		w.empty = true
		q.is("empty")
	}
}

func (q *question) drawKeys() {
	all := []expression{
		{name: "who", det: "who", sql: "who"},
		{name: "low", det: "low = lower(who)", sql: "lower(who)"},
		{name: "k", det: "k", sql: "k"},
		{name: "f", det: "f", sql: "f"},
		{name: "host", det: "host", sql: "host"},
	}
	kinds := []string{"text key", "folded key", "int key", "float key", "text key"}
	switch q.IntN(8) {
	case 0:
		q.is("no key")
	case 1, 2, 3:
		i := q.IntN(4)
		q.keys = []expression{all[i], all[4]}
		q.is("two keys", kinds[i])
	default:
		i := q.IntN(len(all))
		q.keys = all[i : i+1]
		q.is(kinds[i])
	}
}

// aggregate draws an aggregate.
func (q *question) aggregate(name string) expression {
	e := expression{name: name, number: true}
	say := func(kind, det, sql string, args ...any) {
		q.is(kind)
		e.det, e.sql = fmt.Sprintf(det, args...), fmt.Sprintf(sql, args...)
	}
	of := q.pick("n", "x", "n")
	e.float = of == "x"
	switch q.IntN(26) {
	case 0, 1, 2, 3, 4:
		e.float = false
		say("count", "count()", "count(id)")
	case 5:
		c := questionTests[q.IntN(len(questionTests))]
		e.float = false
		q.is("count if")
		e.det, e.sql = "count("+c.det+")", "count(id) filter ("+c.sql+")"
	case 6, 7:
		if e.float {
			say("sum of floats", "sum(x)", "coalesce(fsum(x), 0)")
		} else {
			say("sum", "sum(n)", "coalesce(sum(n::HUGEINT), 0)::BIGINT")
		}
	case 8, 9:
		e.float = true
		say("avg", "avg(%s)", "avg(%s)", of)
	case 10:
		say("min", "min(%s)", "min(%s)", of)
	case 11:
		say("max", "max(%s)", "max(%s)", of)
	case 12:
		e.number, e.float = false, false
		say("text min", "min(who)", "min(who)")
	case 13:
		say("range", "range(%s)", "max(%[1]s) - min(%[1]s)", of)
	case 14:
		e.float = false
		say("count_distinct", "count_distinct(%s)", "count(distinct %s)", q.pick("who", "host", "k", "f", "n", "x"))
	case 15, 23, 24:
		word := q.pick("stddev", "variance", "stddev_pop")
		sql := map[string]string{"stddev": "stddev_samp", "variance": "var_samp", "stddev_pop": "stddev_pop"}[word]
		e.float = true
		e.det, e.sql = word+"("+of+")", sql+"("+of+")"
		q.is(word)
	case 16:
		e.float = true
		say("median", "median(%s)", "quantile_cont(%s::DOUBLE, 0.5)", of)
	case 17:
		e.float = true
		p := 5 * q.IntN(21)
		q.is("percentile")
		e.det, e.sql = fmt.Sprintf("percentile(%s, %d)", of, p), fmt.Sprintf("quantile_cont(%s::DOUBLE, %g)", of, float64(p)/100)
	case 18:
		say("first", "first(%s)", "arg_min(%[1]s, (time, id)) filter (%[1]s is not null)", of)
	case 19:
		say("last", "last(%s)", "arg_max(%[1]s, (time, id)) filter (%[1]s is not null)", of)
	case 20:
		e.float = false
		say("mode", "mode(n)", "list_sort(list_transform(map_entries(histogram(n)), lambda e: {'c': -e.value::BIGINT, 'v': e.key}))[1].v")
	case 21:
		c := questionTests[q.IntN(len(questionTests))]
		e.number, e.float = false, false
		q.is("any")
		e.det, e.sql = "any("+c.det+")", "coalesce(bool_or("+c.sql+") filter (id is not null), false)"
	case 22:
		c := questionTests[q.IntN(len(questionTests))]
		e.number, e.float = false, false
		q.is("all of")
		e.det, e.sql = "all("+c.det+")", "bool_and("+c.sql+") filter (id is not null)"
	default:
		c := questionTests[q.IntN(len(questionTests))]
		e.float = true
		q.is("ratio")
		e.det, e.sql = "count("+c.det+") / count()", "count(id) filter ("+c.sql+") / nullif(count(id), 0)"
	}
	return e
}

// drawSamples draws a baseline and peers, where the window allows them.
func (q *question) drawSamples() {
	w := q.window
	if w.early || w.shape == "sliding" || w.shape == "session" {
		return
	}
	i := slices.IndexFunc(q.aggs, func(e expression) bool { return e.number })
	if i < 0 {
		return
	}
	if w.shape == "fixed" && q.maybe(7) {
		q.drawPast(q.aggs[i])
	}
	if len(q.keys) > 0 && (q.maybe(3) || w.shape == "all") {
		q.crowd = &drawnCrowd{measure: q.aggs[i], min: 1 + q.IntN(3), floor: q.floor(q.aggs[i].float)}
		q.is("peers")
		if len(q.keys) > 1 && q.maybe(7) {
			q.crowd.by = q.keys[1:]
			q.is("peers by")
		}
		if q.aggs[i].float {
			q.is("peers of floats")
		}
		if w.shape == "all" {
			q.is("peers over all")
		}
		if q.past != nil {
			q.is("baseline and peers")
		}
	}
}

func (q *question) drawPast(measure expression) {
	w := q.window
	p := &drawnPast{measure: measure, min: 1 + q.IntN(4)}
	q.past = p
	q.is("baseline")
	if measure.float {
		q.is("baseline of floats")
	}
	if !strings.HasPrefix(measure.det, "count") && !strings.HasPrefix(measure.det, "sum") {
		q.is("baseline of what may be missing")
	}
	if w.zone != "" {
		q.is("baseline in a zone")
	}
	if w.size > w.step {
		q.is("baseline of hops")
	}
	if w.empty {
		q.is("baseline with empty")
	}
	switch q.IntN(5) {
	case 0, 1:
		p.over = w.size * time.Duration(2+q.IntN(8))
		q.is("over")
	case 2, 3:
		if w.size == w.step {
			p.decay = w.size * time.Duration(5+q.IntN(20))
			q.is("decay")
		}
	}
	if q.maybe(6) && w.step >= 10*time.Minute && w.step < 24*time.Hour {
		p.season = q.pick("hour_of_day", "hour_of_day", "hour_of_week", "hour_of_week", "day_of_week")
	} else if q.maybe(4) && w.step >= time.Hour {
		p.season = "day_of_week"
	}
	if p.season != "" {
		q.is(p.season)
		p.over, p.decay = 24*p.over, 24*p.decay
		p.min = 1 + q.IntN(2)
		if p.decay > 0 {
			q.is("decay at a season")
		}
	}
	if q.maybe(3) {
		p.skip = true
		q.is("fill skip")
	}
	if q.maybe(2) {
		p.exclude = true
		q.is("exclude alerted")
	}
	p.floor = q.floor(measure.float || p.decay > 0)
}

// floor draws a floor. The default one is so low that it would show how a mean of
// fractions is rounded.
func (q *question) floor(fractions bool) float64 {
	if fractions || q.maybe(5) {
		q.is("floor")
		return 0.75
	}
	return 1e-9
}

// drawEvents draws events: many at one time, many at the very borders of windows,
// some after a silence, and, where a season is asked for, often at the same hour.
func (q *question) drawEvents() {
	size := max(q.window.size, time.Minute).Microseconds()
	step := max(q.window.step, time.Minute).Microseconds()
	const day = int64(24 * time.Hour / time.Microsecond)
	steps := []int64{0, 0, 1, step / 7, step / 3, step / 2, step, step, step - 1, step + 1, size, 2 * size, 5 * step}
	if q.past != nil && q.past.season != "" {
		steps = append(steps, day, day, day-step, 7*day, day+step, 7*day-step)
	}
	most := 60
	if q.past != nil {
		most = 120
	}
	if q.past != nil && q.past.exclude { // SQL goes from window to window
		most = 40
	}
	at := []time.Time{
		time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 3, 29, 21, 0, 0, 0, time.UTC),  // Zurich springs forward
		time.Date(2024, 10, 26, 20, 0, 0, 0, time.UTC), // and falls back
		time.Date(2024, 4, 6, 1, 0, 0, 0, time.UTC),    // Lord Howe, by half an hour
		time.Date(2024, 3, 9, 1, 30, 0, 0, time.UTC),   // New York
	}[q.IntN(5)].UnixMicro()
	start, longest := at, int64(math.MaxInt64)
	if q.past != nil || q.window.empty { // SQL goes through all windows that there might be
		longest = 3000 * step
	}
	width := 2 + q.IntN(5)
	for i := range 1 + q.IntN(most) {
		if at += steps[q.IntN(len(steps))]; at-start > longest {
			break
		}
		e := event{schema: "log", source: "log", row: int64(i), time: at}
		for _, name := range randomFields["log"] {
			of := questionValues[name]
			i := q.IntN(width)
			if q.maybe(1) {
				i = len(of) - 1
			}
			e.values = append(e.values, of[min(i, len(of)-1)])
		}
		q.events = append(q.events, e)
	}
	q.Shuffle(len(q.events), func(i, j int) { q.events[i], q.events[j] = q.events[j], q.events[i] })
	for i := range q.events { // the order of rows is another one than that of time
		q.events[i].row = int64(i)
	}
}

// drawTests draws the condition: either one that lets all rows through and reads all
// values, or some tests of them.
func (q *question) drawTests() {
	var all []test
	for _, a := range q.aggs {
		all = append(all, test{det: a.name + " is null", sql: a.name + " is null"})
		switch {
		case strings.Contains(a.det, "any(") || strings.Contains(a.det, "all("):
			all = append(all, test{det: a.name + " == true", sql: "coalesce(" + a.name + ", false)"})
		case !a.number:
			all = append(all, test{det: a.name + ` > "bob"`, sql: "coalesce(lower(" + a.name + ") > 'bob', false)"})
		case a.float:
			all = append(all, test{det: a.name + " > 1.137", sql: "coalesce(" + a.name + " > 1.137, false)"}, test{det: a.name + " <= 0.613", sql: "coalesce(" + a.name + " <= 0.613, false)"})
		default:
			all = append(all, test{det: a.name + " % 2 == 1", sql: "coalesce(" + a.name + " % 2 = 1, false)"}, test{det: a.name + " >= 3", sql: "coalesce(" + a.name + " >= 3, false)"})
		}
	}
	if q.past != nil {
		all = append(all, q.sampleTests("usual", q.past.measure.name, q.past.decay > 0, true)...)
	}
	if q.crowd != nil {
		all = append(all, q.sampleTests("crowd", q.crowd.measure.name, false, false)...)
	}
	if !q.window.early && q.window.shape != "sliding" && q.maybe(6) && (q.past == nil || !q.past.exclude) {
		q.join = " or "
		q.tests = append([]test{{det: "window_end > 2000-01-01", sql: "true"}}, all...)
		return
	}
	q.join = q.pick(" and ", " or ")
	for range 1 + q.IntN(2) {
		q.tests = append(q.tests, all[q.IntN(len(all))])
	}
	if q.past != nil || q.crowd != nil { // most of what it is about
		q.tests = append(q.tests, all[len(all)-1-q.IntN(6)])
	}
}

// sampleTests are conditions over the statistics of a sample. While it warms up they
// are false, negated or not, unless they are about n and warm alone.
func (q *question) sampleTests(name, measure string, decays, ordered bool) []test {
	type form struct{ kind, det, sql string }
	forms := []form{
		{"warming up", "%[1]s.n <= 2", `"%[1]s.n" <= 2`},
		{"warming up", "not %[1]s.warm", `not "%[1]s.warm"`},
		{"zscore", "zscore(%[2]s, %[1]s) > 0.537", `"zscore(%[2]s, %[1]s)" > 0.537`},
		{"negated score", "not (zscore(%[2]s, %[1]s) <= 0.537)", `"%[1]s.warm" and not coalesce("zscore(%[2]s, %[1]s)" <= 0.537, false)`},
		{"zscore", "%[2]s > 1.0137 * %[1]s.mean + 0.0137", `%[2]s > 1.0137 * "%[1]s.mean" + 0.0137`},
		{"zscore", "%[1]s.stddev > 0.437", `"%[1]s.stddev" > 0.437`},
	}
	if !decays {
		forms = append(forms,
			form{"robust_zscore", "robust_zscore(%[2]s, %[1]s) > 0.737", `"robust_zscore(%[2]s, %[1]s)" > 0.737`},
			form{"ranks", "%[2]s > %[1]s.max", `%[2]s > "%[1]s.max"`},
			form{"ranks", "%[2]s < 0.9937 * %[1]s.p90", `%[2]s < 0.9937 * "%[1]s.p90"`},
			form{"ranks", "%[1]s.min + %[1]s.median < 1.137 * %[1]s.mad", `"%[1]s.min" + "%[1]s.median" < 1.137 * "%[1]s.mad"`},
		)
		if ordered {
			forms = append(forms,
				form{"trend", "%[1]s.slope > 0.1037", `"%[1]s.slope" > 0.1037`},
				form{"trend", "%[2]s > 1.0137 * %[1]s.expected + 0.0137", `%[2]s > 1.0137 * "%[1]s.expected" + 0.0137`},
			)
		}
	}
	var out []test
	for _, f := range forms {
		out = append(out, test{kind: f.kind, det: fmt.Sprintf(f.det, name, measure), sql: "coalesce(" + fmt.Sprintf(f.sql, name, measure) + ", false)"})
	}
	return out
}

// span is a duration as both languages and the checker read it.
func span(d time.Duration) string { return fmt.Sprintf("%ds", int64(d.Seconds())) }

// rule is the question as a rule.
func (q *question) rule() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	b.WriteString(questionSchema + "\nrule asked {\n")
	line("from log")
	if q.where.det != "" {
		line("where %s", q.where.det)
	}
	w := q.window
	head := span(w.size)
	switch {
	case w.shape == "all":
		head = "all"
	case w.shape != "fixed":
		head += " " + w.shape
	case w.step != w.size:
		head += " every " + span(w.step)
	}
	if len(q.keys) > 0 {
		head += " by " + names(q.keys, func(e expression) string { return e.det })
	}
	if w.early {
		head += " early"
	}
	if w.empty {
		head += " empty"
	}
	if w.zone != "" {
		head += fmt.Sprintf(" zone %q", w.zone)
	}
	line("window %s { %s }", head, names(q.aggs, func(e expression) string { return e.name + " = " + e.det }))
	if p := q.past; p != nil {
		text := "baseline usual of " + p.measure.name
		if p.over > 0 {
			text += " over " + span(p.over)
		}
		if p.season != "" {
			text += " at " + p.season
		}
		if p.skip {
			text += " fill skip"
		}
		if p.exclude {
			text += " exclude alerted"
		}
		if p.decay > 0 {
			text += " decay " + span(p.decay)
		}
		line("%s min %d floor %v", text, p.min, p.floor)
	}
	if c := q.crowd; c != nil {
		text := "peers crowd of " + c.measure.name
		if len(c.by) > 0 {
			text += " by " + names(c.by, func(e expression) string { return e.name })
		}
		line("%s min %d floor %v", text, c.min, c.floor)
	}
	line("when %s", names(q.tests, func(t test) string { return "(" + t.det + ")" }, q.join))
	b.WriteString("}\n")
	return b.String()
}

func (q *question) String() string {
	return q.rule() + "\n" + strings.Join(q.sql(), ";\n\n") + "\n"
}

// names joins what is written of each.
func names[T any](list []T, of func(T) string, by ...string) string {
	var out []string
	for _, x := range list {
		out = append(out, of(x))
	}
	return strings.Join(out, append(by, ", ")[0])
}
