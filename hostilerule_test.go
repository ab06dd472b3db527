package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// What a hostile rule file may cost. The time is a wide bound for slow and busy
// machines; the log tells what it was.
const (
	hostileTime  = 10 * time.Second
	hostileBytes = 500 << 20
)

// TestHostileRules compiles files that try to make the compiler or the engine run
// long, deep or out of memory, and runs what compiles over events. Each must be
// answered by the error named, or by success.
func TestHostileRules(t *testing.T) {
	const schema = "schema event {\n  time timestamp\n  user string\n  n int\n}\n\n"
	when := func(declarations, condition string) string {
		return schema + declarations + "rule x {\n  from event\n  when " + condition + "\n}\n"
	}
	each := func(n int, sep string, f func(i int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = f(i)
		}
		return strings.Join(parts, sep)
	}
	number := func(format string, factors ...int) func(i int) string {
		return func(i int) string {
			args := make([]any, len(factors))
			for j, d := range factors {
				args[j] = i + d
			}
			return fmt.Sprintf(format, args...)
		}
	}
	tests := []struct{ name, text, code string }{
		{"a megabyte of (", when("", strings.Repeat("(", 1<<20)), "D0113"},
		{"a megabyte of not", when("", strings.Repeat("not ", 1<<18)+"true"), "D0113"},
		{"a megabyte of [", when("", "user in "+strings.Repeat("[", 1<<20)), "D0113"},
		{"a regex of 100 kB", when("", `user matches "`+strings.Repeat("(a|b)*", 17_000)+`"`), ""},
		{"a regex of 100 kB of words", when("", `user matches "`+each(14_000, "|", number("w%05d", 0))+`"`), ""},
		{"a regex of 100 kB of repeats", when("", `user matches "`+strings.Repeat("a{1,1000}", 11_000)+`"`), "D0209"},
		{"a regex of repeated repeats", when("", `user matches "((a{1,1000}){1,1000}){1,1000}"`), "D0209"},
		{"a regex of 50,000 brackets", when("", `user matches "`+strings.Repeat("(", 50_000)+"a"+strings.Repeat(")", 50_000)+`"`), "D0209"},
		{"a list of a million texts", when("list big = ["+each(1_000_000, ",", number(`"host-%07d"`, 0))+"]\n\n", "user in big"), ""},
		{"a list of a million numbers", when("list big = ["+each(1_000_000, ",", number("%d", 0))+"]\n\n", "n in big"), ""},
		{"a list of 100,000 patterns", when("list big = ["+each(100_000, ",", number(`"h*st-%06d?"`, 0))+"]\n\n", "user like any big"), ""},
		{"10,000 alternatives", when("", each(10_000, " or ", number(`user == "u%d"`, 0))), ""},
		{"80,000 alternatives", when("", each(80_000, " or ", number(`user == "u%d"`, 0))), ""},
		{"20,000 alternatives in a fn", when("fn f(x) = "+each(20_000, " or ", number(`x == "u%d"`, 0))+"\n\n", "f(user)"), ""},
		{"5,000 alternatives", when("", each(5_000, " or ", number(`user == "u%d"`, 0))), ""},
		{"10,000 alternatives of two fields", when("", each(10_000, " or ", number(`(user == "u%d" and n == %d)`, 0, 0))), ""},
		{"5,000 alternatives that search", when("", each(5_000, " or ", number(`user contains "u%d"`, 0))), ""},
		{"3,000 regexes", when("", each(3_000, " or ", number(`user matches "u%dx+"`, 0))), ""},
		{"9,990 additions", when("", "n"+strings.Repeat(" + 1", 9_990)+" > 3"), ""},
		{"a fn that doubles thirty times", when("fn f0(x) = x + x\n"+each(30, "\n", number("fn f%d(x) = f%d(x) + f%d(x)", 1, 0, 0))+"\n\n", "f30(n) > 3"), "D0702"},
		{"a fn of fns of itself", when("fn f0(x) = x + x\n"+each(30, "\n", number("fn f%d(x) = f%d(f%d(x))", 1, 0, 0))+"\n\n", "f30(n) > 3"), "D0702"},
		{"fns that go round twice", when("fn f(x) = g(x) + g(x)\nfn g(x) = f(x) + f(x)\n\n", "f(n) > 3"), "D0604"},
		{"a let that doubles sixty times", schema + "rule x {\n  from event\n  let a0 = n\n" + each(60, "\n", number("  let a%d = a%d + a%d", 1, 0, 0)) + "\n  when a60 > 3\n}\n", "D0702"},
		{"a large let in a thousand conditions", schema + "rule x {\n  from event\n  let a0 = n\n" + each(10, "\n", number("  let a%d = a%d + a%d", 1, 0, 0)) + "\n" + strings.Repeat("  where a10 > 3\n", 1_000) + "  when a10 > 3\n}\n", "D0702"},
		{"a const that doubles forty times", when("const c0 = \"0123456789\"\n"+each(40, "\n", number("const c%d = concat(c%d, c%d)", 1, 0, 0))+"\n\n", "user == c40"), ""},
		{"a chain of 200 rules", schema + "rule r0 {\n  from event\n  when n > 0\n}\n" + each(200, "\n", number("rule r%d {\n  from rule r%d\n  when true\n}", 1, 0)), ""},
		{"a circle of 1,000 rules", each(999, "\n", number("rule r%d {\n  from rule r%d\n  when true\n}", 0, 1)) + "\nrule r999 {\n  from rule r0\n  when true\n}\n", "D0601"},
		{"a window of too many steps", schema + "rule x {\n  from event\n  window 10000d every 1us by user { c = count() }\n  when c > 0\n}\n", "D0420"},
	}
	events := filepath.Join(t.TempDir(), "event.ndjson")
	text := each(1_000, "", number("{\"time\":\"2024-03-01T10:00:00Z\",\"user\":\"host-%07d\",\"n\":%d}\n", 0, 0))
	if err := os.WriteFile(events, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after goruntime.MemStats
			goruntime.GC()
			goruntime.ReadMemStats(&before)
			began := time.Now()
			rules, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: tt.text})
			code := ""
			for _, d := range diags.All {
				if d.Code == tt.code || code == "" {
					code = d.Code
				}
			}
			if code != tt.code {
				t.Errorf("got %q, want %q: %v", code, tt.code, &det.CompileError{Diagnostics: diags})
			}
			if diags.Errors() == 0 {
				_, err := rules.Run(context.Background(), det.RunOptions{
					Inputs: []string{events}, Alerts: func([]runtime.Alert) error { return nil },
				})
				if err != nil {
					t.Error(err)
				}
			}
			took := time.Since(began)
			goruntime.ReadMemStats(&after)
			held := int64(after.HeapSys) // what the heap ever was in this process
			t.Logf("%v, %d MB allocated, %d MB of heap", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, held>>20)
			if took > hostileTime {
				t.Errorf("it took %v", took)
			}
			if held > hostileBytes {
				t.Errorf("the heap grew to %d MB", held>>20)
			}
			goruntime.KeepAlive(rules)
		})
	}
}
