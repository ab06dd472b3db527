package lang

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// valueOf is the value of the constant that literal makes.
func valueOf(t testing.TB, literal string) any {
	t.Helper()
	return parseClean(t, "const x = "+literal).Decls[0].(*ast.Const).Value.(*ast.Literal).Value
}

func TestLiterals(t *testing.T) {
	utc := func(y, mo, d, h, mi, s, ns int) time.Time {
		return time.Date(y, time.Month(mo), d, h, mi, s, ns, time.UTC)
	}
	tests := []struct {
		text string
		want any
	}{
		{"null", nil}, {"true", true}, {"false", false},
		{"0", int64(0)}, {"1_000_000", int64(1_000_000)}, {"9223372036854775807", int64(1<<63 - 1)}, {"007", int64(7)},
		{"0xff", int64(255)}, {"0X7fff_ffff", int64(1<<31 - 1)},
		{"1.5", 1.5}, {"1_000.25", 1000.25}, {"1e9", 1e9}, {"1E9", 1e9}, {"2.5e-3", 2.5e-3}, {"2.5e+3", 2500.0}, {"0.1", 0.1},
		{"30m", 30 * time.Minute}, {"1h30m", 90 * time.Minute}, {"90d", 90 * 24 * time.Hour}, {"2w", 14 * 24 * time.Hour},
		{"500ms", 500 * time.Millisecond}, {"1d12h", 36 * time.Hour}, {"0s", time.Duration(0)}, {"250us", 250 * time.Microsecond},
		{"2024-03-01", utc(2024, 3, 1, 0, 0, 0, 0)},
		{"2024-03-01T00:00:00Z", utc(2024, 3, 1, 0, 0, 0, 0)},
		{"2024-02-29t23:59:59z", utc(2024, 2, 29, 23, 59, 59, 0)},
		{"2024-03-01T08:00Z", utc(2024, 3, 1, 8, 0, 0, 0)},
		// The examples of RFC 3339, section 5.8, without the leap second.
		{"1985-04-12T23:20:50.52Z", utc(1985, 4, 12, 23, 20, 50, 520_000_000)},
		{"1996-12-19T16:39:57-08:00", utc(1996, 12, 20, 0, 39, 57, 0)},
		{"1937-01-01T12:00:27.87+00:20", utc(1937, 1, 1, 11, 40, 27, 870_000_000)},
		{"10.0.0.1", netip.MustParseAddr("10.0.0.1")}, {"10.0.0.0/8", netip.MustParsePrefix("10.0.0.0/8")},
		{"2001:db8::1", netip.MustParseAddr("2001:db8::1")}, {"2001:db8::/32", netip.MustParsePrefix("2001:db8::/32")},
		{"1:2:3:4:5:6:7:8", netip.MustParseAddr("1:2:3:4:5:6:7:8")},
		{`""`, ""}, {`''`, ""}, {`"a b"`, "a b"}, {`'C:\*'`, `C:\*`}, {`'"'`, `"`}, {`"'"`, "'"},
		{`"\n\t\r\\\""`, "\n\t\r\\\""}, {`"\x41\xe9\u{1F600}\u{0}"`, "Aé😀\x00"}, {`"// no comment"`, "// no comment"},
	}
	for _, tt := range tests {
		if got := valueOf(t, tt.text); got != tt.want {
			t.Errorf("%s is %T %v, want %T %v", tt.text, got, got, tt.want, tt.want)
		}
	}
}

// TestNumberEnds checks where a literal ends: what follows it is text of its own.
func TestNumberEnds(t *testing.T) {
	tests := []struct{ text, want string }{
		{"1-2", "(- 1 2)"},
		{"2024 - 3 - 1", "(- (- 2024 3) 1)"},
		{"2024-03-01 - 1d", "(- <2024-03-01 00:00:00 +0000 UTC> <24h0m0s>)"},
		{"10.0.0.0/8", "<10.0.0.0/8>"},
		{"10.0.0.1 / 8", "(/ <10.0.0.1> 8)"},
		{"1e9-1", "(- 1e+09f 1)"},
		{"6/3", "(/ 6 3)"},
		{"f(1,2)", "(f 1 2)"},
		{"f(k:1)", "(f k=1)"},
		{"[1,2]", "[1 2]"},
		{"2001:db8::1 in x", "(in <2001:db8::1> x)"},
	}
	for _, tt := range tests {
		if got := dump(parseClean(t, "const x = "+tt.text)); got != "const x = "+tt.want+"\n" {
			t.Errorf("%s is %s, want %s", tt.text, got, tt.want)
		}
	}
}

// TestSpellString writes random text as a literal and reads it back. Where the
// literal is in double quotes and JSON has all of its escapes, Go's JSON reader
// is a second opinion.
func TestSpellString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.ToValidUTF8(rapid.String().Draw(t, "s"), "")
		lit := spell(s)
		var diags diag.List
		tree := Parse(source.New("x.det", "const x = "+lit), &diags)
		if diags.Errors() > 0 {
			t.Fatalf("%s: %s", lit, diags.All[0].Message)
		}
		if got := tree.Decls[0].(*ast.Const).Value.(*ast.Literal).Value; got != s {
			t.Fatalf("%q is written %s and read as %q", s, lit, got)
		}
		if lit[0] == '"' && !strings.Contains(lit, `\u{`) {
			var second string
			if err := json.Unmarshal([]byte(lit), &second); err != nil || second != s {
				t.Fatalf("JSON reads %s as %q, %v", lit, second, err)
			}
		}
	})
}

// TestNumbersAgree reads random numbers as Go does.
func TestNumbersAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.Int64Min(0).Draw(t, "i")
		f := rapid.Float64Range(0, 1e300).Draw(t, "f")
		for _, tt := range []struct {
			text string
			want any
		}{{fmt.Sprint(i), i}, {fmt.Sprintf("%#x", i), i}, {spell(f), f}, {strconv.FormatFloat(f, 'e', -1, 64), f}} {
			if got, err := number(tt.text); err != nil || got != tt.want {
				t.Fatalf("%s is read as %v, %v", tt.text, got, err)
			}
		}
	})
}
