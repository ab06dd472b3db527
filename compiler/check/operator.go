package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
)

func isAddr(v any) bool   { _, ok := v.(netip.Addr); return ok }
func isPrefix(v any) bool { _, ok := v.(netip.Prefix); return ok }

func (c *checker) unary(s *scope, x *ast.Unary) plan.Expr {
	if x.Op == "not" {
		e := c.boolean(s, x.X, "what `not` is applied to")
		if e == nil {
			return nil
		}
		return &plan.Not{X: e, At: x.At}
	}
	e := c.expr(s, x.X)
	if e == nil {
		return nil
	}
	if t := e.Type(); x.Op == "+" {
		if !t.Numeric() && t.Kind != types.Duration {
			c.diags.Errorf("D0202", x.At, "cannot put + before %s", t)
			return nil
		}
		return e
	}
	if k, ok := e.(*plan.Const); ok && k.Name == "" {
		switch v := k.Value.(type) {
		case int64:
			return &plan.Const{Value: -v, T: k.T, At: x.At}
		case float64:
			return &plan.Const{Value: -v, T: k.T, At: x.At}
		case time.Duration:
			return &plan.Const{Value: -v, T: k.T, At: x.At}
		}
	}
	t := e.Type()
	if !t.Numeric() && t.Kind != types.Duration {
		c.diags.Errorf("D0202", x.At, "cannot negate %s", t)
		return nil
	}
	return &plan.Op{Op: "neg", Args: []plan.Expr{e}, T: t, At: x.At}
}

func (c *checker) binary(s *scope, x *ast.Binary) plan.Expr {
	switch x.Op {
	case "and", "or":
		return c.logic(s, x)
	case "is":
		e := c.expr(s, x.X)
		if e == nil {
			return nil
		}
		return &plan.Op{Op: "is", Not: x.Not, Args: []plan.Expr{e}, T: types.TBool, At: x.Span(), OpAt: x.OpAt}
	case "+", "-", "*", "/", "%":
		return c.arithmetic(s, x)
	}
	a, b := c.expr(s, x.X), c.expr(s, x.Y)
	if a == nil || b == nil {
		return nil
	}
	o := &plan.Op{Op: x.Op, Not: x.Not, Quant: x.Quant, Cased: x.Cased, Args: []plan.Expr{a, b}, T: types.TBool, At: x.Span(), OpAt: x.OpAt}
	if o.Op == "!=" {
		o.Op, o.Not = "==", !o.Not
	}
	switch x.Op {
	case "==", "!=", "<", "<=", ">", ">=":
		return c.comparison(o, x.Op)
	case "in":
		return c.membership(o)
	}
	return c.textOp(o)
}

// logic flattens chains, so that a thousand alternatives are one node.
func (c *checker) logic(s *scope, x *ast.Binary) plan.Expr {
	var parts []plan.Expr
	ok := true
	var chain []ast.Expr
	var at ast.Expr = x
	for { // a chain leans to the left: walk it without recursion
		b, isBinary := ast.Unparen(at).(*ast.Binary)
		if !isBinary || b.Op != x.Op {
			chain = append(chain, at)
			break
		}
		chain = append(chain, b.Y)
		at = b.X
	}
	slices.Reverse(chain)
	for _, part := range chain {
		e := c.boolean(s, part, "each side of `"+x.Op+"`")
		if e == nil {
			ok = false
			continue
		}
		parts = append(parts, e)
	}
	if !ok {
		return nil
	}
	if x.Op == "and" {
		return &plan.And{Xs: parts, At: x.Span()}
	}
	return &plan.Or{Xs: parts, At: x.Span()}
}

// comparison checks == != < <= > >=.
func (c *checker) comparison(o *plan.Op, written string) plan.Expr {
	a, b := o.Args[0], o.Args[1]
	if isNull(a) || isNull(b) {
		if written != "==" && written != "!=" {
			c.diags.Errorf("D0203", o.At, "nothing is smaller or greater than null").Hint = "to test for a missing value, write: x is null"
			return nil
		}
		v := a
		if isNull(a) {
			v = b
		}
		return &plan.Op{Op: "is", Not: written == "!=", Args: []plan.Expr{v}, T: types.TBool, At: o.At, OpAt: o.OpAt}
	}
	if !c.coerce(&o.Args[0], b) || !c.coerce(&o.Args[1], a) {
		return nil
	}
	a, b = o.Args[0], o.Args[1]
	ta, tb := a.Type(), b.Type()
	if written == "==" || written == "!=" {
		if x := anyEqual(o, a, b); x != nil {
			return x
		}
	}
	same := ta.Kind == tb.Kind || ta.Numeric() && tb.Numeric()
	if !same {
		d := c.diags.Errorf("D0203", o.At, "cannot compare %s with %s", ta.Plain(), tb.Plain())
		d.Operator = o.OpAt
		d.Hint = compareHint(a, b)
		return nil
	}
	if ta.Kind == types.List || ta.Kind == types.Network {
		d := c.diags.Errorf("D0203", o.At, "cannot compare %s with `%s`", ta.Plain(), written)
		d.Operator = o.OpAt
		d.Hint = "use `in`, or a function such as has(list, value)"
		return nil
	}
	if ta.Kind == types.Bool && written != "==" && written != "!=" {
		d := c.diags.Errorf("D0203", o.At, "bool has no order")
		d.Operator = o.OpAt
		return nil
	}
	if !c.sameUnit(ta, tb, o.At, o.OpAt, "compare") {
		return nil
	}
	c.enum(a, b)
	c.enum(b, a)
	return o
}

