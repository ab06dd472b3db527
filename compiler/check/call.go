package check

import (
	"fmt"
	"strings"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
)

// maxFnDepth bounds how deep fn declarations may call each other.
const maxFnDepth = 64

func (c *checker) call(s *scope, x *ast.Call) plan.Expr {
	name := x.Fun.Name
	if s.aggs != nil && c.aggs[name] != nil {
		return c.aggregate(s, x)
	}
	if b, ok := c.builtins[name]; ok {
		c.opts.Uses.call(x, UseFunction, b.sig, b.doc)
		return b.check(c, s, x)
	}
	if d, _ := s.mod.find(name); d != nil {
		c.resolve(d)
		if d.fn != nil {
			c.opts.Uses.decl(x.Fun.At, d)
			return c.expand(s, d, x)
		}
	}
	f := c.funcs[name]
	if f == nil {
		c.unknownFunction(s, x)
		return nil
	}
	c.opts.Uses.call(x, UseFunction, f.Sig.String(), f.Doc)
	args, ok := c.arguments(s, x, f.Name, f.Sig)
	if !ok {
		return nil
	}
	ts := make([]types.Type, len(args))
	consts := make([]any, len(args))
	for i, a := range args {
		ts[i] = a.Type()
		if k, ok := a.(*plan.Const); ok {
			consts[i] = k.Value
		}
	}
	// Binding now finds what the function itself refuses: a bad pattern, zone, base.
	if _, err := f.Bind(consts); err != nil {
		c.diags.Errorf("D0209", x.At, "%s: %s", name, err)
		return nil
	}
	t := f.Sig.Fixed
	if f.Sig.Result != nil {
		if t = f.Sig.Result(ts); t.Kind == types.Invalid {
			list := make([]string, len(ts))
			for i, a := range ts {
				list[i] = a.String()
			}
			c.diags.Errorf("D0204", x.At, "%s cannot be applied to %s", name, strings.Join(list, ", ")).Hint = name + f.Sig.String()
			return nil
		}
	}
	return &plan.Call{Func: f, Args: args, T: t, At: x.At}
}

func (c *checker) unknownFunction(s *scope, x *ast.Call) {
	name := x.Fun.Name
	if c.aggs[name] != nil {
		d := c.diags.Errorf("D0412", x.At, "%s looks at many events, so it stands in the block of a window", name)
		d.Hint = "write: window 1h by user { x = " + name + "(…) }"
		return
	}
	d := c.diags.Errorf("D0302", x.Fun.At, "unknown function %s", name)
	candidates := names(c.funcs)
	candidates = append(candidates, names(c.builtins)...)
	if s.aggs != nil {
		candidates = append(candidates, names(c.aggs)...)
	}
	candidates = append(candidates, s.mod.visible(func(d *decl) bool { _, ok := d.ast.(*ast.Fn); return ok })...)
	d.Hint = hint(name, candidates)
}

// arguments checks the arguments of a call against a signature. Named arguments
// fill the parameter of that name.
func (c *checker) arguments(s *scope, x *ast.Call, name string, sig types.Signature) ([]plan.Expr, bool) {
	slots, ok := c.place(x, name, sig)
	if !ok {
		return nil, false
	}
	var out []plan.Expr
	for i, arg := range slots {
		p := sig.Params[min(i, len(sig.Params)-1)]
		if arg == nil {
			break // an optional parameter that was not given; those after it neither
		}
		e := c.expr(s, arg)
		if e == nil {
			ok = false
			continue
		}
		e, good := c.fit(e, p, fmt.Sprintf("%s of %s", p.Name, name))
		ok = ok && good
		out = append(out, e)
	}
	return out, ok
}

