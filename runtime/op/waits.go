package op

import (
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// match is a sequence that was seen.
type match struct {
	key        int32
	start, end int64   // its first and last event
	time       int64   // when it is told
	count      []int64 // by step, the events that fitted it
	last       []int64 // by step, the time of the last of them
	evidence   []runtime.Event
}

// waits is the matches that wait for what must not come, in the order of their ends.
// All wait equally long, so they are told in that order too.
type waits struct {
	list []waiting
	base int64             // place of list[0]
	by   map[int32]wakeful // by key
	lost int64             // matches for which a key had no room
}

// waiting is one of them.
type waiting struct {
	match
	before int64 // place of the one of the same key before it, or a place before base
	dead   bool
}

// wakeful is what is known of a key that waits.
type wakeful struct {
	newest int64
	alive  int // matches that may still be told
	n      int // matches, the dead ones too
}

// maxWaiting is how many matches of one key wait at a time. Those that were ended by
// what must not come do not count, or else who can end matches could use up the room.
const maxWaiting = 1000

// add takes a match in.
func (q *waits) add(m match) {
	k, ok := q.by[m.key]
	if !ok {
		k.newest = nowhere
	}
	if k.alive == maxWaiting {
		q.lost++
		return
	}
	q.list = append(q.list, waiting{match: m, before: k.newest})
	q.by[m.key] = wakeful{q.next() - 1, k.alive + 1, k.n + 1}
}

// next is the place that the next match will have.
func (q *waits) next() int64 { return q.base + int64(len(q.list)) }

// from calls f with the matches that wait from a place on.
func (q *waits) from(place int64, f func(*match)) {
	for i := max(0, int(place-q.base)); i < len(q.list); i++ {
		f(&q.list[i].match)
	}
}

// deny ends the matches of a key for which an event of time t came too soon: those
// that ended before it, but less than wait before. It reports whether there was one.
func (q *waits) deny(key int32, t, wait int64) (ended bool) {
	k, ok := q.by[key]
	if !ok {
		return false
	}
	for p := k.newest; p >= q.base; {
		w := &q.list[p-q.base]
		if t-w.end >= wait {
			break
		}
		if w.end < t && !w.dead {
			ended = true
			w.dead, w.evidence = true, nil
			k.alive--
		}
		p = w.before
	}
	q.by[key] = k
	return ended
}

// due takes out the matches that are to be told by time t.
func (q *waits) due(t int64, tell func(*match)) {
	n := 0
	for n < len(q.list) && q.list[n].time <= t {
		w := &q.list[n]
		k := q.by[w.key]
		if !w.dead {
			tell(&w.match)
			k.alive--
		}
		if k.n--; k.n == 0 {
			delete(q.by, w.key)
		} else {
			q.by[w.key] = k
		}
		n++
	}
	clear(q.list[:n])
	q.list = q.list[n:]
	q.base += int64(n)
}

// live marks the keys that wait.
func (q *waits) live(used vec.Bitmap) {
	for key := range q.by {
		used.Set(int(key))
	}
}

func (q *waits) bytes(steps int) int { return len(q.list) * (120 + 16*steps) }

func (q *waits) save(w *state.Writer, shown []runtime.Column) {
	w.Int(q.lost)
	w.Int(int64(len(q.list)))
	for i := range q.list {
		m := &q.list[i]
		dead := int64(0)
		if m.dead {
			dead = 1
		}
		for _, x := range []int64{int64(m.key), m.start, m.end, m.time, dead} {
			w.Int(x)
		}
		state.Slice(w, m.count)
		state.Slice(w, m.last)
		saveEvents(w, m.evidence, shown)
	}
}

// load reads what save wrote, of keys below n.
func (q *waits) load(r *state.Reader, n, steps int, shown []runtime.Column) error {
	lost := r.Int()
	for range r.Len(8) {
		m := match{key: int32(r.Int()), start: r.Int(), end: r.Int(), time: r.Int()}
		dead := r.Int() != 0
		m.count, m.last = state.ReadSlice[int64](r), state.ReadSlice[int64](r)
		m.evidence = loadEvents(r, shown)
		if m.key < 0 || int(m.key) >= n || len(m.count) != steps || len(m.last) != steps {
			r.Fail("sequence: the saved matches do not fit together")
		}
		if r.Err() != nil {
			return r.Err()
		}
		if q.add(m); dead && q.lost == 0 {
			q.list[len(q.list)-1].dead = true
			k := q.by[m.key]
			k.alive--
			q.by[m.key] = k
		}
	}
	if q.lost > 0 {
		r.Fail("sequence: the saved matches do not fit together")
	}
	q.lost = lost
	return r.Err()
}

// saveEvents writes events that show the given columns.
func saveEvents(w *state.Writer, events []runtime.Event, shown []runtime.Column) {
	w.Int(int64(len(events)))
	for _, e := range events {
		w.String(e.Source)
		w.Int(e.Row)
		w.Int(e.Time)
	}
	for _, col := range shown {
		vals := make([]any, len(events))
		for i, e := range events {
			vals[i] = valueOf(e, col.Name)
		}
		plain := newColumn(col.Type.Kind)
		plain.append(vec.Of(col.Type.Kind, vals...), upTo(len(vals)))
		state.SaveVec(w, &plain.Vec)
	}
}

// loadEvents reads what saveEvents wrote.
func loadEvents(r *state.Reader, shown []runtime.Column) []runtime.Event {
	var events []runtime.Event
	for range r.Len(24) {
		events = append(events, runtime.Event{Source: r.String(), Row: r.Int(), Time: r.Int()})
	}
	for _, col := range shown {
		v := state.LoadVec(r, col.Type.Kind)
		if r.Err() != nil || v.N != len(events) {
			r.Fail("sequence: the saved evidence does not fit together")
			return nil
		}
		for i := range events {
			if x := v.Value(i); x != nil {
				events[i].Fields = append(events[i].Fields, runtime.Named{Name: col.Name, Kind: col.Type.Kind, Value: x})
			}
		}
	}
	return events
}
