// Package eval evaluates the expressions of all rules that read one stream as one
// graph over the kernels of runtime/vec.
//
// A node is an input column, a constant, an operator or a function over other
// nodes, or a connective. Equal nodes are one node, so a predicate that a thousand
// rules share exists once and is computed at most once for a row. A Frame computes
// the graph over one batch after another: nothing is computed that is not asked
// for, costly nodes only for the rows in which their answer matters.
package eval

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// Graph holds expressions whose equal parts are one. It is built, then run by one
// Frame: kernels remember what they saw, so a graph serves one engine and is not
// safe for concurrent use.
type Graph struct {
	nodes []node
	ids   map[string]ID
}

// ID is a node of a graph.
type ID int32

// node is one node; nodes come after their arguments.
type node struct {
	op     nodeOp
	kind   types.Kind
	col    int        // input
	value  *constant  // literal
	test   vec.Test   // operator that gives Bool
	fill   vec.Fill   // operator that gives other than Bool
	kernel vec.Kernel // function
	args   []ID
	cost   int // nanoseconds a row, arguments included
}

type nodeOp uint8

const (
	input nodeOp = iota
	literal
	call
	and
	or
	not
)

// maxCost bounds the sums of costs.
const maxCost = math.MaxInt32 / 2

// NewGraph makes an empty graph.
func NewGraph() *Graph { return &Graph{ids: map[string]ID{}} }

// Len is the number of nodes.
func (g *Graph) Len() int { return len(g.nodes) }

// Kind is the kind of what a node gives.
func (g *Graph) Kind(id ID) types.Kind { return g.nodes[id].kind }

// Cost is about how many nanoseconds a row of a node takes, its arguments
// included.
func (g *Graph) Cost(id ID) int { return g.nodes[id].cost }

// add gives the node its ID, that of an equal one if there is one. key tells it
// from all others.
func (g *Graph) add(key []byte, n node) ID {
	if id, ok := g.ids[string(key)]; ok {
		return id
	}
	for _, a := range n.args {
		n.cost = min(n.cost+g.nodes[a].cost, maxCost)
	}
	id := ID(len(g.nodes))
	g.nodes = append(g.nodes, n)
	g.ids[string(key)] = id
	return id
}

// nodeKey begins the key of a node: what it does, and its arguments.
func nodeKey(op nodeOp, kind types.Kind, args ...ID) []byte {
	key := binary.AppendUvarint([]byte{byte(op), byte(kind)}, uint64(len(args)))
	for _, a := range args {
		key = binary.AppendUvarint(key, uint64(a))
	}
	return key
}

// Input is a column of the batches.
func (g *Graph) Input(col int, kind types.Kind) ID {
	return g.Late(col, kind, 0)
}

// Late is a column of the batches that is made when it is read, at some cost a row.
func (g *Graph) Late(col int, kind types.Kind, cost int) ID {
	return g.add(nodeKey(input, kind, ID(col)), node{op: input, kind: kind, col: col, cost: cost})
}

// Const is a constant as the language has it: bool, int64, float64, string,
// time.Duration, time.Time, netip.Addr, netip.Prefix, []any, or nil for null. See
// MaxListColumn for the long lists that functions do not see.
func (g *Graph) Const(kind types.Kind, value any) ID {
	key := nodeKey(literal, kind)
	if list, ok := value.([]any); ok && len(list) > longList {
		key = append(key, digest(list)...)
	} else {
		key = appendValue(key, value)
	}
	return g.add(key, node{op: literal, kind: kind, value: &constant{kind: kind, value: value}})
}

// longList is how many elements of a list its key holds; that of a longer list is
// their digest, since a list may hold a million.
const longList = 1_000

// digest is the SHA-256 of a list's elements.
func digest(list []any) []byte {
	h := sha256.New()
	var one []byte
	for _, e := range list {
		one = appendValue(one[:0], e)
		h.Write(one)
	}
	return h.Sum(nil)
}

