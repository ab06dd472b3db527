package det_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// ruleMaker draws rules as text: all stages and their clauses, over the schemas of
// random events, and rules over rules and over risk. The first choice is always the
// simplest, so that a find shrinks to little.
type ruleMaker struct {
	t    *rapid.T
	unit time.Duration // lengths are multiples of it
	made []madeRule
}

// madeRule is what later rules know of an earlier one.
type madeRule struct {
	name   string
	fields []column // of its alerts
	risk   bool     // it adds to the risk of users
	reads  bool     // it reads risk, by itself or through others
}

// column is a column of the rows at some place in a rule. The name says the kind:
// no two columns of one name have different kinds, so that rules can be read together.
type column struct{ name, kind string }

func columns(kind string, names ...string) []column {
	var out []column
	for _, n := range names {
		out = append(out, column{n, kind})
	}
	return out
}

const randomTable = `
table people key name {
  name string
  team string
  weight int
  row ["ann", "red", 3]
  row ["bob", "red", 1]
  row ["", "blue", 2]
}
`

// drawRules draws a file of one to three rules. unit is at least a minute.
func drawRules(t *rapid.T, unit time.Duration) string {
	m := &ruleMaker{t: t, unit: unit}
	text := randomSchemas + randomTable
	for i := range m.number("rules", 1, 3) {
		text += "\n" + m.rule(fmt.Sprintf("r%d", i))
	}
	return text
}

func (m *ruleMaker) number(label string, least, most int) int {
	return rapid.IntRange(least, most).Draw(m.t, label)
}

// maybe is true in so many of ten cases.
func (m *ruleMaker) maybe(label string, tenths int) bool {
	return m.number(label, 0, 9) >= 10-tenths
}

func (m *ruleMaker) one(label string, of ...string) string {
	return rapid.SampledFrom(of).Draw(m.t, label)
}

func (m *ruleMaker) column(label string, of []column) column {
	return rapid.SampledFrom(of).Draw(m.t, label)
}

// length is a multiple of the unit, or half of it.
func (m *ruleMaker) length(label string, of ...float64) string {
	return m.times(rapid.SampledFrom(of).Draw(m.t, label))
}

func (m *ruleMaker) times(units float64) string {
	return fmt.Sprintf("%ds", int(m.unit.Seconds()*units))
}

// ofKind are the columns that have one of some kinds.
func ofKind(cols []column, kinds ...string) []column {
	return slices.DeleteFunc(slices.Clone(cols), func(c column) bool { return !slices.Contains(kinds, c.kind) })
}

func has(cols []column, name string) bool {
	return slices.ContainsFunc(cols, func(c column) bool { return c.name == name })
}

// madeLines is a rule in the making.
type madeLines struct {
	*ruleMaker
	name  string
	lines []string
	rows  []column // what conditions can read
	keys  []column // behind a window
	read  []column // beside the rows, what an alert surely shows
}

func (r *madeLines) line(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf("  "+format, args...))
}

func (m *ruleMaker) rule(name string) string {
	r := &madeLines{ruleMaker: m, name: name}
	me := madeRule{name: name}
	me.reads = r.from()
	event := r.rows
	if m.maybe("where", 3) {
		r.line("where %s", r.condition(1))
	}
	if has(r.rows, "user") && has(r.rows, "host") && m.maybe("let", 2) {
		r.line("let both_%s = concat(user, host)", name)
		r.rows = append(slices.Clone(r.rows), column{"both_" + name, "text"})
	}
	if has(r.rows, "user") && !has(r.rows, "rule") && m.maybe("lookup", 2) {
		r.line("lookup people by user { team, weight }")
		r.rows = append(slices.Clone(r.rows), column{"team", "text"}, column{"weight", "int"})
	}
	windowed, fires := false, false
	kind := m.one("kind", "window", "window", "window", "window", "event", "sequence", "first_seen", "rare")
	if kind == "rare" && has(r.rows, "rule") { // which may have seen_before already
		kind = "first_seen"
	}
	switch kind {
	case "window":
		r.window()
		windowed = true
	case "sequence":
		r.sequence()
		windowed, fires = true, true
		if m.maybe("window of matches", 2) {
			r.window()
			fires = false
		}
	case "first_seen":
		r.novelty("first_seen", "")
		fires = true
	case "rare":
		r.novelty("rare", " below "+m.one("below", "2", "1", "3", "0.5 min 2", "0.3"))
		fires = true
	}
	if !fires || m.maybe("when", 3) {
		r.read = nil
		r.line("when %s", r.condition(1))
	}
	fields := event
	if windowed {
		fields = append(slices.Clone(r.keys), r.read...)
	}
	if m.maybe("throttle", 2) {
		by := ""
		if m.maybe("throttle by", 5) {
			if of := ofKind(r.rows, "text", "int"); len(of) > 0 && (!windowed || len(r.keys) > 0) {
				if windowed {
					of = r.keys
				}
				by = " by " + m.column("throttle key", of).name
			}
		}
		r.line("throttle %s%s", m.length("throttle time", 1, 0.5, 3, 24), by)
	}
	if owner := r.owner(windowed); !me.reads && owner != "" && m.maybe("risk", 4) {
		score := m.one("score", "10", "2.5", "0.1")
		if n := ofKind(r.rows, "int"); len(n) > 0 && m.maybe("score of a column", 3) {
			score = m.column("score column", n).name
		}
		tail := m.one("risk clauses", "", " stage credential_access", " cap 5", " stage execution category malware cap 3")
		r.line("risk %s on user(%s)%s", score, owner, tail)
		me.risk = true
	}
	for _, f := range fields {
		if !has(me.fields, f.name) {
			me.fields = append(me.fields, f)
		}
	}
	m.made = append(m.made, me)
	return fmt.Sprintf("rule %s {\n%s\n}\n", name, strings.Join(r.lines, "\n"))
}

