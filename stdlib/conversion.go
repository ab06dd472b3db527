package stdlib

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// conversionFuncs turn values of one kind into another. What has no reading as
// the other kind is missing.
func conversionFuncs() []Func {
	x := param("x", types.TAny)
	return []Func{{
		Name: "int",
		Doc:  "A whole number: a float without its fraction, 1 or 0 for true or false, the whole number that a text is, in decimal (4625, 4625.0, 4e3) or after 0x in hexadecimal.",
		Sig:  from(types.TInt, x, types.Int, types.Float, types.Bool, types.String), Bind: kernel(toInt), Cost: 20,
		Examples: examples(`int("4625")`, `4625`, `int("9007199254740993")`, `9007199254740993`, `int("0x3e7")`, `999`, `int(-1.9)`, `-1`, `int(true)`, `1`, `int("4.0")`, `4`, `int("4.5")`, `null`, `int("9223372036854775808")`, `null`, `int(" 7 ")`, `7`, `int("")`, `null`),
	}, {
		Name: "float",
		Doc:  "A number with a fraction: an int, 1 or 0 for true or false, or the decimal number that a text is.",
		Sig:  from(types.TFloat, x, types.Int, types.Float, types.Bool, types.String), Bind: kernel(toFloat), Cost: 20,
		Examples: examples(`float("1.5e3")`, `1500.0`, `float(2)`, `2.0`, `float("NaN")`, `null`, `float("1e999")`, `null`, `float("")`, `null`),
	}, {
		Name: "string",
		Doc:  "The value as text: a float in the fewest digits that give it back, a time as 2024-03-01T08:00:00Z, a duration as 1h30m.",
		Sig:  from(types.TString, x, types.Int, types.Float, types.Bool, types.String, types.IP, types.Timestamp, types.Duration), Bind: kernel(toText), Cost: 80,
		Examples: examples(`string(0.1)`, `"0.1"`, `string(1e21)`, `"1e+21"`, `string(1500000.0)`, `"1500000"`, `string(-5)`, `"-5"`, `string(true)`, `"true"`, `string(10.0.0.1)`, `"10.0.0.1"`, `string(2024-03-01T08:00:00.25Z)`, `"2024-03-01T08:00:00.25Z"`, `string(90m)`, `"1h30m"`, `string("é")`, `"é"`, `string(null)`, `null`),
	}, {
		Name: "bool",
		Doc:  "True or false: true, yes and 1, or false, no and 0, as text in any case; a number is true unless it is 0.",
		Sig:  from(types.TBool, x, types.Int, types.Float, types.Bool, types.String), Bind: kernel(toBool), Cost: 20,
		Examples: examples(`bool("TRUE")`, `true`, `bool("no")`, `false`, `bool(0)`, `false`, `bool(0.5)`, `true`, `bool("maybe")`, `null`, `bool("")`, `null`),
	}}
}

// from is the signature of a function of one argument of any of the kinds; for
// others the result is types.TInvalid. The unit of a number stays.
func from(result types.Type, x types.Param, kinds ...types.Kind) types.Signature {
	sig := takes(result, x)
	sig.Result = func(args []types.Type) types.Type {
		if args[0].Kind != types.Null && !slices.Contains(kinds, args[0].Kind) {
			return types.TInvalid
		}
		out := result
		if args[0].Numeric() && result.Numeric() {
			out.Unit = args[0].Unit
		}
		return out
	}
	return sig
}

// byKind picks a kernel by the kind of the first argument; others are missing.
func byKind(kernels map[types.Kind]vec.Kernel) vec.Kernel {
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		if k := kernels[args[0].Kind]; k != nil {
			return k(args, n, mask)
		}
		return vec.Nulls(n)
	}
}

// itself is the kernel of a conversion to the same kind.
func itself(args []*vec.Vec, _ int, _ vec.Bitmap) *vec.Vec { return args[0] }

func toInt() vec.Kernel {
	return byKind(map[types.Kind]vec.Kernel{
		types.Int:   itself,
		types.Float: toWhole(math.Trunc),
		types.Bool: vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
			return func(i int) (int64, bool) {
				if args[0].Bits.Get(i) {
					return 1, true
				}
				return 0, true
			}
		}),
		types.String: vec.TextNumber(types.Int, parseInt),
	})
}

