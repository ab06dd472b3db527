package eval

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Options are what may be written with an operator.
type Options struct {
	Not   bool   // not in, is not null: the plain complement, true where a value is missing
	Quant string // any or all, before a list of patterns
	Cased bool   // texts are compared exactly; else case is folded
}

// Operator is the kernel of an operator over arguments of the given types, with
// about how many nanoseconds a row of plain text takes. consts has an element an
// argument: the value of a constant, as the language has it, or nil. The kernel
// takes all arguments as columns, but does not read those that are bound here.
// Times and durations may also come as columns hold them, in microseconds.
// Errors are for the author, without the operator's place.
//
//	== != < <= > >=                    numbers, times, durations, texts; == also bool, ip
//	in                                 a list, a network, a list of networks, a column of lists
//	contains startswith endswith       texts; with Quant a list of them
//	like matches                       constant patterns
//	is                                 null, which may be left out
//	+ - * / % neg                      numbers, times, durations
//
// Tests give false where an argument is missing, arithmetic gives missing. A list
// column on the left means any of its elements.
func Operator(op string, o Options, args []types.Type, consts []any) (vec.Kernel, int, error) {
	b, err := bind(op, o, args, consts)
	if err != nil {
		return nil, 0, err
	}
	k := b.fill.Kernel()
	if b.test != nil {
		k = b.test.Kernel()
	}
	read := make([]*vec.Vec, len(b.reads))
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		for i, a := range b.reads {
			read[i] = args[a]
		}
		return k(read, n, mask)
	}, b.cost, nil
}

// bound is an operator made ready: a test, or a computation of what is not Bool.
// reads are the arguments that it takes as columns, in its order.
type bound struct {
	test  vec.Test
	fill  vec.Fill
	kind  types.Kind
	reads []int
	cost  int
}

// operand is an argument: a column, or a constant if value is not nil.
type operand struct {
	arg   int
	typ   types.Type
	value any
}

// binders make the operators ready, by name. left and right are the arguments.
var binders = map[string]func(op string, o Options, left, right operand) (bound, error){
	"==":         bindEqual,
	"!=":         bindEqual,
	"<":          bindOrder,
	"<=":         bindOrder,
	">":          bindOrder,
	">=":         bindOrder,
	"in":         bindIn,
	"contains":   bindText,
	"startswith": bindText,
	"endswith":   bindText,
	"like":       bindText,
	"matches":    bindText,
	"is":         bindIs,
	"+":          bindArith,
	"-":          bindArith,
	"*":          bindArith,
	"/":          bindArith,
	"%":          bindArith,
	"neg":        bindArith,
}

func bind(op string, o Options, args []types.Type, consts []any) (bound, error) {
	if op == "-" && len(args) == 1 {
		op = "neg"
	}
	prepare, ok := binders[op]
	if !ok || len(args) == 0 || len(args) > 2 || len(consts) != len(args) {
		return bound{}, fmt.Errorf("there is no operator %s of %d values", op, len(args))
	}
	left := operand{0, args[0], consts[0]}
	right := left
	if len(args) == 2 {
		right = operand{1, args[1], consts[1]}
	}
	if op != "is" && (left.typ.Kind == types.Null || right.typ.Kind == types.Null) {
		return bindMissing(op, o), nil
	}
	b, err := prepare(op, o, left, right)
	if err == nil && b.test != nil {
		b.kind = types.Bool
		if o.Not != (op == "!=") {
			b.test = b.test.Not()
		}
	}
	return b, err
}

// bindMissing is any operator beside null: what compares is false, what computes
// is missing.
func bindMissing(op string, o Options) bound {
	if _, ok := ariths[op]; ok {
		return bound{kind: types.Null, fill: func(_ []*vec.Vec, n int, out *vec.Vec) { *out = *vec.Nulls(n) }}
	}
	test := vec.Test(vec.Never)
	if o.Not != (op == "!=") {
		test = test.Not()
	}
	return bound{kind: types.Bool, test: test}
}

func bindIs(_ string, _ Options, left, right operand) (bound, error) {
	if right.arg != left.arg && right.typ.Kind != types.Null {
		return bound{}, fmt.Errorf("is takes null: write == to compare")
	}
	return bound{test: vec.IsMissing, reads: []int{left.arg}, cost: 1}, nil
}

var orders = map[string]vec.Order{
	"==": vec.Equal, "!=": vec.Equal, "<": vec.Less, "<=": vec.AtMost, ">": vec.More, ">=": vec.AtLeast,
}

func bindEqual(op string, o Options, left, right operand) (bound, error) {
	switch {
	case o.Quant != "":
		return bound{}, fmt.Errorf("%s takes one value: write in [...]", op)
	case left.typ.Kind == types.List && right.typ.Kind == types.List:
		return bound{}, fmt.Errorf("lists cannot be compared: write intersects(a, b)")
	case left.typ.Kind == types.List:
		return bindElement(right, left, o)
	case right.typ.Kind == types.List:
		return bindElement(left, right, o)
	}
	return compare(vec.Equal, o, left, right)
}

