package eval

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

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
