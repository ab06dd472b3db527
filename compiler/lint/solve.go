package lint

import (
	"maps"
	"math"
	"net/netip"
	"slices"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/types"
)

// The solver asks whether conditions can hold together. It splits them into cases,
// in each of which every test of a value holds or does not, and looks at each
// value by itself: numbers as intervals, texts as tests that imply or exclude one
// another, addresses as networks. What it does not understand it takes for
// possible, so "impossible" is a proof and "possible" is not.
//
// Logic is two-valued: a test of a missing value is false, and its negation true.
// A test that holds says that the value is there; one that does not says nothing,
// unless something else says that the value is there.

// maxCases bounds the cases; conditions that would make more of them are left out,
// which can only make more seem possible.
const maxCases = 64

// subject is a value that tests are about: a column, or an expression by its text
// and the first column in it, since a name may change its meaning behind a window.
type subject struct {
	col  *plan.Column
	text string
}

func subjectOf(x plan.Expr) subject {
	x = bare(x)
	if c, ok := x.(*plan.Col); ok {
		return subject{col: c.Column}
	}
	s := subject{text: plan.String(x)}
	plan.Walk(x, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok && s.col == nil {
			s.col = c.Column
		}
		return s.col == nil
	})
	return s
}

// known is what one case says of one subject.
type known struct {
	x       plan.Expr
	present bool
	missing bool
	in      interval
	out     []func(interval) interval // tests of order that do not hold
	only    []float64                 // of which it is one, if not nil
	not     []float64
	yes, no []textTest
	nets    [][]netip.Prefix // in one of each
	outside []netip.Prefix
	values  []string        // of which it is one, where the schema says so
	truth   map[string]bool // opaque tests, by their text; copied when one is added
}

// facts is one case of what holds in a rule.
type facts struct {
	rule *Rule
	of   []belief // few, so that they are searched and copied as they stand
}

// belief is what is known of a subject. It is copied when it is changed.
type belief struct {
	subject
	*known
}

func (f *facts) clone() *facts {
	return &facts{f.rule, append(make([]belief, 0, len(f.of)+1), f.of...)}
}

// about is what is known of a subject, or nil.
func (f *facts) about(s subject) *known {
	for i := range f.of {
		if f.of[i].subject == s {
			return f.of[i].known
		}
	}
	return nil
}

// change gives what is known of a subject, to be added to.
func (f *facts) change(x plan.Expr) *known {
	s := subjectOf(x)
	k := f.about(s)
	n := &known{x: x, in: f.rule.bounds(x), present: f.rule.always(x)}
	if k != nil {
		*n = *k
		n.out, n.only, n.not = slices.Clip(k.out), slices.Clip(k.only), slices.Clip(k.not)
		n.yes, n.no, n.nets, n.outside = slices.Clip(k.yes), slices.Clip(k.no), slices.Clip(k.nets), slices.Clip(k.outside)
	}
	n.values = f.rule.values(x)
	for i := range f.of {
		if f.of[i].subject == s {
			f.of[i].known = n
			return n
		}
	}
	f.of = append(f.of, belief{s, n})
	return n
}

// possible reports whether all of yes can hold while none of no does.
func (r *Rule) possible(yes []plan.Expr, no ...plan.Expr) bool {
	can, sure := r.search(yes, no)
	if !sure {
		can = len(r.cases(yes, no...)) > 0
	}
	return can
}

// cases are the ways in which all of yes can hold while none of no does.
func (r *Rule) cases(yes []plan.Expr, no ...plan.Expr) []*facts {
	fs := []*facts{{rule: r}}
	for _, x := range yes {
		fs = assume(fs, x, true)
	}
	for _, x := range no {
		fs = assume(fs, x, false)
	}
	return fs
}

// assume narrows cases to those in which x is as wanted.
func assume(fs []*facts, x plan.Expr, want bool) []*facts {
	if len(fs) == 0 {
		return nil
	}
	switch x := x.(type) {
	case *plan.Named:
		return assume(fs, x.X, want)
	case *plan.Not:
		return assume(fs, x.X, !want)
	case *plan.And:
		return several(fs, x.Xs, want, want)
	case *plan.Or:
		return several(fs, x.Xs, want, !want)
	}
	var out []*facts
	for _, f := range fs {
		if f = f.clone(); f.learn(x, want) {
			out = append(out, f)
		}
	}
	return out
}

// learn adds a test, or a constant, that is as wanted. It reports whether that can be.
func (f *facts) learn(x plan.Expr, want bool) bool {
	if c, ok := x.(*plan.Const); ok {
		v, isBool := c.Value.(bool)
		return (!isBool || v == want) && (c.Value != nil || !want)
	}
	k := f.change(tested(x))
	k.learn(x, want)
	return !k.impossible()
}

// several narrows cases by expressions of which all, or one, are as wanted.
func several(fs []*facts, xs []plan.Expr, want, all bool) []*facts {
	if all {
		for _, x := range xs {
			fs = assume(fs, x, want)
		}
		return fs
	}
	var out []*facts
	for _, x := range xs {
		out = append(out, assume(fs, x, want)...)
		if len(out) > maxCases {
			return fs
		}
	}
	return out
}

// tested is the value that a test is about.
func tested(x plan.Expr) plan.Expr {
	o, ok := x.(*plan.Op)
	if !ok || o.T.Kind != types.Bool {
		return x
	}
	if _, isConst := constant(o.Args[0]); isConst && len(o.Args) == 2 {
		return o.Args[1]
	}
	return o.Args[0]
}