// owner is a text among what an alert has, whose risk rises; "" if there is none.
func (r *madeLines) owner(windowed bool) string {
	of := r.rows
	if windowed {
		of = r.keys
	}
	if of = ofKind(of, "text"); len(of) == 0 {
		return ""
	}
	return r.column("owner", of).name
}

// from draws what the rule reads, and reports whether risk is behind it.
func (r *madeLines) from() (risk bool) {
	web := append(columns("text", "user", "host", "outcome"), column{"n", "int"}, column{"x", "float"}, column{"ip", "ip"})
	dns := append(columns("text", "user", "host", "outcome", "name"), column{"n", "int"})
	choices := []string{"web", "web", "dns", "web, dns"}
	var risky bool
	for _, x := range r.made {
		choices = append(choices, "rule "+x.name, "rule "+x.name)
		risky = risky || x.risk
	}
	if len(r.made) > 1 {
		choices = append(choices, "rule r0, r1", "rule r0, r1")
	}
	if risky {
		choices = append(choices, "risk", "risk")
	}
	from := r.one("from", choices...)
	if r.maybe("muted", 1) {
		r.line("generate false")
	}
	r.line("from %s", from)
	switch from {
	case "web":
		r.rows = web
	case "dns":
		r.rows = dns
	case "web, dns":
		r.rows = append(web, columns("text", "name", "schema")...)
	case "risk":
		r.rows = append(columns("text", "entity", "rule", "stage", "category"), column{"score", "float"})
		return true
	default:
		r.rows = columns("text", "rule", "level")
		for _, x := range r.made {
			if !strings.Contains(from, x.name) {
				continue
			}
			risk = risk || x.reads
			for _, f := range x.fields {
				if !has(r.rows, f.name) {
					r.rows = append(r.rows, f)
				}
			}
		}
	}
	return risk
}

// condition draws a condition over the rows.
func (r *madeLines) condition(depth int) string {
	if depth > 0 {
		switch r.number("logic", 0, 5) {
		case 3:
			return "not (" + r.condition(0) + ")"
		case 4:
			return "(" + r.condition(0) + " and " + r.condition(0) + ")"
		case 5:
			return "(" + r.condition(0) + " or " + r.condition(0) + ")"
		}
	}
	of := ofKind(r.rows, "int", "float", "text", "ip", "bool", "list", "baseline")
	// What a window computed is more telling than its keys.
	if n := len(of) - len(r.keys); len(r.keys) > 0 && n > 0 && !r.maybe("key in a condition", 2) {
		of = slices.DeleteFunc(of, func(c column) bool { return has(r.keys, c.name) })
	}
	c := r.column("column", of)
	if c.kind != "baseline" {
		r.read = append(r.read, c)
	}
	switch c.kind {
	case "int":
		return c.name + " " + r.one("int test", ">= 1", "> 1", "!= 2", "< 3", "== 7", "is not null")
	case "float":
		return c.name + " " + r.one("float test", "> 0.5", "<= 1.0", "!= 2.5", "is not null")
	case "ip":
		return c.name + " " + r.one("ip test", "in 10.0.0.0/8", "== 10.0.0.1", "is null")
	case "list":
		return c.name + " is not null"
	case "bool":
		return c.name + " == " + r.one("bool test", "true", "false")
	case "text":
		return c.name + " " + r.one("text test", "is not null", "!= \"bob\"", "contains \"n\"", "in [\"ann\", \"www\", \"DENIED\", \"r0\"]", "matches \"^[a-d]\"", "== \"\"")
	}
	// of a baseline or of peers: "NAME MEASURE"
	name, measure, _ := strings.Cut(c.name, " ")
	tests := []string{
		"%[1]s.n >= 2", "zscore(%[2]s, %[1]s) > 0.5", "%[2]s > %[1]s.mean", "%[1]s.warm", "%[1]s.stddev is not null", "%[2]s >= 2 * %[1]s.mean",
	}
	if !strings.HasPrefix(name, "fading") {
		tests = append(tests, "robust_zscore(%[2]s, %[1]s) > 1", "%[2]s >= %[1]s.max", "%[2]s < %[1]s.p95", "%[2]s > %[1]s.median")
		if strings.HasPrefix(name, "usual") {
			tests = append(tests, "%[1]s.slope > 0.1", "%[2]s > %[1]s.expected")
		}
	}
	return fmt.Sprintf(r.one("baseline test", tests...), name, measure)
}

