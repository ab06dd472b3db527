package engine

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/netip"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/vec"
)

// alert makes alerts of rows of a batch; rows nil means all.
func (r *rule) alert(b *runtime.Batch, rows []int32, mask vec.Bitmap, f frame) {
	spec := &r.def.Alert
	all := r.e.shown[:0]
	r.e.shown = nil // whoever comes to make alerts meanwhile has columns of its own
	get := func(outs []Output) []*vec.Vec {
		from := len(all)
		for _, o := range outs {
			all = append(all, f.Get(o.ID, mask))
		}
		return all[from:]
	}
	keys, values, evidence := get(spec.Keys), get(spec.Values), get(spec.Evidence)
	var suppressed *vec.Vec
	if spec.Suppressed != None {
		suppressed = f.Get(spec.Suppressed, mask)
	}
	var carried []*vec.Vec
	if len(r.readers) > 0 {
		carried = get(spec.Carried)
	}
	entities, scores := make([]*vec.Vec, len(spec.Risk)), make([]*vec.Vec, len(spec.Risk))
	for i, k := range spec.Risk {
		entities[i], scores[i] = f.Get(k.Entity, mask), f.Get(k.Score, mask)
	}
	texts := &r.e.texts
	a := new(runtime.Alert)
	one := func(row int32) {
		i := int(row)
		*a = runtime.Alert{
			Rule: r.def.Name, RuleID: r.def.ID, Level: r.def.Level, Attack: r.def.Attack, Time: b.Time[i],
			Keys: texts.named(spec.Keys, keys, i), Values: texts.named(spec.Values, values, i),
		}
		at := place{source: noSource}
		if w := b.Window; w != nil {
			a.HasWindow, a.WindowStart, a.WindowEnd, a.Partial = true, w.Start[i], w.End[i], w.Partial
			if w.Evidence != nil {
				a.Evidence = w.Evidence(row)
			}
		} else {
			at.source, at.row = b.Pos.At(row)
			a.Evidence = []runtime.Event{{Source: r.e.sourceName(at.source), Row: at.row, Time: b.Time[i], Fields: texts.fields(spec.Evidence, evidence, i, a.Values, r.places)}}
		}
		if suppressed != nil && !suppressed.Missing(i) {
			a.Suppressed = suppressed.I64[i]
		}
		for j, k := range spec.Risk {
			if entities[j].Missing(i) || scores[j].Missing(i) {
				continue
			}
			score := max(number(scores[j].Value(i)), 0)
			if k.Cap > 0 {
				score = min(score, k.Cap)
			}
			a.Risk = append(a.Risk, runtime.Risk{
				EntityType: k.EntityType, Entity: runtime.FormatValue(entities[j].Value(i), entities[j].Kind),
				Score: score, Category: k.Category, Stage: k.Stage,
			})
		}
		a.ID = r.e.identity(r.def, a)
		a.Title = r.title(a)
		if carried != nil {
			at.carried = texts.named(spec.Carried, carried, i)
		}
		if r.trace != nil {
			r.trace.fired(b, row, a.ID)
		}
		r.send(a, at)
	}
	if rows == nil {
		for i := range int32(b.N) {
			one(i)
		}
	}
	for _, i := range rows {
		one(i)
	}
	clear(all)
	r.e.shown = all
}

// named are the values of outputs in a row.
func (t *texts) named(outs []Output, cols []*vec.Vec, row int) []runtime.Named {
	if len(outs) == 0 {
		return nil
	}
	list := make([]runtime.Named, len(outs))
	for i, o := range outs {
		list[i] = runtime.Named{Name: o.Name, Kind: o.Kind, Value: t.value(cols[i], row)}
	}
	return list
}

// places tells where in a list each output stands as well, -1 where it does not.
func places(outs, list []Output) []int {
	at := make([]int, len(outs))
	for i, o := range outs {
		at[i] = slices.IndexFunc(list, func(x Output) bool { return x.ID == o.ID })
	}
	return at
}

// fields are the fields of an event that are not missing. What the values of the
// alert have, which is most of it, is not copied again; if it is all of it, the list
// is theirs.
func (t *texts) fields(outs []Output, cols []*vec.Vec, row int, values []runtime.Named, shown []int) []runtime.Named {
	if same(outs, values, shown) {
		return slices.Clip(values)
	}
	list := make([]runtime.Named, 0, len(outs))
	for i, o := range outs {
		n := runtime.Named{Name: o.Name, Kind: o.Kind}
		if at := shown[i]; at >= 0 {
			n.Value = values[at].Value
		} else {
			n.Value = t.value(cols[i], row)
		}
		if n.Value != nil {
			list = append(list, n)
		}
	}
	return list
}