func bindOrder(op string, o Options, left, right operand) (bound, error) {
	if o.Quant != "" {
		return bound{}, fmt.Errorf("%s takes one value", op)
	}
	if left.typ.Kind == types.List && right.value != nil {
		left.typ = types.Type{Kind: left.typ.Elem}
		b, err := compare(orders[op], o, left, right)
		b.test = vec.AnyElement(b.test)
		return b, err
	}
	return compare(orders[op], o, left, right)
}

// compare compares two operands that are not lists. A constant goes to the right
// and is bound.
func compare(order vec.Order, o Options, left, right operand) (bound, error) {
	if left.value != nil && right.value == nil {
		left, right, order = right, left, order.Mirror()
	}
	l, r := left.typ.Kind, right.typ.Kind
	plain := l == r && (l == types.Timestamp || l == types.Duration) || left.typ.Numeric() && right.typ.Numeric()
	b := bound{reads: []int{left.arg, right.arg}, cost: 1}
	if right.value != nil {
		b.reads = b.reads[:1]
	}
	switch c := microseconds(right.value).(type) {
	case nil:
		switch {
		case plain:
			b.test = vec.CompareNumbers(order)
		case l == types.String && r == l:
			b.test, b.cost = vec.CompareTexts(order, o.Cased), 10
		case l == types.Bool && r == l && order == vec.Equal:
			b.test = vec.EqualBools()
		case l == types.IP && r == l && order == vec.Equal:
			b.test = vec.EqualIPs()
		}
	case int64:
		if plain {
			b.test = vec.CompareInt(order, c)
		}
	case float64:
		if plain {
			b.test = vec.CompareFloat(order, c)
		}
	case string:
		if l == types.String {
			b.test, b.cost = vec.CompareText(order, c, o.Cased), 4
		}
	case bool:
		if l == types.Bool && order == vec.Equal {
			b.test = vec.EqualBool(c)
		}
	case netip.Addr:
		if l == types.IP && order == vec.Equal {
			b.test, b.cost = vec.InNetworks(networkOf(c)), 2
		}
	}
	switch {
	case b.test != nil:
		return b, nil
	case l == r && order != vec.Equal:
		return bound{}, fmt.Errorf("values of type %s have no order", left.typ.Plain())
	}
	return bound{}, fmt.Errorf("cannot compare %s with %s", left.typ.Plain(), right.typ.Plain())
}

// microseconds is a constant as columns hold it.
func microseconds(value any) any {
	switch x := value.(type) {
	case time.Duration:
		return x.Microseconds()
	case time.Time:
		return x.UnixMicro()
	}
	return value
}

// networkOf is the networks of an address or a network; none for anything else.
func networkOf(value any) []netip.Prefix {
	switch x := value.(type) {
	case netip.Addr:
		return []netip.Prefix{netip.PrefixFrom(x.WithZone(""), x.BitLen())}
	case netip.Prefix:
		return []netip.Prefix{x}
	}
	return nil
}

// bindIn is x in a constant list or network, or in a column of lists.
func bindIn(_ string, o Options, left, right operand) (bound, error) {
	if o.Quant != "" {
		return bound{}, fmt.Errorf("in takes a list: leave out %s", o.Quant)
	}
	elem := left.typ
	if left.typ.Kind == types.List {
		elem = types.Type{Kind: left.typ.Elem}
	}
	var b bound
	switch list := right.value.(type) {
	case []any:
		test, err := inList(elem, list, o.Cased)
		if err != nil {
			return bound{}, err
		}
		b = bound{test: test, reads: []int{left.arg}, cost: 6}
	case netip.Prefix:
		if elem.Kind != types.IP && elem.Kind != types.String {
			return bound{}, fmt.Errorf("%s is not in a network: only ip is", elem.Plain())
		}
		b = bound{test: vec.InNetworks(networkOf(list)), reads: []int{left.arg}, cost: 6}
	default:
		if right.typ.Kind != types.List {
			return bound{}, fmt.Errorf("in takes a list or a network, not %s", right.typ.Plain())
		}
		if left.typ.Kind == types.List {
			return bound{}, fmt.Errorf("a list is not in a list: write intersects(a, b)")
		}
		return bindElement(left, right, o)
	}
	if left.typ.Kind == types.List {
		b.test = vec.AnyElement(b.test)
	}
	return b, nil
}

// bindElement is whether a value equals an element of a column of lists.
func bindElement(x, list operand, o Options) (bound, error) {
	elem := operand{list.arg, types.Type{Kind: list.typ.Elem}, nil}
	if list.value != nil {
		return bound{}, fmt.Errorf("a list is not compared: write in")
	}
	b, err := compare(vec.Equal, o, elem, x)
	if err != nil {
		return bound{}, err
	}
	if b.cost += 4; x.value != nil {
		b.test = vec.AnyElement(b.test)
		return b, nil
	}
	b.test, b.reads = vec.InElements(b.test), []int{x.arg, list.arg}
	return b, nil
}

