package lang

import (
	"strconv"
	"strings"
	"testing"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// smallRules is n rules of eight lines each, counting both braces as one.
func smallRules(n int) string {
	const rule = `
rule small_N {
  title  "A user fails to log in far more than usual"
  from   ciam
  where  outcome in ["DENIED", "BLOCKED"] and not (user in admins)
  window 1h by login_id { failed = count(), from_ips = count_distinct(src_ip) }
  baseline usual of failed over 90d at hour_of_week min 4
  when   zscore(failed, usual) > 3.0 and failed >= 5
}`
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(rule, "N", strconv.Itoa(i)))
	}
	return b.String()
}

// literalList is a list of n strings, one a line.
func literalList(n int) string {
	var b strings.Builder
	b.WriteString("list names = [\n")
	for i := range n {
		b.WriteString(`  "host-` + strconv.Itoa(i) + "\",\n")
	}
	b.WriteString("]\n")
	return b.String()
}

func benchmarkParse(b *testing.B, text string) {
	f := source.New("bench.det", text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var diags diag.List
		if Parse(f, &diags); len(diags.All) > 0 {
			b.Fatal(diags.All[0].Message)
		}
	}
}

func BenchmarkParseThousandRules(b *testing.B)  { benchmarkParse(b, smallRules(1000)) }
func BenchmarkParseMillionStrings(b *testing.B) { benchmarkParse(b, literalList(1_000_000)) }
func BenchmarkParseMegabyteOfBrackets(b *testing.B) {
	text := "const deep = " + strings.Repeat("(", 1<<20)
	f := source.New("bench.det", text)
	for b.Loop() {
		Parse(f, &diag.List{})
	}
}