func compareHint(a, b plan.Expr) string {
	ta, tb := a.Type(), b.Type()
	is := func(k, l types.Kind) bool {
		return ta.Kind == k && tb.Kind == l || ta.Kind == l && tb.Kind == k
	}
	switch {
	case ta.Kind == types.IP || tb.Kind == types.IP:
		return "to test a network, write: " + plan.String(a) + " in 10.0.0.0/8"
	case is(types.String, types.Int), is(types.String, types.Float):
		s, n := a, b
		if tb.Kind == types.String {
			s, n = b, a
		}
		if k, ok := s.(*plan.Const); ok {
			if str, _ := k.Value.(string); str != "" {
				return "without quotes it is a number: " + str
			}
		}
		if k, ok := n.(*plan.Const); ok {
			return fmt.Sprintf("compare the text with %q, or write: float(%s)", plan.FormatValue(k.Value), plan.String(s))
		}
		return "turn the text into a number: float(" + plan.String(s) + ")"
	case is(types.Timestamp, types.Int), is(types.Timestamp, types.Float):
		return "a point in time is written 2024-03-01T00:00:00Z; epoch(time) is a number of seconds"
	case is(types.Duration, types.Int), is(types.Duration, types.Float):
		return "a duration is written 30m or 90d; seconds(d) is a number"
	case ta.Kind == types.List || tb.Kind == types.List:
		return "to test for one of several values, write: x in [a, b]"
	}
	return ""
}

func isNull(x plan.Expr) bool {
	k, ok := x.(*plan.Const)
	return ok && k.T.Kind == types.Null
}

// coerce reads a text constant as the type it is compared with: an address, a
// network, a time or a duration; and a number as text where the field is text of
// an open schema.
func (c *checker) coerce(x *plan.Expr, other plan.Expr) bool {
	k, ok := (*x).(*plan.Const)
	if !ok {
		return true
	}
	want := other.Type().Kind
	if list, ok := k.Value.([]any); ok && want != types.List {
		out := make([]any, len(list))
		elem := types.Invalid
		changed := false
		for i, v := range list {
			w, err := readAs(v, want)
			if err != nil {
				c.diags.Errorf("D0207", k.At, "%s", err)
				return false
			}
			out[i] = w
			changed = changed || w != v
			elem = join2(elem, valueType(w).Kind)
		}
		if changed {
			n := *k
			n.Value, n.T = out, types.ListOf(elem)
			*x = &n
		}
		return true
	}
	v, err := readAs(k.Value, want)
	if err != nil {
		c.diags.Errorf("D0207", k.At, "%s", err)
		return false
	}
	if v != nil && valueType(v) != k.T {
		n := *k
		n.Value, n.T = v, valueType(v)
		if n.T.Kind != types.String {
			n.T.Unit = k.T.Unit
		}
		*x = &n
	}
	return true
}

func join2(a, b types.Kind) types.Kind {
	if a == types.Invalid {
		return b
	}
	return join(types.Type{Kind: a}, types.Type{Kind: b}).Kind
}

// readAs reads a constant as a kind, where one is meant by the other.
func readAs(v any, want types.Kind) (any, error) {
	s, isText := v.(string)
	switch {
	case !isText:
		return v, nil
	case want == types.IP || want == types.Network:
		if strings.Contains(s, "/") {
			p, err := netip.ParsePrefix(s)
			if err != nil {
				return nil, fmt.Errorf("%q is not a network: write 10.0.0.0/8 or fe80::/10", s)
			}
			return p, nil
		}
		a, err := netip.ParseAddr(s)
		if err != nil {
			return nil, fmt.Errorf("%q is not an IP address", s)
		}
		return a, nil
	case want == types.Timestamp:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC(), nil
			}
		}
		return nil, fmt.Errorf("%q is not a point in time: write 2024-03-01T00:00:00Z", s)
	case want == types.Duration:
		return types.ParseDuration(s)
	}
	return v, nil
}