func parseInt(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	digits := strings.TrimLeft(s, "+-")
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		n, err := strconv.ParseInt(s[:len(s)-len(digits)]+digits[2:], 16, 64)
		return n, err == nil
	}
	x, ok := parseFloat(s)
	return int64(x), ok && x == math.Trunc(x) && math.Abs(x) <= 1<<53 // above, digits are lost
}

func toFloat() vec.Kernel {
	return byKind(map[types.Kind]vec.Kernel{
		types.Float: itself,
		types.Int:   vec.FloatMap(func(x float64) float64 { return x }),
		types.Bool: vec.NumberRows(types.Float, func(args []*vec.Vec) func(int) (float64, bool) {
			return func(i int) (float64, bool) {
				if args[0].Bits.Get(i) {
					return 1, true
				}
				return 0, true
			}
		}),
		types.String: vec.TextNumber(types.Float, parseFloat),
	})
}

func parseFloat(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "xX_iIpP") { // hexadecimal, and infinities
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil && x == x
}

func toBool() vec.Kernel {
	words := map[string]bool{"true": true, "yes": true, "1": true, "false": false, "no": false, "0": false}
	var text func(s string) (int64, bool) = func(s string) (int64, bool) {
		b, ok := words[vec.FoldString(strings.TrimSpace(s))]
		if b {
			return 1, ok
		}
		return 0, ok
	}
	return byKind(map[types.Kind]vec.Kernel{
		types.Bool: itself,
		types.Int:  notZero(itself),
		types.Float: notZero(vec.NumberRows(types.Int, func(args []*vec.Vec) func(int) (int64, bool) {
			x := args[0].F64
			return func(i int) (int64, bool) {
				if x[i] != 0 {
					return 1, x[i] == x[i]
				}
				return 0, true
			}
		})),
		types.String: notZero(vec.TextNumber(types.Int, text)),
	})
}

// notZero turns the Int that a kernel gives into a Bool.
func notZero(k vec.Kernel) vec.Kernel {
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		v := k(args, n, mask)
		out := vec.Bools(vec.TestRows(n, v.Valid, func(i int) bool { return v.I64[i] != 0 }), n)
		out.Valid = v.Valid
		return out
	}
}

func toText() vec.Kernel {
	ints := func(write func(x int64) string) vec.Kernel {
		return vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
			x := args[0].I64
			return func(i int) (string, bool) { return write(x[i]), true }
		})
	}
	return byKind(map[types.Kind]vec.Kernel{
		types.String: itself,
		types.Int:    ints(func(x int64) string { return strconv.FormatInt(x, 10) }),
		types.Timestamp: ints(func(x int64) string {
			return time.UnixMicro(x).UTC().Format(time.RFC3339Nano)
		}),
		types.Duration: ints(formatDuration),
		types.Float: vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
			x := args[0].F64
			return func(i int) (string, bool) { return formatFloat(x[i]), x[i] == x[i] }
		}),
		types.Bool: vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
			return func(i int) (string, bool) { return strconv.FormatBool(args[0].Bits.Get(i)), true }
		}),
		types.IP: vec.IPText(func(ip netip.Addr) (string, bool) { return ip.String(), true }),
	})
}

// formatFloat writes the fewest digits that give x back, with an exponent only
// where a number is very large or very small (as in ECMAScript).
func formatFloat(x float64) string {
	format := byte('f')
	if abs := math.Abs(x); abs >= 1e21 || abs < 1e-6 && abs != 0 {
		format = 'e'
	}
	return strconv.FormatFloat(x, format, -1, 64)
}

// formatDuration writes microseconds as types.FormatDuration does, also those
// that are more than a time.Duration holds.
func formatDuration(us int64) string {
	if abs := max(us, -us); abs >= 0 && abs <= math.MaxInt64/1000 {
		return types.FormatDuration(time.Duration(us) * time.Microsecond)
	}
	const day = 24 * time.Hour / time.Microsecond
	days := us / int64(day)
	return strconv.FormatInt(days, 10) + "d" + strings.TrimPrefix(types.FormatDuration(time.Duration(max(us%int64(day), -(us%int64(day))))*time.Microsecond), "0s")
}
