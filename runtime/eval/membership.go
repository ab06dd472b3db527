package eval

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

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
			if texts == nil {
				texts = make([]string, 0, len(list)) // there may be a million
			}
			texts, ok = append(texts, x), t.Kind == types.String
		case int64:
			if ints == nil {
				ints = make([]int64, 0, len(list))
			}
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
