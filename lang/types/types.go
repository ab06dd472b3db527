// Package types holds the words that the language and the engine share: types,
// units, schemas and signatures. It imports nothing of ours.
package types

import (
	"fmt"
	"strings"
	"time"
)

// Kind is the shape of a value.
type Kind uint8

// The kinds. Timestamp is microseconds since the Unix epoch, UTC; Duration is
// microseconds; IP covers v4 and v6 in one type; Network is an IP prefix and
// exists only as a constant. Number and Any occur only in signatures.
const (
	Invalid Kind = iota
	Null
	Bool
	Int
	Float
	String
	Timestamp
	Duration
	IP
	Network
	List
	Stats  // a baseline or a peer group: has members n, mean, stddev …
	Number // signatures only: Int or Float
	Any    // signatures only
)

var kindNames = [...]string{"invalid", "null", "bool", "int", "float", "string", "timestamp", "duration", "ip", "network", "list", "stats", "number", "any"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", k)
}

// Unit is the period that a count or a sum belongs to; zero is "no unit".
// A count over a one-hour window has Per == time.Hour.
type Unit struct{ Per time.Duration }

func (u Unit) String() string {
	if u.Per == 0 {
		return ""
	}
	return "per " + FormatDuration(u.Per)
}

// Type is a kind, the element kind of a list, and a unit.
type Type struct {
	Kind Kind
	Elem Kind
	Unit Unit
}

// The plain types.
var (
	TInvalid   = Type{}
	TNull      = Type{Kind: Null}
	TBool      = Type{Kind: Bool}
	TInt       = Type{Kind: Int}
	TFloat     = Type{Kind: Float}
	TString    = Type{Kind: String}
	TTimestamp = Type{Kind: Timestamp}
	TDuration  = Type{Kind: Duration}
	TIP        = Type{Kind: IP}
	TNetwork   = Type{Kind: Network}
	TNumber    = Type{Kind: Number}
	TAny       = Type{Kind: Any}
	TStats     = Type{Kind: Stats}
)

// ListOf is the type of lists of k.
func ListOf(k Kind) Type { return Type{Kind: List, Elem: k} }

func (t Type) String() string {
	s := t.Kind.String()
	if t.Kind == List {
		s = "list of " + t.Elem.String()
	}
	if t.Unit.Per != 0 {
		s += " " + t.Unit.String()
	}
	return s
}

// Plain is the type without its unit.
func (t Type) Plain() Type { t.Unit = Unit{}; return t }

// Numeric reports whether arithmetic applies to plain numbers of this type.
func (t Type) Numeric() bool { return t.Kind == Int || t.Kind == Float }

// Named is the type with this name in a schema ("string", "list of int" is
// written "int[]"), or false.
func Named(name string) (Type, bool) {
	if el, ok := strings.CutSuffix(name, "[]"); ok {
		t, ok := Named(el)
		if !ok || t.Kind == List {
			return TInvalid, false
		}
		return ListOf(t.Kind), true
	}
	switch name {
	case "bool", "int", "float", "string", "timestamp", "duration", "ip":
		for k, n := range kindNames {
			if n == name {
				return Type{Kind: Kind(k)}, true
			}
		}
	}
	return TInvalid, false
}

// TypeNames are the names that Named knows, for hints.
var TypeNames = []string{"bool", "int", "float", "string", "timestamp", "duration", "ip"}

// Field is one column of a schema. Path is where the reader finds it in a
// record: one element a level of nesting; nil means the name itself. From holds
// other paths that the same value may have, tried in order.
type Field struct {
	Name     string
	Type     Type
	Doc      string
	Paths    [][]string
	Enum     []string
	Optional bool
}

// Schema names the fields of one kind of event. Time is the name of the field
// that holds the event time. An Open schema admits any other field as a string.
type Schema struct {
	Name     string
	Doc      string
	Fields   []Field
	Time     string
	Open     bool
	Variants []Variant
}

// Variant is a field as the events of one log source have it. Column is what its
// column of the stream is called, which no field is.
type Variant struct {
	Column string
	Field
}