// by draws grouping keys, which become r.keys.
func (r *madeLines) by(most int) string {
	of := ofKind(r.rows, "text", "int", "ip")
	var list []string
	r.keys = nil
	for range r.number("keys", 0, min(most, len(of))) {
		c := r.column("key", of)
		if r.maybe("folded key", 1) && c.kind == "text" {
			list, c = append(list, "low = lower("+c.name+")"), column{"low", "text"}
		} else {
			list = append(list, c.name)
		}
		if has(r.keys, c.name) {
			list = list[:len(list)-1]
			continue
		}
		r.keys = append(r.keys, c)
	}
	if len(list) == 0 {
		return ""
	}
	return " by " + strings.Join(list, ", ")
}

// bounds draws the clauses that bound what is kept.
func (r *madeLines) bounds() string {
	out := ""
	if r.maybe("max", 1) {
		out += r.one("max keys", " max 2 keys", " max 1 keys")
	}
	if r.maybe("evidence", 2) {
		out += r.one("evidence events", " evidence 1", " evidence 0", " evidence 20")
	}
	return out
}

// window draws a window, and the baselines and peers behind it.
func (r *madeLines) window() {
	shape := r.one("shape", "tumbling", "hopping", "sliding", "session", "early", "empty", "all")
	size := rapid.SampledFrom([]float64{1, 0.5, 2, 3, 24}).Draw(r.t, "size")
	head, step := r.times(size), size
	hop := func() {
		step = size / 2
		head += " every " + r.times(step)
	}
	fixed := true
	switch shape {
	case "hopping":
		hop()
	case "sliding", "session":
		head += " " + shape
		fixed = false
	case "early":
		switch r.one("early shape", "tumbling", "hopping", "session") {
		case "hopping":
			hop()
		case "session":
			head += " session"
		}
		head += " early"
		fixed = false
	case "empty":
		if r.maybe("empty and hopping", 3) {
			hop()
		}
		head += " empty"
	case "all":
		head, fixed = "all", false
	}
	by := r.by(2)
	if fixed && r.maybe("zone", 2) {
		by += ` zone "` + r.one("zone name", "Europe/Zurich", "America/New_York", "Asia/Kolkata") + `"`
	}
	rows := r.rows
	r.rows = slices.Clone(r.keys)
	var block []string
	var measures []column
	for i := range r.number("aggregates", 1, 3) {
		text, kind := r.aggregate(rows)
		c := column{fmt.Sprintf("%s%d_%s", kind, i, r.name), kind}
		block = append(block, c.name+" = "+text)
		r.rows = append(r.rows, c)
		if kind == "int" || kind == "float" {
			measures = append(measures, c)
		}
	}
	r.line("window %s%s%s { %s }", head, by, r.bounds(), strings.Join(block, ", "))
	if len(measures) == 0 {
		return
	}
	if fixed && r.maybe("baseline", 5) {
		r.baseline(r.column("measure", measures).name, step, size)
	}
	if fixed && r.maybe("peers", 2) {
		measure, by := r.column("peers measure", measures).name, ""
		if len(r.keys) > 1 && r.maybe("peers by", 7) {
			by = " by " + r.column("peers key", r.keys).name
		}
		r.line("peers crowd of %s%s min %d%s", measure, by, r.number("peers min", 2, 4), r.one("peers floor", "", " floor 1.0"))
		r.rows = append(r.rows, column{"crowd " + measure, "baseline"})
	}
}

// baseline draws a baseline of a measure over windows of size that start every
// step, in units.
func (r *madeLines) baseline(measure string, step, size float64) {
	name, text := "usual", ""
	switch r.one("history", "all", "over", "decay", "all") {
	case "over":
		text += " over " + r.times(size*rapid.SampledFrom([]float64{5, 2, 40}).Draw(r.t, "over"))
	case "decay":
		if step == size {
			name, text = "fading", " decay "+r.times(size*3)
		}
	}
	if r.maybe("season", 3) && r.unit.Hours()*step < 1 {
		text += " at " + r.one("season name", "hour_of_day", "day_of_week", "hour_of_week")
	}
	text += r.one("fill", "", "", " fill skip")
	if r.maybe("exclude", 2) {
		text += " exclude alerted"
	}
	r.line("baseline %s of %s%s min %d%s", name, measure, text, r.number("min", 2, 5), r.one("floor", "", " floor 1.0"))
	r.rows = append(r.rows, column{name + " " + measure, "baseline"})
}