// fit checks that an argument suits a parameter, and makes it constant where the
// parameter asks for that.
func (c *checker) fit(e plan.Expr, p types.Param, what string) (plan.Expr, bool) {
	if k, ok := e.(*plan.Const); ok && e.Type().Kind == types.String && p.Type.Kind != types.String && p.Type.Kind != types.Any {
		v, err := readAs(k.Value, p.Type.Kind)
		if err != nil {
			c.diags.Errorf("D0207", e.Span(), "%s", err)
			return nil, false
		}
		e = &plan.Const{Value: v, T: valueType(v), Name: k.Name, At: k.At}
	}
	if !types.Accepts(p.Type, e.Type()) {
		d := c.diags.Errorf("D0204", e.Span(), "%s must be %s, but this is %s", what, p.Type, e.Type())
		switch {
		case p.Type.Kind == types.String:
			d.Hint = "turn it into text: string(" + plan.String(e) + ")"
		case p.Type.Kind == types.IP && e.Type().Kind == types.String:
			d.Hint = "turn it into an address: ip(" + plan.String(e) + ")"
		}
		return nil, false
	}
	if p.Const {
		if _, ok := e.(*plan.Const); !ok {
			v, ok := c.opts.Fold(e)
			if !ok {
				c.diags.Errorf("D0206", e.Span(), "%s must be a constant, but it depends on %s", what, firstColumn(e))
				return nil, false
			}
			e = &plan.Const{Value: v, T: e.Type(), At: e.Span()}
		}
	}
	return e, true
}