// sameUnit checks that two numbers are per the same length of time. A number
// without a unit fits every unit.
func (c *checker) sameUnit(a, b types.Type, at, opAt source.Span, verb string) bool {
	if a.Unit == b.Unit || a.Unit.Per == 0 || b.Unit.Per == 0 {
		return true
	}
	d := c.diags.Errorf("D0501", at, "cannot %s a number %s with a number %s", verb, a.Unit, b.Unit)
	d.Operator = opAt
	d.Hint = fmt.Sprintf("convert one of them: per(x, %s) is the same rate %s", types.FormatDuration(a.Unit.Per), a.Unit)
	return false
}

// enum warns where a field is compared with a text that it never has.
func (c *checker) enum(field, value plan.Expr) {
	col, ok := field.(*plan.Col)
	if !ok || len(col.Column.Enum) == 0 {
		return
	}
	k, ok := value.(*plan.Const)
	if !ok {
		return
	}
	vals, isList := k.Value.([]any)
	if !isList {
		vals = []any{k.Value}
	}
	for _, v := range vals {
		s, isText := v.(string)
		if !isText || slices.ContainsFunc(col.Column.Enum, func(e string) bool { return strings.EqualFold(e, s) }) {
			continue
		}
		d := c.diags.Add(diag.Diagnostic{Code: "D0208", Severity: diag.Warning, Span: k.At,
			Message: fmt.Sprintf("%s is never %q", col.Column.Name, s)})
		d.Hint = hint(s, col.Column.Enum)
		if d.Hint == "" {
			d.Hint = "its values are: " + strings.Join(col.Column.Enum, ", ")
		}
	}
}

// membership checks x in list, x in network, x in field that is a list.
func (c *checker) membership(o *plan.Op) plan.Expr {
	if !c.coerce(&o.Args[1], o.Args[0]) {
		return nil
	}
	a, b := o.Args[0], o.Args[1]
	ta, tb := a.Type(), b.Type()
	if ta.Kind == types.List && tb.Kind == types.List {
		if k, isConst := b.(*plan.Const); isConst && (ta.Elem == tb.Elem || tb.Elem == types.Null) {
			return anyIn(o, k)
		}
	}
	ok := false
	switch {
	case tb.Kind == types.Network:
		ok = ta.Kind == types.IP
	case tb.Kind == types.List && tb.Elem == types.Network:
		ok = ta.Kind == types.IP
	case tb.Kind == types.List:
		elem := types.Type{Kind: tb.Elem}
		ok = tb.Elem == ta.Kind || tb.Elem == types.Null || ta.Numeric() && elem.Numeric()
	}
	if !ok {
		d := c.diags.Errorf("D0203", o.At, "cannot look for %s in %s", ta.Plain(), tb.Plain())
		d.Operator = o.OpAt
		switch {
		case tb.Kind == types.String && ta.Kind == types.String:
			d.Hint = "for a part of a text, write: " + plan.String(b) + " contains " + plan.String(a)
		case tb.Kind == types.IP && ta.Kind == types.IP:
			d.Hint = "to compare two addresses, write =="
		case tb.Kind != types.List:
			d.Hint = "write a list: [" + plan.String(b) + "]"
		}
		return nil
	}
	c.enum(a, b)
	return o
}

// textOp checks contains, startswith, endswith, like and matches.
func (c *checker) textOp(o *plan.Op) plan.Expr {
	a, b := o.Args[0], o.Args[1]
	ta, tb := a.Type(), b.Type()
	listOfText := tb.Kind == types.List && (tb.Elem == types.String || tb.Elem == types.Null)
	fail := func(code, hint, format string, args ...any) plan.Expr {
		d := c.diags.Errorf(code, o.At, format, args...)
		d.Operator, d.Hint = o.OpAt, hint
		return nil
	}
	switch {
	case ta.Kind == types.Null:
	case ta.Kind != types.String && !(ta.Kind == types.List && ta.Elem == types.String):
		h := ""
		if ta.Kind == types.IP {
			h = "to test a network, write: " + plan.String(a) + " in 10.0.0.0/8"
		} else if ta.Kind != types.List {
			h = "turn it into text: string(" + plan.String(a) + ")"
		}
		return fail("D0203", h, "`%s` needs text, but %s is %s", o.Op, plan.String(a), ta)
	}
	switch {
	case o.Quant != "" && !listOfText:
		return fail("D0203", "write: "+o.Op+" "+o.Quant+" [\"a\", \"b\"]", "`%s %s` needs a list of texts, but this is %s", o.Op, o.Quant, tb)
	case o.Quant == "" && listOfText:
		return fail("D0203", "write: "+o.Op+" any …, or "+o.Op+" all …", "`%s` with a list must say whether any or all of it is meant", o.Op)
	case o.Quant == "" && tb.Kind != types.String:
		return fail("D0203", "put it in quotes", "`%s` needs a text, but this is %s", o.Op, tb)
	}
	if o.Op == "like" || o.Op == "matches" || o.Quant != "" {
		if _, ok := b.(*plan.Const); !ok {
			v, ok := c.opts.Fold(b)
			if !ok {
				return fail("D0206", "", "the pattern of `%s` must be a constant", o.Op)
			}
			o.Args[1] = &plan.Const{Value: v, T: tb, At: b.Span()}
		}
	}
	if o.Op == "matches" {
		for _, p := range texts(o.Args[1].(*plan.Const).Value) {
			if err := checkRegexp(p); err != nil {
				return fail("D0209", regexpHint(p), "this is no regular expression of RE2: %s", err)
			}
		}
	}
	return o
}

