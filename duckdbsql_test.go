package det_test

import (
	"fmt"
	"strings"
	"time"
)

// sql is the question in SQL, as statements of which each makes a table of the next
// step, and the last one gives the rows that alerts must be. It is written after the
// manual, in the plainest way: windows are frames that are joined with the events in
// them, samples are windows that are joined with those before. Times are in
// microseconds.
//
//	ev     the events
//	kept   those of the rule's where, with their keys
//	clock  what it shows at the end, behind the newest event; and the oldest one
//	read   the same of those of the rule's where
//	grid   the fixed windows there are: number, start, end, slot of the season
//	frame  the windows of keys: events from lo until before hi; told when
//	body   with the aggregates
//	judged with the statistics of samples
//	fired  those for which the condition is true
func (q *question) sql() []string {
	out := []string{q.eventsSQL(), q.keptSQL(), table("clock", "select max(time) + 1 as now, min(time) as since from ev"),
		table("read", "select max(time) as newest, min(time) as oldest from ev where "+q.where.sql)}
	if q.window.shape == "fixed" {
		out = append(out, q.gridSQL())
	}
	out = append(out, table("frame", q.frameSQL()), q.bodySQL())
	if q.past != nil && q.past.exclude {
		return append(out, q.excludingSQL()...)
	}
	out = append(out, table("judged", q.judgedSQL("body", "false")))
	return append(out, q.alertsSQL("judged"))
}

func table(name, query string) string {
	return "create or replace temp table " + name + " as " + query
}

// eventsSQL is the events as a table.
func (q *question) eventsSQL() string {
	var rows []string
	for _, e := range q.events {
		row := fmt.Sprintf("(%d, %d", e.row, e.time)
		for _, v := range e.values {
			switch x := v.(type) {
			case nil:
				row += ", null"
			case string:
				row += ", '" + x + "'"
			default:
				row += fmt.Sprintf(", %v", x)
			}
		}
		rows = append(rows, row+")")
	}
	return table("ev", "select id::BIGINT as id, time::BIGINT as time, who::VARCHAR as who, host::VARCHAR as host, k::BIGINT as k, f::DOUBLE as f, n::BIGINT as n, x::DOUBLE as x\nfrom (values "+
		strings.Join(rows, ",\n")+") t(id, time, "+strings.Join(randomFields["log"], ", ")+")")
}

// keptSQL is the events that join a group. One whose key is missing joins none.
func (q *question) keptSQL() string {
	query := "select ev.*"
	cond := q.where.sql
	for i, k := range q.keys {
		query += fmt.Sprintf(", %s as key%d", k.sql, i)
		cond += " and " + k.sql + " is not null"
	}
	return table("kept", query+" from ev where "+cond)
}

// keyList is the keys, each with a prefix, and a comma behind each.
func (q *question) keyList(prefix string) string {
	out := ""
	for i := range q.keys {
		out += fmt.Sprintf("%skey%d, ", prefix, i)
	}
	return out
}

// sameKeys is that two tables have the same keys.
func (q *question) sameKeys(a, b string) string {
	out := "true"
	for i := range q.keys {
		out += fmt.Sprintf(" and %s.key%d = %s.key%d", a, i, b, i)
	}
	return out
}

// localTime is the clock of the window's zone at a time, as a TIMESTAMP.
func (q *question) localTime(us string) string {
	if q.window.zone == "" {
		return "make_timestamp((" + us + ")::BIGINT)"
	}
	return fmt.Sprintf("timezone('%s', make_timestamptz((%s)::BIGINT))", q.window.zone, us)
}