// Column gives the field that a column of the stream holds, as a variant if it is
// one; nil for a column that the schema does not name.
func (s *Schema) Column(name string) *Field {
	if i := s.Find(name); i >= 0 {
		return &s.Fields[i]
	}
	for i := range s.Variants {
		if s.Variants[i].Column == name {
			return &s.Variants[i].Field
		}
	}
	return nil
}

// Find is the index of a field, or -1. Names are exact.
func (s *Schema) Find(name string) int {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// Param is one parameter of a function, an aggregate or a stage clause. Const
// parameters take constants only, known when the rule is compiled.
type Param struct {
	Name     string
	Type     Type
	Const    bool
	Optional bool
	Variadic bool // last parameter: one or more
	Doc      string
}

// Signature is what a function takes and gives. Result nil means that the
// result is Fixed; otherwise it is computed from the argument types: TInvalid
// where they do not go together. Fixed beside Result is what is printed.
type Signature struct {
	Params []Param
	Fixed  Type
	Result func(args []Type) Type
}

// Accepts reports whether an argument of type t fits parameter type p. An int
// fits a float; a null fits everything, and an empty list every list.
func Accepts(p, t Type) bool {
	switch {
	case p.Kind == Any, t.Kind == Null:
		return true
	case p.Kind == Number:
		return t.Numeric()
	case p.Kind == Float:
		return t.Numeric()
	case p.Kind == List:
		return t.Kind == List && (p.Elem == Any || t.Elem == Null || p.Elem == t.Elem)
	}
	return p.Kind == t.Kind
}

func (s Signature) String() string {
	var b strings.Builder
	b.WriteByte('(')
	for i, p := range s.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
		b.WriteByte(' ')
		if p.Const {
			b.WriteString("const ")
		}
		b.WriteString(p.Type.String())
		if p.Variadic {
			b.WriteString("…")
		}
		if p.Optional {
			b.WriteByte('?')
		}
	}
	b.WriteString(") ")
	if s.Result != nil && s.Fixed.Kind == Invalid {
		b.WriteString("as its arguments")
	} else {
		b.WriteString(s.Fixed.String())
	}
	return b.String()
}

// FormatDuration writes d as the language does: 1d12h, 30m, 500ms.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	if d < 0 {
		b.WriteByte('-')
		d = -d
	}
	for _, u := range durationUnits {
		if n := d / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.size
		}
	}
	return b.String()
}

var durationUnits = []struct {
	name string
	size time.Duration
}{
	{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second},
	{"ms", time.Millisecond}, {"us", time.Microsecond}, {"ns", time.Nanosecond},
}

// ParseDuration reads what FormatDuration writes, and weeks ("2w").
func ParseDuration(s string) (time.Duration, error) {
	rest, neg := s, false
	if r, ok := strings.CutPrefix(rest, "-"); ok {
		rest, neg = r, true
	}
	if rest == "" {
		return 0, fmt.Errorf("%q is not a duration: write 30m, 1h30m or 7d", s)
	}
	var total time.Duration
	for rest != "" {
		i := 0
		for i < len(rest) && (rest[i] >= '0' && rest[i] <= '9' || rest[i] == '_') {
			i++
		}
		j := i
		for j < len(rest) && (rest[j] < '0' || rest[j] > '9') {
			j++
		}
		var n int64
		if _, err := fmt.Sscanf(strings.ReplaceAll(rest[:i], "_", ""), "%d", &n); err != nil {
			return 0, fmt.Errorf("%q is not a duration: write 30m, 1h30m or 7d", s)
		}
		unit := time.Duration(0)
		if rest[i:j] == "w" {
			unit = 7 * 24 * time.Hour
		}
		for _, u := range durationUnits {
			if u.name == rest[i:j] {
				unit = u.size
			}
		}
		if unit == 0 {
			return 0, fmt.Errorf("%q is not a unit of time: use ms, s, m, h, d or w", rest[i:j])
		}
		step := time.Duration(n) * unit
		if n != 0 && (step/unit != time.Duration(n) || total+step < total) {
			return 0, fmt.Errorf("%q is longer than 292 years", s)
		}
		total += step
		rest = rest[j:]
	}
	if neg {
		total = -total
	}
	return total, nil
}