func texts(v any) []string {
	if l, ok := v.([]any); ok {
		out := make([]string, 0, len(l))
		for _, e := range l {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	s, _ := v.(string)
	return []string{s}
}

// arithmetic checks + - * / % over numbers, times and durations, and follows the
// units of counts.
func (c *checker) arithmetic(s *scope, x *ast.Binary) plan.Expr {
	a, b := c.expr(s, x.X), c.expr(s, x.Y)
	if a == nil || b == nil {
		return nil
	}
	ta, tb := a.Type(), b.Type()
	t, ok := arithmeticType(x.Op, ta, tb)
	if !ok {
		d := c.diags.Errorf("D0202", x.Span(), "cannot apply `%s` to %s and %s", x.Op, ta.Plain(), tb.Plain())
		d.Operator = x.OpAt
		if ta.Kind == types.String && tb.Kind == types.String && x.Op == "+" {
			d.Hint = "to join texts, write: concat(a, b)"
		} else if ta.Kind == types.String || tb.Kind == types.String {
			d.Hint = "turn the text into a number: float(x)"
		}
		return nil
	}
	switch x.Op {
	case "+", "-", "%":
		if !c.sameUnit(ta, tb, x.Span(), x.OpAt, map[string]string{"+": "add", "-": "subtract", "%": "divide"}[x.Op]) {
			return nil
		}
		t.Unit = ta.Unit
		if t.Unit.Per == 0 {
			t.Unit = tb.Unit
		}
	case "*":
		if ta.Unit.Per != 0 && tb.Unit.Per != 0 {
			c.diags.Errorf("D0502", x.Span(), "the product of two numbers per time has no meaning here")
			return nil
		}
		t.Unit = ta.Unit
		if t.Unit.Per == 0 {
			t.Unit = tb.Unit
		}
	case "/":
		if tb.Unit.Per != 0 && ta.Unit.Per == 0 {
			c.diags.Errorf("D0502", x.Span(), "a plain number divided by a number %s has no meaning here", tb.Unit)
			return nil
		}
		if tb.Unit.Per != 0 && !c.sameUnit(ta, tb, x.Span(), x.OpAt, "divide") {
			return nil
		}
		if tb.Unit.Per == 0 {
			t.Unit = ta.Unit
		}
	}
	return &plan.Op{Op: x.Op, Args: []plan.Expr{a, b}, T: t, At: x.Span(), OpAt: x.OpAt}
}

// arithmeticType is the type of a op b, without its unit.
func arithmeticType(op string, a, b types.Type) (types.Type, bool) {
	ka, kb := a.Kind, b.Kind
	switch {
	case a.Numeric() && b.Numeric():
		if op == "/" || ka == types.Float || kb == types.Float {
			return types.TFloat, true
		}
		return types.TInt, true
	case op == "-" && ka == types.Timestamp && kb == types.Timestamp:
		return types.TDuration, true
	case (op == "+" || op == "-") && ka == types.Timestamp && kb == types.Duration,
		op == "+" && ka == types.Duration && kb == types.Timestamp:
		return types.TTimestamp, true
	case (op == "+" || op == "-" || op == "%") && ka == types.Duration && kb == types.Duration:
		return types.TDuration, true
	case op == "/" && ka == types.Duration && kb == types.Duration:
		return types.TFloat, true
	case (op == "*" || op == "/") && ka == types.Duration && b.Numeric(),
		op == "*" && a.Numeric() && kb == types.Duration:
		return types.TDuration, true
	}
	return types.TInvalid, false
}