// appendValue writes a constant so that no two write alike.
func appendValue(key []byte, value any) []byte {
	text := func(tag byte, s string) []byte {
		return append(binary.AppendUvarint(append(key, tag), uint64(len(s))), s...)
	}
	switch x := value.(type) {
	case nil:
		return append(key, 'n')
	case int64:
		return binary.AppendVarint(append(key, 'i'), x)
	case float64:
		return binary.AppendUvarint(append(key, 'f'), math.Float64bits(x))
	case string:
		return text('s', x)
	case time.Time:
		return text('t', x.UTC().Format(time.RFC3339Nano))
	case netip.Addr:
		return text('a', x.String())
	case []any:
		key = binary.AppendUvarint(append(key, 'l'), uint64(len(x)))
		for _, e := range x {
			key = appendValue(key, e)
		}
		return key
	}
	return text('v', fmt.Sprintf("%T %v", value, value))
}

// Call is a kernel over nodes. key tells what it computes: two calls with the same
// key and arguments are one, and the second kernel is dropped. kind is the kind of
// what it gives, cost about the nanoseconds that a row takes.
func (g *Graph) Call(key string, k vec.Kernel, kind types.Kind, cost int, args ...ID) ID {
	return g.add(append(nodeKey(call, kind, args...), key...),
		node{op: call, kind: kind, kernel: k, cost: cost, args: args})
}

// Operator is an operator over nodes; see the function of that name. The arguments
// that are constants are bound, so that the graph never lays them out as columns.
func (g *Graph) Operator(op string, o Options, args []types.Type, ids ...ID) (ID, error) {
	negated := o.Not != (op == "!=") // one node for an operator and its complement
	o.Not = false
	if op == "!=" {
		op = "=="
	}
	consts := make([]any, len(ids))
	for i, id := range ids {
		if c := g.nodes[id].value; c != nil {
			consts[i] = c.value
		}
	}
	b, err := bind(op, o, args, consts)
	if err != nil {
		return 0, err
	}
	reads := make([]ID, len(b.reads))
	for i, a := range b.reads {
		reads[i] = ids[a]
	}
	key := append(nodeKey(call, b.kind, ids...), fmt.Sprintf("operator %s %s %t", op, o.Quant, o.Cased)...)
	id := g.add(key, node{op: call, kind: b.kind, test: b.test, fill: b.fill, cost: b.cost, args: reads})
	if negated && b.kind == types.Bool {
		id = g.Not(id)
	}
	return id, nil
}

// And holds in the rows in which all nodes hold. A missing Bool does not hold.
func (g *Graph) And(ids ...ID) ID { return g.connect(and, ids) }

// Or holds in the rows in which one of the nodes holds.
func (g *Graph) Or(ids ...ID) ID { return g.connect(or, ids) }

// connect makes And or Or of its flattened arguments, each once, in ascending
// order of cost. An argument that decides alone (false in And, true in Or), and x
// beside not x, make it a constant.
func (g *Graph) connect(op nodeOp, ids []ID) ID {
	var args []ID
	has := map[ID]bool{}
	var flatten func(ids []ID)
	flatten = func(ids []ID) {
		for _, id := range ids {
			if n := &g.nodes[id]; n.op == op {
				flatten(n.args)
			} else if !has[id] {
				has[id] = true
				args = append(args, id)
			}
		}
	}
	flatten(ids)
	decisive := op == or
	args = slices.DeleteFunc(args, func(id ID) bool {
		n := &g.nodes[id]
		return n.op == literal && (n.value.value == true) != decisive
	})
	for _, id := range args {
		n := &g.nodes[id]
		if n.op == literal || n.op == not && has[n.args[0]] {
			return g.Const(types.Bool, decisive)
		}
	}
	switch {
	case len(args) == 0:
		return g.Const(types.Bool, !decisive)
	case len(args) == 1 && g.whole(args[0]): // another may be missing, which And is not
		return args[0]
	}
	slices.SortFunc(args, func(a, b ID) int { return cmp.Or(g.nodes[a].cost-g.nodes[b].cost, int(a-b)) })
	return g.add(nodeKey(op, types.Bool, args...), node{op: op, kind: types.Bool, args: args})
}

// Not holds in the rows in which a node does not hold, also where it is missing.
func (g *Graph) Not(id ID) ID {
	switch n := &g.nodes[id]; {
	case n.op == literal:
		return g.Const(types.Bool, n.value.value != true)
	case n.op == not && g.whole(n.args[0]):
		return n.args[0]
	}
	return g.add(nodeKey(not, types.Bool, id), node{op: not, kind: types.Bool, args: []ID{id}})
}

// whole reports whether a node is Bool and never missing.
func (g *Graph) whole(id ID) bool {
	n := &g.nodes[id]
	return n.test != nil || n.op == and || n.op == or || n.op == not
}