// gridSQL is the fixed windows from well before the events to well after. Without a
// zone windows start at multiples of the step since 1970. With one, those that start
// more than an hour apart do so when the clock first shows a multiple of the step
// since midnight; others whenever it does, so that an hour which it shows twice is
// two.
func (q *question) gridSQL() string {
	w := q.window
	size, step := w.size.Microseconds(), w.step.Microseconds()
	per := size / step // windows until one ends, where the step divides the size
	var starts string
	from, to := fmt.Sprintf("since - %d", 2*size+2*step), fmt.Sprintf("now + %d", 2*size+2*step)
	switch {
	case w.zone == "":
		starts = fmt.Sprintf("select unnest(generate_series((%s) // %[3]d * %[3]d, %[2]s, %[3]d)) as ws from clock", from, to, step)
	case w.step > time.Hour:
		// The first time at which the clock has passed a multiple is that multiple's,
		// even where it falls back over it.
		starts = fmt.Sprintf("select min(u) as ws from (select u, max(wall // %d) over (order by u) as no from (%s)) group by no", step, q.wallClock(from, to))
	default:
		starts = fmt.Sprintf("select u as ws from (%s) where wall %% %d = 0", q.wallClock(from, to), step)
	}
	ends := fmt.Sprintf("ws + %d", size)
	if w.zone != "" {
		ends = fmt.Sprintf("lead(ws, %d) over (order by ws)", per)
	}
	slot := "0"
	if q.past != nil {
		local := q.localTime("ws")
		switch q.past.season {
		case "hour_of_day":
			slot = "hour(" + local + ")"
		case "day_of_week":
			slot = "isodow(" + local + ")"
		case "hour_of_week":
			slot = "100 * isodow(" + local + ") + hour(" + local + ")"
		}
	}
	return table("grid", fmt.Sprintf(`
select *, row_number() over (partition by slot order by ws) as of_slot
from (select row_number() over (order by ws) as no, ws, %s as we, %s as slot from (%s))
where we is not null`, ends, slot, starts))
}

// wallClock is what the clock of the zone shows every five minutes: at u, wall.
func (q *question) wallClock(from, to string) string {
	const tick = 300_000_000
	const before = 3 * 24 * 3600 * 1_000_000
	return fmt.Sprintf("select u, epoch_us(%s) as wall from (select unnest(generate_series((%s - %d) // %d * %[4]d, %s + %[3]d, %[4]d)) as u from clock)",
		q.localTime("u"), from, int64(before), tick, to)
}

// frameSQL is the windows of keys. Of those that an event opens, no is the number in
// the grid; where there is none, 0.
func (q *question) frameSQL() string {
	w, keys := q.window, q.keyList("")
	size := w.size.Microseconds()
	switch w.shape {
	case "sliding": // (t - size, t], at each time of an event
		return fmt.Sprintf("select distinct %s 0 as no, time - %d + 1 as lo, time + 1 as hi, time - %[2]d as ws, time as we, time as told, false as partial from kept", keys, size)
	case "session":
		return q.sessionSQL()
	case "all":
		return fmt.Sprintf("select distinct %s 0 as no, oldest as lo, newest + 1 as hi, oldest as ws, newest as we, newest as told, false as partial from kept, read", keys)
	}
	if w.early { // judged at each event, with what has come
		return fmt.Sprintf("select distinct %s no, ws as lo, time + 1 as hi, ws, we, time as told, false as partial from kept join grid on time >= ws and time < we", keys)
	}
	frames := fmt.Sprintf("select distinct %s no, ws as lo, we as hi, ws, we, we as told, we > now as partial from clock, kept join grid on time >= ws and time < we", keys)
	if !w.empty {
		return frames
	}
	// Windows without events, from the key's first one on, until there were 1,000 in a
	// row. The end of the input cuts none off that says so.
	return fmt.Sprintf(`
with met as (%s)
select * from met
union all
select %s g.no, g.ws, g.we, g.ws, g.we, g.we, false
from grid g, clock, (select %s no as since_no, coalesce(lead(no) over (partition by %s true order by no), 1000000000) as next_no from met) s
where g.no > since_no and g.no < next_no and g.no <= since_no + 1000 and g.we <= now`, frames, q.keyList("s."), keys, keys)
}