// place sorts positional and named arguments into the parameters' order; a slot
// that was not given is nil.
func (c *checker) place(x *ast.Call, name string, sig types.Signature) ([]ast.Expr, bool) {
	n := len(sig.Params)
	variadic := n > 0 && sig.Params[n-1].Variadic
	slots := make([]ast.Expr, n)
	ok := true
	pos := 0
	for _, a := range x.Args {
		if a.Name == nil {
			if pos >= len(slots) {
				if !variadic {
					d := c.diags.Errorf("D0205", a.Value.Span(), "%s takes %s", name, count(n, "argument"))
					d.Hint = name + sig.String()
					return nil, false
				}
				slots = append(slots, nil)
			}
			slots[pos] = a.Value
			pos++
			continue
		}
		at := -1
		var known []string
		for i, p := range sig.Params {
			known = append(known, p.Name)
			if p.Name == a.Name.Name {
				at = i
			}
		}
		if at < 0 {
			c.diags.Errorf("D0205", a.Name.At, "%s has no argument %s", name, a.Name.Name).Hint = hint(a.Name.Name, known)
			ok = false
			continue
		}
		if slots[at] != nil {
			c.diags.Errorf("D0205", a.Name.At, "%s is given twice", a.Name.Name)
			ok = false
		}
		slots[at] = a.Value
	}
	for i, p := range sig.Params {
		if slots[i] == nil && !p.Optional && ok {
			d := c.diags.Errorf("D0205", x.At, "%s needs %s", name, p.Name)
			d.Hint = name + sig.String()
			return nil, false
		}
	}
	return slots, ok
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// expand puts the body of a fn in place of its call.
func (c *checker) expand(s *scope, d *decl, x *ast.Call) plan.Expr {
	if c.growth.told {
		return nil
	}
	if s.depth >= maxFnDepth {
		c.growth.told = true
		c.diags.Errorf("D0604", x.At, "fn %s calls itself, directly or through others", d.fn.Name.Name)
		return nil
	}
	if len(x.Args) != len(d.fn.Params) {
		e := c.diags.Errorf("D0205", x.At, "%s takes %s", d.fn.Name.Name, count(len(d.fn.Params), "argument"))
		var ps []string
		for _, p := range d.fn.Params {
			ps = append(ps, p.Name)
		}
		e.Hint = d.fn.Name.Name + "(" + strings.Join(ps, ", ") + ")"
		return nil
	}
	inner := &scope{mod: d.mod, locals: map[string]local{}, aggs: s.aggs, depth: s.depth + 1}
	for i, a := range x.Args {
		e := c.expr(s, a.Value)
		if e == nil {
			return nil
		}
		inner.locals[d.fn.Params[i].Name] = local{x: e, at: d.fn.Params[i].At, param: true}
	}
	body := c.expr(inner, d.fn.Body)
	if body == nil {
		c.diags.Errorf("D0212", x.At, "%s cannot be used with these arguments", d.fn.Name.Name).Notes = nil
		return nil
	}
	if !c.grow(body, x.At) {
		return nil
	}
	return body
}

// fnDecl looks at a fn that no rule has called yet: its names must exist. Types
// are known only where it is called.
func (c *checker) fnDecl(d *decl) {
	params := map[string]bool{}
	for _, p := range d.fn.Params {
		if params[p.Name] {
			c.diags.Errorf("D0304", p.At, "two parameters are called %s", p.Name)
		}
		params[p.Name] = true
		c.opts.Uses.local(p.At, p.Name, local{at: p.At, param: true})
	}
	var walk func(x ast.Expr)
	walk = func(x ast.Expr) {
		switch x := x.(type) {
		case *ast.Name:
			found, _ := d.mod.find(x.Name)
			for _, p := range d.fn.Params {
				if p.Name == x.Name {
					c.opts.Uses.local(x.At, x.Name, local{at: p.At, param: true})
				}
			}
			c.opts.Uses.decl(x.At, found)
			if !params[x.Name] && found == nil {
				e := c.diags.Errorf("D0301", x.At, "unknown name %s: a fn sees its parameters and the declarations of its file", x.Name)
				e.Hint = hint(x.Name, append(names(params), d.mod.visible(func(*decl) bool { return true })...))
			}
		case *ast.Paren:
			walk(x.X)
		case *ast.Unary:
			walk(x.X)
		case *ast.Binary:
			left := ast.Expr(x)
			for b, ok := x, true; ok; b, ok = left.(*ast.Binary) {
				walk(b.Y)
				left = b.X
			}
			walk(left)
		case *ast.ListExpr:
			for _, e := range x.Elems {
				walk(e)
			}
		case *ast.Call:
			for _, a := range x.Args {
				walk(a.Value)
			}
			if found, _ := d.mod.find(x.Fun.Name); c.funcs[x.Fun.Name] == nil && c.aggs[x.Fun.Name] == nil && c.builtins[x.Fun.Name].check == nil && found == nil {
				c.unknownFunction(&scope{mod: d.mod}, x)
			}
		}
	}
	walk(d.fn.Body)
}

// builtin is a function that only the checker can give a meaning, because it
// needs units or the statistics of a baseline.
type builtin struct {
	sig   string
	doc   string
	check func(c *checker, s *scope, x *ast.Call) plan.Expr
}

// Builtin documents one of them.
type Builtin struct{ Name, Signature, Doc string }

// Builtins lists the functions that the checker itself knows.
func Builtins() []Builtin {
	var out []Builtin
	table := builtins()
	for _, n := range builtinNames {
		out = append(out, Builtin{n, table[n].sig, table[n].doc})
	}
	return out
}

var builtinNames = []string{"zscore", "robust_zscore", "per", "rate", "logsource"}

// builtins is a function, not a variable, because the checks refer to it.
func builtins() map[string]builtin {
	return map[string]builtin{
		"zscore": {
			sig:   "(x number, usual stats) float",
			doc:   "How many standard deviations x lies above the mean of a baseline or a peer group; missing while it warms up.",
			check: func(c *checker, s *scope, x *ast.Call) plan.Expr { return c.zscore(s, x, "mean", "scale") },
		},
		"robust_zscore": {
			sig:   "(x number, usual stats) float",
			doc:   "How far x lies above the median, in units of 1.4826 times the median absolute deviation; outliers in the history hardly move it.",
			check: func(c *checker, s *scope, x *ast.Call) plan.Expr { return c.zscore(s, x, "median", "rscale") },
		},
		"per": {
			sig:   "(x number, period const duration) float",
			doc:   "The same rate per another period: a count of 48 per 1d is per(x, 1h) = 2 per 1h.",
			check: (*checker).per,
		},
		"rate": {
			sig:   "(x const number, period const duration) number",
			doc:   "A constant with a unit: rate(100, 1h) is 100 per 1h, and can be compared only with what is per 1h.",
			check: (*checker).rate,
		},
		"logsource": {
			sig:   "(product const string?, category const string?, service const string?) bool",
			doc:   "Whether an event is one of a log source, as the mappings of the schema say. The arguments are named.",
			check: (*checker).logsource,
		},
	}
}

// statsArg is an argument that names statistics.
func (c *checker) statsArg(s *scope, x ast.Expr, of string) *stats {
	if n, ok := ast.Unparen(x).(*ast.Name); ok {
		if l, ok := s.locals[n.Name]; ok && l.stats != nil {
			c.opts.Uses.local(n.At, n.Name, l)
			return l.stats
		}
	}
	d := c.diags.Errorf("D0204", x.Span(), "the second argument of %s names a baseline or a peer group", of)
	d.Hint = "bind one first: baseline usual of failed over 30d"
	return nil
}

func (c *checker) zscore(s *scope, x *ast.Call, centre, scale string) plan.Expr {
	name := x.Fun.Name
	if len(x.Args) != 2 {
		c.diags.Errorf("D0205", x.At, "%s takes 2 arguments", name).Hint = name + "(failed, usual)"
		return nil
	}
	v := c.expr(s, x.Args[0].Value)
	st := c.statsArg(s, x.Args[1].Value, name)
	if v == nil || st == nil {
		return nil
	}
	if !v.Type().Numeric() {
		c.diags.Errorf("D0204", v.Span(), "the first argument of %s must be a number, but this is %s", name, v.Type())
		return nil
	}
	if !c.sameUnit(v.Type(), st.of, x.At, x.Fun.At, "hold") {
		return nil
	}
	at := x.At
	col := func(m string) plan.Expr { return &plan.Col{Column: st.member(m), At: at} }
	st.member("n")
	st.member("mean")
	st.member("stddev")
	diff := &plan.Op{Op: "-", Args: []plan.Expr{v, col(centre)}, T: types.TFloat, At: at}
	z := &plan.Op{Op: "/", Args: []plan.Expr{diff, col(scale)}, T: types.TFloat, At: at}
	return &plan.Named{Name: name + "(" + plan.String(v) + ", " + st.name + ")", X: z, At: at}
}

// period is a constant duration argument.
func (c *checker) period(s *scope, x ast.Expr) (types.Unit, bool) {
	v, ok := c.constValue(s, x)
	if !ok {
		return types.Unit{}, false
	}
	d, ok := durationValue(v)
	if !ok || d <= 0 {
		c.diags.Errorf("D0204", x.Span(), "a period is a duration, such as 1h or 1d")
		return types.Unit{}, false
	}
	return types.Unit{Per: d}, true
}

func (c *checker) per(s *scope, x *ast.Call) plan.Expr {
	if len(x.Args) != 2 {
		c.diags.Errorf("D0205", x.At, "per takes 2 arguments").Hint = "per(failed, 1d)"
		return nil
	}
	v := c.expr(s, x.Args[0].Value)
	u, ok := c.period(s, x.Args[1].Value)
	if v == nil || !ok {
		return nil
	}
	from := v.Type().Unit
	if !v.Type().Numeric() || from.Per == 0 {
		c.diags.Errorf("D0503", v.Span(), "per converts a number per time, but this is %s", v.Type()).Hint = "rate(100, 1h) gives a constant its period"
		return nil
	}
	factor := &plan.Const{Value: float64(u.Per) / float64(from.Per), T: types.TFloat, At: x.At}
	t := types.TFloat
	t.Unit = u
	return &plan.Op{Op: "*", Args: []plan.Expr{v, factor}, T: t, At: x.At}
}

func (c *checker) rate(s *scope, x *ast.Call) plan.Expr {
	if len(x.Args) != 2 {
		c.diags.Errorf("D0205", x.At, "rate takes 2 arguments").Hint = "rate(100, 1h)"
		return nil
	}
	v, ok := c.constValue(s, x.Args[0].Value)
	u, ok2 := c.period(s, x.Args[1].Value)
	if !ok || !ok2 {
		return nil
	}
	t := valueType(v)
	if !t.Numeric() {
		c.diags.Errorf("D0204", x.Args[0].Value.Span(), "rate takes a number, but this is %s", t)
		return nil
	}
	t.Unit = u
	return &plan.Const{Value: v, T: t, Name: fmt.Sprintf("rate(%s, %s)", plan.FormatValue(v), types.FormatDuration(u.Per)), At: x.At}
}