// aggregate draws an aggregate over rows, and says its kind.
func (r *madeLines) aggregate(rows []column) (text, kind string) {
	inner := &madeLines{ruleMaker: r.ruleMaker, rows: rows}
	for {
		switch a := r.one("aggregate", "count", "sum", "count_distinct", "avg", "min", "max", "first", "last", "values", "mode",
			"stddev", "percentile", "median", "any", "all", "count if", "capped_sum", "ratio", "range", "approx_count_distinct"); a {
		case "count":
			return "count()", "int"
		case "count if":
			return "count(" + inner.condition(0) + ")", "int"
		case "any", "all":
			return a + "(" + inner.condition(0) + ")", "bool"
		case "ratio":
			return "count(" + inner.condition(0) + ") / count()", "float"
		case "count_distinct", "approx_count_distinct":
			return a + "(" + r.column("of", ofKind(rows, "text", "int", "ip", "float")).name + ")", "int"
		case "values":
			return "values(" + r.column("of", ofKind(rows, "text", "int", "ip")).name + ")", "list"
		case "first", "last", "mode":
			c := r.column("of", ofKind(rows, "text", "int", "float", "ip"))
			return a + "(" + c.name + ")", c.kind
		default:
			of := ofKind(rows, "int", "float")
			if len(of) == 0 {
				return "count()", "int"
			}
			c := r.column("of", of)
			switch a {
			case "sum", "min", "max", "range":
				return a + "(" + c.name + ")", c.kind
			case "capped_sum":
				return "capped_sum(" + c.name + ", cap: 3, per: " + r.column("per", ofKind(rows, "text", "int")).name + ")", c.kind
			case "percentile":
				return "percentile(" + c.name + ", 75)", "float"
			}
			return a + "(" + c.name + ")", "float"
		}
	}
}

// sequence draws steps in order or in any order.
func (r *madeLines) sequence() {
	inner := &madeLines{ruleMaker: r.ruleMaker, rows: r.rows}
	mode := r.one("sequence kind", "", "", " overlapping", " any_order")
	by := r.by(1)
	within := r.length("sequence within", 2, 1, 5, 24)
	until := ""
	if r.maybe("until", 2) {
		until = " until " + inner.condition(0)
	}
	text := fmt.Sprintf("sequence%s within %s%s%s%s {", by, within, mode, until, r.bounds())
	r.rows = slices.Clone(r.keys)
	if mode != " any_order" && r.maybe("not before", 3) {
		text += fmt.Sprintf("\n    not early = %s within %s", inner.condition(0), r.length("early time", 0.5, 1, 2, 10))
	}
	for i := range r.number("steps", 2, 3) {
		if i > 0 && mode != " any_order" && r.maybe("not between", 2) {
			text += fmt.Sprintf("\n    not no%d = %s", i, inner.condition(0))
		}
		name := fmt.Sprintf("step%d_%s", i, r.name)
		text += fmt.Sprintf("\n    %s = %s", name, inner.condition(0))
		text += r.one("repeat", "", "", " repeat 2", " repeat 3")
		if i > 0 && mode != " any_order" && r.maybe("step within", 2) {
			text += " within " + r.length("step time", 0.5, 1)
		}
		r.rows = append(r.rows, column{name, "int"})
	}
	r.read = slices.Clone(r.rows[len(r.keys):])
	if mode != " any_order" && r.maybe("not at the end", 2) {
		text += fmt.Sprintf("\n    not never = %s", inner.condition(0))
		if r.maybe("not within", 5) {
			text += " within " + r.length("not time", 0.5, 1, 2)
		}
	}
	r.line("%s\n  }", text)
}

// novelty draws first_seen or rare.
func (r *madeLines) novelty(word, tail string) {
	of := r.column("value", ofKind(r.rows, "text", "int", "ip")).name
	by := ""
	if r.maybe("novelty by", 6) {
		by = " by " + r.column("novelty key", ofKind(r.rows, "text", "int", "ip")).name
	}
	after := ""
	if r.maybe("after", 6) {
		after = " after " + r.length("learning", 1, 0.5)
	}
	global := r.one("global", "", "", " global")
	max := ""
	if r.maybe("novelty max", 1) {
		max = " max 3 keys"
	}
	r.line("%s of %s%s over %s%s%s%s%s", word, of, by, r.length("novelty over", 5, 2, 24, 100), after, global, max, tail)
	if word == "rare" {
		r.rows = append(slices.Clone(r.rows), column{"seen_before", "int"})
	}
}
