package vec

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
)

// commandLines makes n texts of about a hundred bytes as process logs hold them.
func commandLines(rnd *rand.Rand, n int) []any {
	parts := []string{`C:\Windows\System32\`, `"C:\Program Files\`, `cmd.exe /c `, `powershell -NoProfile -Command `, `svchost.exe -k `, `--type=renderer `,
		`netsvcs -p -s `, `Schedule`, `/user:`, `Chrome\Application\chrome.exe" `, `Get-ChildItem `, `\\fileserver\share\`, `-urlcache `}
	out := make([]any, n)
	for i := range out {
		var s string
		for len(s) < 80 {
			s += parts[rnd.IntN(len(parts))] + fmt.Sprint(rnd.IntN(10000))
		}
		out[i] = s
	}
	return out
}

// cpuTime is the time that this process has worked, which does not pass while
// others have the processor.
type cpuTime time.Duration

func startCPU() cpuTime {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return cpuTime(u.Utime.Nano() + u.Stime.Nano())
}

// report gives the rows per second of work since the start.
func (start cpuTime) report(b *testing.B, rows int) {
	worked := time.Duration(startCPU() - start)
	b.ReportMetric(float64(rows)*float64(b.N)/worked.Seconds()/1e6, "Mrows/cpu-s")
}

// BenchmarkOperators measures tests over batches of 8,192 rows on one core. Texts in
// dictionaries are judged before the clock starts, as in a run of many batches.
// With go test -bench Operators ./runtime/vec, in M rows for
// each second of work:
//
//	int == c, int < c                 2200
//	int in 4, in 200                   590,  230
//	ip in 1 network, in 3, in 200      250,   93,   48
//	text == c, coded                  2400
//	text == c, plain                   110 (1300 where lengths differ)
//	text in 200, coded, plain         1900,   28
//	contains, coded, plain            1800,   26 (180 where there is none)
//	contains any of 3, of 40, plain     14,    4
//	startswith, endswith, plain         70,  110
//	like, plain                        220
//	matches, plain                     1.5 (0.4 without a literal)
//	int + int, int * int, int / int    770,  770,  190
func BenchmarkOperators(b *testing.B) {
	const n = 8192
	rnd := source(b)
	texts := func(distinct int) *Vec {
		values := make([]any, distinct)
		for i := range values {
			values[i] = fmt.Sprintf("user%06d", i)
		}
		return column(rnd, types.String, n, false, values)
	}
	commands := Of(types.String, commandLines(rnd, n)...)
	ints, addrs := make([]any, n), make([]any, n)
	for i := range n {
		ints[i] = rnd.Int64N(70_000)
		addrs[i] = netip.AddrFrom4([4]byte{byte(rnd.IntN(20)), byte(rnd.IntN(4)), byte(rnd.IntN(256)), byte(rnd.IntN(256))})
	}
	ports, ips := Of(types.Int, ints...), Of(types.IP, addrs...)
	few, many := texts(40), texts(5000)
	var long []string
	var nets []netip.Prefix
	var numbers []int64
	for i := range 200 {
		long = append(long, fmt.Sprintf("USER%06d", i*7))
		numbers = append(numbers, int64(i*i))
		nets = append(nets, netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(i % 20), byte(i), 0, 0}), 20))
	}
	text := func(op TextOp, patterns ...string) Test {
		test, err := TestText(op, patterns, false, false)
		if err != nil {
			b.Fatal(err)
		}
		return test
	}
	for _, c := range []struct {
		name string
		test Test
		col  *Vec
	}{
		{"int == c", CompareInt(Equal, 443), ports},
		{"int < c", CompareInt(Less, 1024), ports},
		{"int in 4", InNumbers([]int64{22, 80, 443, 3389}, nil), ports},
		{"int in 200", InNumbers(numbers, nil), ports},
		{"ip in 1 network", InNetworks(networksOf("10.0.0.0/8")), ips},
		{"ip in 3 networks", InNetworks(networksOf("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")), ips},
		{"ip in 200 networks", InNetworks(nets), ips},
		{"text == c, 40 codes", CompareText(Equal, "USER000007", false), few},
		{"text == c, 5,000 codes", CompareText(Equal, strings.ToUpper(many.Text(0)), false), many},
		{"text == c, plain", CompareText(Equal, "USER000007", false), withoutDict(many)},
		{"text == c, plain, of many lengths", CompareText(Equal, "powershell.exe", false), withoutDict(commands)},
		{"text in 200, 5,000 codes", InTexts(long, false), many},
		{"text in 200, plain", InTexts(long, false), withoutDict(many)},
		{"contains, coded", text(Contains, "urlcache"), commands},
		{"contains, plain", text(Contains, "urlcache"), withoutDict(commands)},
		{"contains, plain, never", text(Contains, "mimikatz"), withoutDict(commands)},
		{"contains any of 3, plain", text(Contains, "urlcache", "verifyctl", "mimikatz"), withoutDict(commands)},
		{"contains any of 40, plain", text(Contains, long[:40]...), withoutDict(commands)},
		{"endswith, plain", text(EndsWith, `\cmd.exe`), withoutDict(commands)},
		{"startswith, plain", text(StartsWith, `c:\windows`), withoutDict(commands)},
		{"like, plain", text(IsLike, `*\system32\*.exe*`), withoutDict(commands)},
		{"matches, plain", text(Matches, `(?i)-urlcache\s+\d+.*http`), withoutDict(commands)},
		{"matches, no literal, plain", text(Matches, `[0-9]{7}`), withoutDict(commands)},
	} {
		b.Run(c.name, func(b *testing.B) {
			args, out := []*Vec{c.col}, NewBitmap(n)
			c.test(args, n, nil, out)
			b.ResetTimer()
			cpu := startCPU()
			for b.Loop() {
				c.test(args, n, nil, out)
			}
			cpu.report(b, n)
		})
	}
	for _, c := range []struct {
		name string
		op   ArithOp
		kind types.Kind
	}{
		{"int + int", Add, types.Int}, {"int * int", Multiply, types.Int}, {"int / int", Divide, types.Int},
		{"float + float", Add, types.Float},
	} {
		b.Run(c.name, func(b *testing.B) {
			fill, _, _ := Arith(c.op, c.kind, c.kind)
			out := &Vec{}
			v := ports
			if c.kind == types.Float {
				v = Floats(AsFloats(ports), nil)
			}
			cpu := startCPU()
			for b.Loop() {
				fill([]*Vec{v, v}, n, out)
			}
			cpu.report(b, n)
		})
	}
}
