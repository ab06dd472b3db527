package eval

import (
	"fmt"

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
	if !ok || len(consts) != len(args) || !takes(op, len(args)) {
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

// takes reports whether an operator takes n values.
func takes(op string, n int) bool {
	switch op {
	case "neg":
		return n == 1
	case "is":
		return n == 1 || n == 2
	}
	return n == 2
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
