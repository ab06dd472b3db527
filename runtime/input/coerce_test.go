package input

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// text and num are values as a text format and JSON give them.
func text(s string) value { return value{form: loose, text: []byte(s)} }
func num(s string) value  { return value{form: number, text: []byte(s)} }

// say writes a reading as a test table states it.
func say[T any](x T, o outcome) string {
	switch o {
	case missing:
		return "missing"
	case unfit:
		return "unfit"
	}
	return fmt.Sprint(x)
}

func TestCoerce(t *testing.T) {
	kinds := map[string]func(v value) string{
		"bool":     func(v value) string { return say(toBool(v)) },
		"int":      func(v value) string { return say(toInt(v)) },
		"float":    func(v value) string { return say(toFloat(v)) },
		"duration": func(v value) string { return say(toDuration(v)) },
		"string": func(v value) string {
			var scratch []byte
			b, o := toText(v, &scratch)
			return say(string(b), o)
		},
		"ip": func(v value) string {
			a, o := toIP(v)
			return say(netip.AddrFrom16(a).Unmap(), o)
		},
	}
	tests := []struct {
		kind string
		v    value
		want string
	}{
		{"bool", value{}, "missing"},
		{"bool", value{form: yes}, "true"},
		{"bool", value{form: no}, "false"},
		{"bool", text("True"), "true"},
		{"bool", text(" NO "), "false"},
		{"bool", text(""), "missing"},
		{"bool", text("truth"), "unfit"},
		{"bool", num("1"), "true"},
		{"bool", num("0"), "false"},
		{"bool", num("2"), "unfit"},
		{"bool", value{form: nested, text: []byte("[]")}, "unfit"},

		{"int", value{}, "missing"},
		{"int", num("4625"), "4625"},
		{"int", num("-0"), "0"},
		{"int", num("4625.0"), "4625"},
		{"int", num("4e3"), "4000"},
		{"int", num("12.5e1"), "125"},
		{"int", num("1.5"), "unfit"},
		{"int", num("1e-1"), "unfit"},
		{"int", num("0e-999999999999"), "0"},
		{"int", num("0e999999999999"), "0"},
		{"int", num("1e999999999999"), "unfit"},
		{"int", num("9007199254740993"), "9007199254740993"},
		{"int", num("9223372036854775807"), "9223372036854775807"},
		{"int", num("9223372036854775807.000000000000000000000000"), "9223372036854775807"},
		{"int", num("9223372036854775807.000000000000000000000001"), "unfit"},
		{"int", num("9223372036854775808"), "unfit"},
		{"int", num("-9223372036854775808"), "-9223372036854775808"},
		{"int", num("-9223372036854775809"), "unfit"},
		{"int", num("18446744073709551616"), "unfit"},
		{"int", num("100000000000000000000000000"), "unfit"},
		{"int", text("4625"), "4625"},
		{"int", text(" +4625\t"), "4625"},
		{"int", text("0x10"), "16"},
		{"int", text("-0X1f"), "-31"},
		{"int", text("0x7fffffffffffffff"), "9223372036854775807"},
		{"int", text("0x8000000000000000"), "unfit"},
		{"int", text("0x"), "unfit"},
		{"int", text("0x1_0"), "unfit"},
		{"int", text(""), "missing"},
		{"int", text("  "), "missing"},
		{"int", text("12a"), "unfit"},
		{"int", text("1,000"), "unfit"},
		{"int", text("1_000"), "unfit"},
		{"int", text("-"), "unfit"},
		{"int", value{form: yes}, "unfit"},

		{"float", num("1.5"), "1.5"},
		{"float", num("1e400"), "unfit"},
		{"float", num("1e-400"), "0"},
		{"float", text(".5"), "0.5"},
		{"float", text("5."), "5"},
		{"float", text("0x10"), "16"},
		{"float", text("NaN"), "unfit"},
		{"float", text("-Infinity"), "unfit"},
		{"float", text("inf"), "unfit"},
		{"float", text("0x1p4"), "unfit"},
		{"float", text("1_0.5"), "unfit"},
		{"float", text(""), "missing"},
		{"float", value{form: no}, "unfit"},

		{"string", value{}, "missing"},
		{"string", text(""), ""},
		{"string", text(" x "), " x "},
		{"string", text("a\xFFb"), "a\uFFFDb"},
		{"string", num("1.50e+1"), "1.50e+1"},
		{"string", value{form: yes}, "true"},
		{"string", value{form: no}, "false"},
		{"string", value{form: nested, text: []byte("{ \"a b\" : [1, \"\\\" ,\\\\\" ] }")}, `{"a b":[1,"\" ,\\"]}`},
		{"string", value{form: nested, text: []byte("[\"\xFF\"]")}, "[\"\uFFFD\"]"},

		{"duration", text("1h30m"), "5400000000"},
		{"duration", text("2w"), "1209600000000"},
		{"duration", text("-500ms"), "-500000"},
		{"duration", text("1500ns"), "1"},
		{"duration", text("-1500ns"), "-2"},
		{"duration", num("90"), "90000000"},
		{"duration", num("0.0000015"), "1"},
		{"duration", text("1.5"), "1500000"},
		{"duration", num("1e13"), "unfit"},
		{"duration", text("soon"), "unfit"},
		{"duration", text(""), "missing"},
		{"duration", value{form: yes}, "unfit"},

		{"ip", text("10.0.0.1"), "10.0.0.1"},
		{"ip", text(" ::ffff:1.2.3.4 "), "1.2.3.4"},
		{"ip", text("2001:DB8::1"), "2001:db8::1"},
		{"ip", text("fe80::1%eth0"), "fe80::1"},
		{"ip", text(""), "missing"},
		{"ip", text("10.0.0.1:80"), "unfit"},
		{"ip", text("[::1]:443"), "unfit"},
		{"ip", text("10.0.0.0/8"), "unfit"},
		{"ip", text("10.0.0.01"), "unfit"},
		{"ip", num("10"), "unfit"},
	}
	for _, tt := range tests {
		if got := kinds[tt.kind](tt.v); got != tt.want {
			t.Errorf("%s of %q: %s, want %s", tt.kind, tt.v.text, got, tt.want)
		}
	}
}

