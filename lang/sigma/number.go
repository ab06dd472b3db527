package sigma

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/detlang/det/lang/diag"
)

// Versions 1.1 and 1.2 of YAML read some plain values differently, and each engine
// has one or the other. Such a value is taken as the text that it is, with a
// warning (D0912).
var ambiguous = regexp.MustCompile(`^([-+]?0[0-9][0-9_]*|[-+]?[0-9]+(_[0-9]+)+|0b[01_]+|(?i:yes|no|on|off)|[-+]?[0-9]+(:[0-5]?[0-9])+|[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?([0-9]+\.[0-9]*|\.[0-9]+)[eE][0-9]+)$`)

var (
	decimal = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)
	hex     = regexp.MustCompile(`^[-+]?0x[0-9a-fA-F]+$`)
	octal   = regexp.MustCompile(`^0o[0-7]+$`)
	// fraction is what all versions of YAML take for a number that is not whole.
	fraction = regexp.MustCompile(`^[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?$`)
	decfrac  = regexp.MustCompile(`^[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?$`)
)

// value is the text that a scalar is compared as. A number is its digits: events
// are compared as text, in which 4625 and "4625" are one.
func (n *node) value(diags *diag.List) string {
	if !n.plain {
		return n.text
	}
	switch {
	case decimal.MatchString(n.text):
		return strings.TrimPrefix(n.text, "+")
	case hex.MatchString(n.text), octal.MatchString(n.text):
		if v, err := strconv.ParseInt(n.text, 0, 64); err == nil {
			return strconv.FormatInt(v, 10)
		}
	case fraction.MatchString(n.text):
		if v, ok := n.fraction(); ok {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	case ambiguous.MatchString(n.text):
		d := diags.Warnf("D0912", n.at, "versions of YAML read %s differently; here it is the text %q", n.text, n.text)
		d.Hint = "put it in quotes"
	}
	if b, ok := n.boolean(); ok {
		return strconv.FormatBool(b)
	}
	return n.text
}

// fraction reads a number that was written with a point: such a value is compared as
// a number, since 1.50 and 1.5 are one.
func (n *node) fraction() (float64, bool) {
	if n.form != scalar || !n.plain || !fraction.MatchString(n.text) {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.text, 64)
	return v, err == nil
}

// number reads a number, also one in quotes: int64 or float64.
func (n *node) number() (any, bool) {
	s := strings.TrimPrefix(n.text, "+")
	if n.form != scalar {
		return nil, false
	}
	if decimal.MatchString(s) || hex.MatchString(s) {
		if v, err := strconv.ParseInt(s, 0, 64); err == nil {
			return v, true
		}
	}
	if decfrac.MatchString(s) {
		if v, err := strconv.ParseFloat(s, 64); err == nil {
			return v, true
		}
	}
	return nil, false
}