// same reports whether what is shown is the values, one by one, and none is missing.
func same(outs []Output, values []runtime.Named, shown []int) bool {
	if len(outs) != len(values) {
		return false
	}
	for i, o := range outs {
		if v := &values[i]; shown[i] != i || v.Value == nil || v.Name != o.Name || v.Kind != o.Kind {
			return false
		}
	}
	return true
}

// title is the rule's title with its holes filled.
func (r *rule) title(a *runtime.Alert) string {
	t := r.def.Title
	if !t.Dynamic() {
		return t.Render(nil)
	}
	env := make(map[string]any, len(a.Keys)+len(a.Values))
	lists := [][]runtime.Named{a.Values, a.Keys}
	if !a.HasWindow && len(a.Evidence) == 1 {
		lists = append(lists, a.Evidence[0].Fields)
	}
	for _, list := range lists {
		for _, n := range list {
			env[n.Name] = n.Host()
		}
	}
	return t.Render(env)
}

// outMost is how many alerts wait to be handed over: a window may give a million.
const outMost = 1 << 10

// send hands an alert to the output and to the rules that read it.
func (r *rule) send(a *runtime.Alert, at place) {
	if r.e.collect != nil {
		r.e.collect(r, a, at)
		return
	}
	r.alerts++
	if !r.def.Muted {
		if r.e.out == nil {
			r.e.out = make([]runtime.Alert, 0, r.e.usual)
		}
		if r.e.out = append(r.e.out, *a); len(r.e.out) >= outMost {
			r.e.fail(r.e.flush())
		}
	}
	if r.e.untimed {
		return // a stream of alerts is one in time
	}
	for _, reader := range r.readers {
		r.e.fail(reader.takeAlert(r, a, at))
	}
	events := a.RiskEvents(r.def.Source)
	if r.e.opts.Risk != nil {
		r.e.risks = append(r.e.risks, events...)
	}
	for i := range events {
		for _, reader := range r.e.rules {
			if reader.def.Risk {
				r.e.fail(reader.takeRisk(&events[i]))
			}
		}
	}
}

func number(v any) float64 {
	switch x := v.(type) {
	case int64:
		return float64(x)
	case float64:
		return x
	}
	return 0
}

// identity is the id of an alert: a hash of the rule, the key and the time, and for
// a rule without a window also of the event's fields, so that the same events give
// the same ids in any run. Two events that are equal in every field that the rule
// reads have one id.
func (e *Engine) identity(def *Rule, a *runtime.Alert) string {
	b := e.hashed[:0]
	str := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	list := func(l []runtime.Named) {
		for _, n := range l {
			str(n.Name)
			b = appendValue(b, n.Value)
		}
	}
	name := def.ID
	if name == "" {
		name = def.Name
	}
	str(name)
	b = binary.LittleEndian.AppendUint64(b, uint64(a.Time))
	list(a.Keys)
	if a.HasWindow {
		b = binary.LittleEndian.AppendUint64(b, uint64(a.WindowStart))
		b = binary.LittleEndian.AppendUint64(b, uint64(a.WindowEnd))
	} else {
		for _, ev := range a.Evidence {
			list(ev.Fields)
		}
	}
	if cap(b) <= maxHashed {
		e.hashed = b
	}
	sum := xxh3.Hash128(b).Bytes()
	var text [2 * len(sum)]byte
	hex.Encode(text[:], sum[:])
	return string(text[:])
}

// maxHashed is the most bytes that are kept to hash the next alert in.
const maxHashed = 64 << 10

func appendValue(b []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, 0)
	case bool:
		if x {
			return append(b, 1, 1)
		}
		return append(b, 1, 0)
	case int64:
		return binary.LittleEndian.AppendUint64(append(b, 2), uint64(x))
	case float64:
		return binary.LittleEndian.AppendUint64(append(b, 3), math.Float64bits(x))
	case string:
		return append(binary.AppendUvarint(append(b, 4), uint64(len(x))), x...)
	case netip.Addr:
		a := x.As16()
		return append(append(b, 5), a[:]...)
	case []any:
		b = binary.AppendUvarint(append(b, 6), uint64(len(x)))
		for _, e := range x {
			b = appendValue(b, e)
		}
		return b
	}
	return append(b, 7)
}