// sessionSQL is the sessions: an event that comes the gap or more after the one
// before starts one.
func (q *question) sessionSQL() string {
	keys, gap := q.keyList(""), q.window.size.Microseconds()
	numbered := fmt.Sprintf(`
select %s time, sum(fresh::INT) over (partition by %[1]s true order by time) as no from
(select distinct %[1]s time, coalesce(time - lag(time) over (partition by %[1]s true order by time) >= %d, true) as fresh from (select distinct %[1]s time from kept))`, keys, gap)
	if q.window.early {
		return fmt.Sprintf("select %s no, min(time) over w as lo, time + 1 as hi, min(time) over w as ws, time + %d as we, time as told, false as partial from (%s) window w as (partition by %[1]s no)", keys, gap, numbered)
	}
	return fmt.Sprintf("select %s no, min(time) as lo, max(time) + 1 as hi, min(time) as ws, max(time) + %d as we, max(time) + %[2]d as told, max(time) + %[2]d > (select now from clock) as partial from (%s) group by %[1]s no", keys, gap, numbered)
}

// bodySQL adds the aggregates over the events of each frame.
func (q *question) bodySQL() string {
	aggs := names(q.aggs, func(e expression) string { return "(" + e.sql + ") as " + e.name })
	return table("body", fmt.Sprintf("select %s no, ws, we, told, partial, count(id) as events, %s from frame left join kept on %s and time >= lo and time < hi group by %[1]s no, ws, we, told, partial",
		q.keyList("frame."), aggs, q.sameKeys("frame", "kept")))
}

// judgedSQL adds the statistics of the samples to some rows of body. excluded is
// which windows h are no samples.
func (q *question) judgedSQL(rows, excluded string) string {
	out := "select r.*"
	from := " from " + rows + " r"
	if p := q.past; p != nil {
		out += q.figuresSQL("usual", "past", p.measure.name, p.min, p.floor)
		if p.decay == 0 {
			out += `, case when past.n >= ` + fmt.Sprint(p.min) + ` then past.slope end as "usual.slope", case when past.n >= ` + fmt.Sprint(p.min) + ` then past.expected end as "usual.expected"`
		}
		from += ", lateral (" + q.pastSQL(excluded) + ") past"
	}
	if c := q.crowd; c != nil {
		out += q.figuresSQL("crowd", "crowd", c.measure.name, c.min, c.floor)
		same := ""
		for i, k := range q.keys {
			for _, by := range c.by {
				if by.name == k.name {
					same += fmt.Sprintf(" and o.key%d = r.key%[1]d", i)
				}
			}
		}
		from += fmt.Sprintf(", lateral (select %s from (select %s as v from body o where o.ws = r.ws and not (%s)%s and %[2]s is not null)) crowd",
			momentsSQL, c.measure.name, q.sameKeys("o", "r"), same)
	}
	return out + from
}

// momentsSQL is the statistics of a sample v.
const momentsSQL = "count(v) as n, avg(v) as mean, stddev_samp(v) as stddev, quantile_cont(v::DOUBLE, 0.5) as median, mad(v::DOUBLE) as mad, min(v)::DOUBLE as min, max(v)::DOUBLE as max, quantile_cont(v::DOUBLE, 0.9) as p90"

// pastSQL is the statistics of the windows g before a row r: closed before it starts,
// not further back than over, not before the key's first one, of the same slot. One
// in which the key had no events is zero, or with fill skip no sample.
func (q *question) pastSQL(excluded string) string {
	p, w := q.past, q.window
	sample := fmt.Sprintf(`
  select g.no, g.of_slot - j.of_slot as back, case when h.no is not null then h.%s else 0 end as v
  from grid g join grid j on j.no = r.no left join body h on h.no = g.no and h.events > 0 and %s
  where g.slot = j.slot and g.we <= r.ws and g.no >= (select min(b.no) from body b where b.events > 0 and %s)
    and (h.no is null or h.%[1]s is not null) and not (%[4]s)`,
		p.measure.name, q.sameKeys("h", "r"), q.sameKeys("b", "r"), excluded)
	if p.over > 0 {
		sample += fmt.Sprintf(" and g.no >= r.no - %d", int64(p.over/w.step))
	}
	if p.skip {
		sample += " and h.no is not null"
	}
	if p.decay == 0 {
		line := func(sql string) string { return "case when count(v) > 1 then " + sql + " end" } // else it is NaN
		return fmt.Sprintf("select %s, %s as slope, %s as expected from (%s)", momentsSQL, line("regr_slope(v, back)"), line("regr_intercept(v, back)"), sample)
	}
	// A window weighs 2^-(age / half-life); the deviation is the one for reliability
	// weights, which is that of a sample where all weigh the same.
	return fmt.Sprintf(`
select count(*) as n, any_value(m) as mean, case when count(*) > 1 then sqrt(sum(weight * (v - m) * (v - m)) / nullif(sum(weight) - sum(weight * weight) / sum(weight), 0)) end as stddev,
  null as median, null as mad, null as min, null as max, null as p90
from (select *, sum(weight * v) over () / sum(weight) over () as m
  from (select v, pow(2, -(r.no - no) * %g) as weight from (%s)))`, w.step.Seconds()/p.decay.Seconds(), sample)
}

