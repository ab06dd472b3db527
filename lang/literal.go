package lang

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
)

func (l *lowering) literal(t lexer.Token) *ast.Literal {
	lit := l.literalAt(l.at(t))
	return &lit
}

// literalAt reads the value of a literal. One that is out of range is told, and
// stands as the zero of its kind.
func (l *lowering) literalAt(at source.Span) ast.Literal {
	raw := at.Text()
	lit := ast.Literal{Raw: raw, At: at}
	switch raw {
	case "null":
		return lit
	case "true", "false":
		lit.Value = raw == "true"
		return lit
	}
	switch raw[0] {
	case '\'':
		lit.Value = raw[1 : len(raw)-1]
	case '"':
		lit.Value = l.unquote(at)
	default:
		v, err := number(raw)
		if err != nil {
			l.diags.Errorf("D0111", at, "%s", err)
		}
		lit.Value = v
	}
	return lit
}

// number reads a literal that starts with a digit. With an error comes the zero
// of what it looks like.
func number(raw string) (any, error) {
	_, form := numeral(raw)
	switch form {
	case integer:
		return readInteger(raw)
	case float:
		v, err := strconv.ParseFloat(strings.ReplaceAll(raw, "_", ""), 64)
		if err != nil {
			return 0.0, fmt.Errorf("%s is beyond the range of a float", describe(raw))
		}
		return v, nil
	case duration:
		return types.ParseDuration(raw)
	case instant:
		return readTime(raw)
	case address:
		v, err := netip.ParseAddr(raw)
		if err != nil {
			return v, fmt.Errorf("%s is not an IP address", describe(raw))
		}
		return v, nil
	default:
		v, err := netip.ParsePrefix(raw)
		if err != nil {
			return v, fmt.Errorf("%s is not a network", describe(raw))
		}
		return v, nil
	}
}

func readInteger(raw string) (int64, error) {
	digits, base := strings.ReplaceAll(raw, "_", ""), 10
	if len(digits) > 2 && digits[1]|0x20 == 'x' {
		digits, base = digits[2:], 16
	}
	v, err := strconv.ParseInt(digits, base, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is beyond the range of an int, which ends at 9223372036854775807", describe(raw))
	}
	return v, nil
}

// timeLayouts are RFC 3339, the same to the minute, and a date, which means its
// first moment. All times need a zone, since there is no local one.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly}

func readTime(raw string) (time.Time, error) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, strings.ToUpper(raw)); err == nil {
			return t.UTC(), nil
		}
	}
	if _, err := time.Parse("2006-01-02T15:04:05", strings.ToUpper(raw)); err == nil {
		return time.Time{}, fmt.Errorf("%s has no time zone: add Z for UTC, or an offset such as +01:00", describe(raw))
	}
	return time.Time{}, fmt.Errorf("%s does not exist as a date or a time", describe(raw))
}

// unquote reads a string in double quotes. \xNN is the character U+00NN, so a
// string is always text.
func (l *lowering) unquote(at source.Span) string {
	body := at.Text()
	body = body[1 : len(body)-1]
	if strings.IndexByte(body, '\\') < 0 {
		return body
	}
	var b strings.Builder
	b.Grow(len(body))
	told := false
	for i := 0; i < len(body); {
		if body[i] != '\\' {
			b.WriteByte(body[i])
			i++
			continue
		}
		r, n, ok := escape(body[i:])
		if !ok {
			if !told {
				l.unknownEscape(at, i+1, n)
			}
			told, r = true, utf8.RuneError
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// plainEscapes are the characters that a backslash and one letter stand for.
var plainEscapes = map[byte]rune{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '"': '"'}

// escape reads the escape at the start of s, which is a backslash and more, and
// its length in bytes.
func escape(s string) (r rune, n int, ok bool) {
	if r, ok := plainEscapes[s[1]]; ok {
		return r, 2, true
	}
	digits := ""
	switch {
	case s[1] == 'x' && len(s) >= 4:
		digits, n = s[2:4], 4
	case strings.HasPrefix(s[1:], "u{"):
		if stop := strings.IndexByte(s, '}'); stop > 0 {
			digits, n = s[3:stop], stop+1
		}
	}
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || strings.ContainsRune(digits, '_') || !utf8.ValidRune(rune(v)) || v > utf8.MaxRune {
		_, size := utf8.DecodeRuneInString(s[1:])
		return 0, 1 + size, false
	}
	return rune(v), n, true
}

// unknownEscape tells of the n bytes at offset off of a string. Where the text
// can stand in single quotes, which is what was meant, the fix says so.
func (l *lowering) unknownEscape(at source.Span, off, n int) {
	place := source.Span{File: at.File, Start: at.Start + off, End: at.Start + off + n}
	d := l.diags.Errorf("D0107", place, "%s is not an escape", describe(place.Text()))
	d.Hint = `in '…' a backslash is a backslash; in "…" it is written \\`
	body := at.Text()[1 : len(at.Text())-1]
	if !strings.ContainsAny(body, `'`) && !strings.Contains(body, `\\`) && !strings.Contains(body, `\"`) {
		d.Hint = "a backslash is a backslash in single quotes: " + strings.Trim(describe("'"+body+"'"), "`")
		d.Fix = &diag.Edit{Span: at, Text: "'" + body + "'"}
	}
}