// mirrored is a comparison with its sides exchanged.
var mirrored = map[string]string{"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// learn adds what follows from a test that holds or does not.
func (k *known) learn(x plan.Expr, want bool) {
	o, ok := x.(*plan.Op)
	if !ok || o.T.Kind != types.Bool {
		k.opaque(plan.String(x), want)
		return
	}
	op, v := o.Op, plan.Expr(nil)
	if len(o.Args) == 2 {
		v = o.Args[1]
		if _, isConst := constant(o.Args[0]); isConst {
			op, v = mirrored[op], o.Args[0]
		}
	}
	if o.Not {
		want = !want
	}
	if op == "is" {
		k.present, k.missing = k.present || !want, k.missing || want
		return
	}
	if want {
		k.present = true
	}
	c, isConst := any(nil), false
	if v != nil {
		c, isConst = constant(v)
	}
	if !isConst || c == nil || !k.test(op, o, c, want) {
		plainer := *o
		plainer.Not = false
		k.opaque(plan.String(&plainer), want)
	}
}

func (k *known) opaque(text string, want bool) {
	if have, ok := k.truth[text]; ok && have != want {
		k.present, k.missing = true, true
	}
	if k.truth = maps.Clone(k.truth); k.truth == nil {
		k.truth = map[string]bool{}
	}
	k.truth[text] = want
}

// test adds a test against a constant; false if it is of no kind that is
// understood.
func (k *known) test(op string, o *plan.Op, c any, want bool) bool {
	kind := k.x.Type().Kind
	if kind == types.String || kind == types.List && k.x.Type().Elem == types.String {
		return k.textual(op, o, c, want)
	}
	list, isList := c.([]any)
	if !isList {
		list = []any{c}
	}
	if kind == types.IP && (op == "==" || op == "in") {
		nets, ok := networks(list)
		switch {
		case !ok:
			return false
		case want:
			k.nets = append(k.nets, nets)
		default:
			k.outside = append(k.outside, nets...)
		}
		return true
	}
	if ok, _ := lies(kind); !ok {
		return false
	}
	var vals []float64
	for _, e := range list {
		v, ok := measure(e)
		if !ok {
			return false
		}
		vals = append(vals, v)
	}
	switch {
	case op == "in" || op == "==":
		if !want {
			k.not = append(k.not, vals...)
		} else if k.only == nil {
			k.only = append([]float64{}, vals...)
		} else {
			k.only = slices.DeleteFunc(slices.Clone(k.only), func(v float64) bool { return !slices.Contains(vals, v) })
		}
		return true
	case isList || complement[op] == "":
		return false
	}
	if want {
		in, _ := compared(op, vals[0])
		k.in = k.in.and(in)
	} else {
		in, _ := compared(complement[op], vals[0])
		k.out = append(k.out, in.and)
	}
	return true
}

func (k *known) textual(op string, o *plan.Op, c any, want bool) bool {
	var values []string
	list, isList := c.([]any)
	if !isList {
		list = []any{c}
	}
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return false
		}
		values = append(values, s)
	}
	add := func(values []string) bool {
		t, ok := newTextTest(op, values, o.Cased)
		if !ok {
			return false
		}
		if want {
			k.yes = append(k.yes, t)
		} else {
			k.no = append(k.no, t)
		}
		return true
	}
	if o.Quant != "all" {
		return add(values)
	}
	if !want {
		return false
	}
	for _, v := range values {
		if !add([]string{v}) {
			return false
		}
	}
	return true
}

// networks are addresses and networks as networks.
func networks(list []any) ([]netip.Prefix, bool) {
	var out []netip.Prefix
	for _, e := range list {
		switch e := e.(type) {
		case netip.Addr:
			e = e.Unmap()
			out = append(out, netip.PrefixFrom(e, e.BitLen()))
		case netip.Prefix:
			out = append(out, e.Masked())
		default:
			return nil, false
		}
	}
	return out, len(out) > 0
}

// within reports whether a lies in b.
func within(a, b netip.Prefix) bool { return a.Bits() >= b.Bits() && b.Contains(a.Addr()) }

// impossible reports whether nothing can be all of what is known.
func (k *known) impossible() bool {
	if k.present && k.missing {
		return true
	}
	if !k.present {
		return false
	}
	if line, _ := lies(k.x.Type().Kind); line {
		if in := k.interval(); in.empty() || in.lo == in.hi && slices.Contains(k.not, in.lo) {
			return true
		}
	}
	yes := k.yes
	if len(k.values) > 0 {
		t, _ := newTextTest("in", k.values, false)
		yes = append(slices.Clip(yes), t)
	}
	if impossible(yes, k.no, k.x.Type().Kind == types.List) {
		return true
	}
	return k.nowhere()
}

// interval is where a number that is there lies.
func (k *known) interval() interval {
	in := k.in
	if k.present {
		for _, cut := range k.out {
			in = cut(in)
		}
	}
	_, whole := lies(k.x.Type().Kind)
	if whole {
		in = in.whole()
	}
	if k.only == nil {
		return in
	}
	some := interval{lo: math.Inf(1), hi: math.Inf(-1)}
	for _, v := range k.only {
		if in.has(v) && !slices.Contains(k.not, v) && !(whole && v != math.Trunc(v)) {
			some.lo, some.hi = min(some.lo, v), max(some.hi, v)
		}
	}
	return some
}

// nowhere reports whether no address lies in all of the networks that it must.
func (k *known) nowhere() bool {
	for i, any := range k.nets {
		if !slices.ContainsFunc(any, func(p netip.Prefix) bool {
			for _, q := range k.outside {
				if within(p, q) {
					return false
				}
			}
			for j, other := range k.nets {
				if i != j && !slices.ContainsFunc(other, p.Overlaps) {
					return false
				}
			}
			return true
		}) {
			return true
		}
	}
	return false
}