// figuresSQL is the members of a sample s under a name. While it is warming up they
// are missing but for n and warm.
func (q *question) figuresSQL(name, s, measure string, least int, floor float64) string {
	out := fmt.Sprintf(`, %s.n as "%s.n", %[1]s.n >= %[3]d as "%[2]s.warm"`, s, name, least)
	member := func(m, sql string) {
		out += fmt.Sprintf(`, case when %s.n >= %d then %s end as "%s"`, s, least, strings.ReplaceAll(sql, "S.", s+"."), m)
	}
	for _, m := range []string{"mean", "stddev", "median", "mad", "min", "max", "p90"} {
		member(name+"."+m, "S."+m)
	}
	scale := fmt.Sprintf("case when S.stddev is not null then greatest(S.stddev, %v) end", floor)
	rscale := fmt.Sprintf("case when S.mad is not null then greatest(1.4826 * S.mad, %v) end", floor)
	member(name+".scale", scale)
	member(name+".rscale", rscale)
	member(fmt.Sprintf("zscore(%s, %s)", measure, name), "(r."+measure+" - S.mean) / "+scale)
	member(fmt.Sprintf("robust_zscore(%s, %s)", measure, name), "(r."+measure+" - S.median) / "+rscale)
	return out
}

// condition is the rule's condition.
func (q *question) condition() string {
	return "(" + names(q.tests, func(t test) string { return "(" + t.sql + ")" }, q.join) + ")"
}

// alertsSQL is the rows that fire. Behind a sliding window a key fires when the
// condition turns true, or is true and the window had been empty; with early at the
// first time in a window that it is true.
func (q *question) alertsSQL(from string) string {
	names := ""
	for i, k := range q.keys {
		names += fmt.Sprintf(`, key%d as "key %s"`, i, k.name)
	}
	row := "select told, ws as window_start, we as window_end, partial" + names + `, *, ws as "window_start", we as "window_end"`
	keys := q.keyList("")
	switch {
	case q.window.shape == "sliding":
		return row + fmt.Sprintf(" from (select *, lag(%s) over w as was, lag(told) over w as before from %s window w as (partition by %s true order by told)) where %[1]s and not coalesce(was and before > told - %[4]d, false)",
			q.condition(), from, keys, q.window.size.Microseconds())
	case q.window.early:
		return row + fmt.Sprintf(" from (select *, row_number() over (partition by %sno order by told) as nth from %s where %s) where nth = 1", keys, from, q.condition())
	}
	return row + " from " + from + " where " + q.condition()
}

// excludingSQL judges window after window, and leaves those for which the condition
// was true out of later samples. The statement with $turn is run for each row of the
// one before it.
func (q *question) excludingSQL() []string {
	fired := "exists (from fired f where f.no = g.no and " + q.sameKeys("f", "r") + ")"
	out := []string{
		table("fired", q.judgedSQL("(from body limit 0)", "false")),
		table("ranked", "select *, dense_rank() over (order by no) as turn from body"),
	}
	turn := fmt.Sprintf("prepare turn as insert into fired select * from (%s) where %s", q.judgedSQL("(select * exclude turn from ranked where turn = $1)", fired), q.condition())
	out = append(out, turn, "select distinct turn from ranked order by turn", "execute turn($turn)")
	return append(out, q.alertsSQL("fired"))
}