// Any number is read as exact arithmetic says: as an int if it is one in range,
// and scaled to a power of ten rounded down.
func TestNumbersExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		exact, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		want := "unfit"
		if exact.IsInt() && exact.Num().IsInt64() {
			want = exact.Num().String()
		}
		if got := say(toInt(num(s))); got != want {
			t.Fatalf("int of %s: %s, want %s", s, got, want)
		}
		micros := new(big.Rat).Mul(exact, big.NewRat(1_000_000, 1))
		floor := new(big.Int).Div(micros.Num(), micros.Denom()) // Euclidean, the divisor positive
		want = "unfit"
		if floor.IsInt64() {
			want = floor.String()
		}
		if got := say(toDuration(num(s))); got != want {
			t.Fatalf("duration of %s: %s, want %s", s, got, want)
		}
		f, err := strconv.ParseFloat(s, 64)
		want = "unfit"
		if err == nil {
			want = fmt.Sprint(f)
		}
		if got := say(toFloat(text(s))); got != want {
			t.Fatalf("float of %s: %s, want %s", s, got, want)
		}
	})
}

func FuzzCoerce(f *testing.F) {
	for _, s := range []string{"", "-", "1e5", "0x10", "2024-03-01T10:00:00.5Z", "17/May/2015:10:05:03 +0000", "Mar  1 2024 10:00:00", "1h30m", "::ffff:1.2.3.4", "fe80::1%", "[1,\"x\"]", "\xFF\xED\xA0\x80", "9223372036854775808", "Mon, 02 Jan 2006 15:04:05 MST"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := text(s)
		if n, o := toInt(v); o == fits && !strings.ContainsAny(s, "xX") {
			if exact, ok := new(big.Rat).SetString(strings.TrimSpace(s)); !ok || !exact.IsInt() || exact.Num().Int64() != n || !exact.Num().IsInt64() {
				t.Errorf("int of %q is %d", s, n)
			}
		}
		if x, o := toFloat(v); o == fits && (math.IsNaN(x) || math.IsInf(x, 0)) {
			t.Errorf("float of %q is %v", s, x)
		}
		var scratch []byte
		if b, _ := toText(v, &scratch); !utf8.Valid(b) || utf8.ValidString(s) != (string(b) == s) {
			t.Errorf("text of %q is %q", s, b)
		}
		if us, o := toTimestamp(v); o == fits {
			sameTime(t, s, us)
		}
		toBool(v)
		toDuration(v)
		toIP(v)
		if want := new(bytes.Buffer); json.Compact(want, []byte(s)) == nil {
			if got := compact(nil, []byte(s)); string(got) != want.String() {
				t.Errorf("compact %q: %q, want %q", s, got, want)
			}
		}
		elements(v)
	})
}