// inList is whether a value of a type equals one of a list. Null in the list
// equals nothing.
func inList(t types.Type, list []any, cased bool) (vec.Test, error) {
	var (
		texts  []string
		ints   []int64
		floats []float64
		nets   []netip.Prefix
		bools  []bool
		count  int
	)
	for _, value := range list {
		ok := false
		switch x := value.(type) {
		case nil:
			continue
		case string:
			texts, ok = append(texts, x), t.Kind == types.String
		case int64:
			ints, ok = append(ints, x), t.Numeric() || t.Kind == types.Timestamp || t.Kind == types.Duration
		case float64:
			floats, ok = append(floats, x), t.Numeric()
		case time.Time:
			ints, ok = append(ints, x.UnixMicro()), t.Kind == types.Timestamp
		case time.Duration:
			ints, ok = append(ints, x.Microseconds()), t.Kind == types.Duration
		case netip.Addr, netip.Prefix:
			nets, ok = append(nets, networkOf(x)...), t.Kind == types.IP || t.Kind == types.String
		case bool:
			bools, ok = append(bools, x), t.Kind == types.Bool
		}
		if !ok {
			return nil, fmt.Errorf("%s is not in a list that holds %v", t.Plain(), value)
		}
		count++
	}
	switch {
	case count == 0:
		return vec.Never, nil
	case len(texts) > 0 && len(nets) > 0:
		return nil, fmt.Errorf("a list holds texts or addresses, not both")
	case len(texts) > 0:
		return vec.InTexts(texts, cased), nil
	case len(nets) > 0:
		return vec.InNetworks(nets), nil
	case len(bools) > 0:
		return vec.InBools(bools), nil
	}
	return vec.InNumbers(ints, floats), nil
}

// textOps has the operators on text, with what a row costs about.
var textOps = map[string]struct {
	op   vec.TextOp
	cost int
}{
	"contains":   {vec.Contains, 20},
	"startswith": {vec.StartsWith, 5},
	"endswith":   {vec.EndsWith, 5},
	"like":       {vec.IsLike, 30},
	"matches":    {vec.Matches, 200},
}

func bindText(name string, o Options, left, right operand) (bound, error) {
	op := textOps[name]
	elem := left.typ.Kind
	if elem == types.List {
		elem = left.typ.Elem
	}
	if elem != types.String {
		return bound{}, fmt.Errorf("%s tests text, not %s", name, left.typ.Plain())
	}
	b := bound{reads: []int{left.arg}, cost: op.cost}
	var err error
	switch c := right.value.(type) {
	case string:
		if o.Quant != "" {
			return bound{}, fmt.Errorf("%s %s takes a list of texts", name, o.Quant)
		}
		b.test, err = vec.TestText(op.op, []string{c}, false, o.Cased)
	case []any:
		if o.Quant == "" {
			return bound{}, fmt.Errorf("write %s any or %s all before a list", name, name)
		}
		texts := make([]string, len(c))
		for i, x := range c {
			s, ok := x.(string)
			if !ok {
				return bound{}, fmt.Errorf("%s takes texts, not %v", name, x)
			}
			texts[i] = s
		}
		b.cost = min(b.cost*max(len(c), 1), math.MaxInt16)
		b.test, err = vec.TestText(op.op, texts, o.Quant == "all", o.Cased)
	default:
		if right.typ.Kind != types.String || o.Quant != "" || left.typ.Kind == types.List {
			return bound{}, fmt.Errorf("%s takes a text, or any or all of a constant list", name)
		}
		b.reads = []int{left.arg, right.arg}
		b.test, err = vec.TestTexts(op.op, o.Cased)
	}
	if err != nil {
		return bound{}, fmt.Errorf("%s: %w", name, err)
	}
	if left.typ.Kind == types.List {
		b.test = vec.AnyElement(b.test)
	}
	return b, nil
}

// ariths has the operators that compute.
var ariths = map[string]vec.ArithOp{
	"+": vec.Add, "-": vec.Subtract, "*": vec.Multiply, "/": vec.Divide, "%": vec.Remainder, "neg": vec.Negate,
}

func bindArith(op string, _ Options, left, right operand) (bound, error) {
	fill, kind, ok := vec.Arith(ariths[op], left.typ.Kind, right.typ.Kind)
	switch {
	case !ok && left.arg == right.arg:
		return bound{}, fmt.Errorf("cannot negate %s", left.typ.Plain())
	case !ok:
		return bound{}, fmt.Errorf("cannot compute %s %s %s", left.typ.Plain(), op, right.typ.Plain())
	}
	return bound{fill: fill, kind: kind, reads: []int{left.arg, right.arg}, cost: 1}, nil
}
