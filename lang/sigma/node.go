package sigma

import (
	"strings"

	"github.com/detlang/det/lang/source"
)

// form is what a YAML node is.
type form uint8

const (
	null form = iota
	scalar
	sequence
	mapping
)

// names of the forms, for messages.
var formNames = [...]string{"nothing", "a value", "a list", "a map"}

func (f form) String() string { return formNames[f] }

// node is a YAML value with its place. Text is that of a scalar; plain says that
// it was written without quotes and not as a block, so that it may be a number or
// a boolean.
type node struct {
	form   form
	text   string
	plain  bool
	items  []*node // of a sequence
	fields []field // of a mapping, in the order written
	at     source.Span
}

// field is an entry of a mapping.
type field struct {
	key   *node
	value *node
}

// set makes a node of a text; of a plain one, some words stand for nothing. False
// where the text is longer than any may be.
func (n *node) set(text string, plain bool) bool {
	if len(text) > maxValue {
		return false
	}
	if plain {
		text = strings.TrimSpace(text)
		switch text {
		case "", "~", "null", "Null", "NULL":
			n.form = null
			return true
		}
	}
	n.form, n.text, n.plain = scalar, text, plain
	return true
}

// get is the value of a key, or nil.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, f := range n.fields {
		if f.key.text == key {
			return f.value
		}
	}
	return nil
}

// key is the node of a key itself, or nil.
func (n *node) key(key string) *node {
	if n == nil {
		return nil
	}
	for _, f := range n.fields {
		if f.key.text == key {
			return f.key
		}
	}
	return nil
}

// list is the items of a sequence; any other node is a list of itself, and
// nothing is an empty one.
func (n *node) list() []*node {
	switch {
	case n == nil || n.form == null:
		return nil
	case n.form == sequence:
		return n.items
	}
	return []*node{n}
}

// boolean reads true or false.
func (n *node) boolean() (value, ok bool) {
	if n == nil || n.form != scalar || !n.plain {
		return false, false
	}
	switch n.text {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

// place is where a key of a mapping stands, or the mapping itself.
func (n *node) place(key string) source.Span {
	if k := n.key(key); k != nil {
		return k.at
	}
	return n.at
}

// line is the text of a scalar on one line.
func (n *node) line() string { return strings.Join(strings.Fields(n.text), " ") }
