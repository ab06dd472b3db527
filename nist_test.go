package det_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/detlang/det/runtime"
)

// nistRule asks for the two statistics that NIST certifies.
const nistRule = `schema sample {
  time timestamp
  x float
}

rule statistics {
  from sample
  window all { n = count(), m = avg(x), s = stddev(x) }
  when n > 0
}
`

// TestNIST runs the univariate samples of NIST's Statistical Reference Datasets
// through a rule. Digits are the log relative error that NIST defines, of the
// certified value.
func TestNIST(t *testing.T) {
	dir := filepath.Join(sharedData(t), "nist_strd")
	for _, tt := range []struct {
		name            string
		n               int
		mean, deviation float64 // least digits
	}{
		{"Lew", 200, 14, 14},
		{"Lottery", 218, 14, 14},
		{"NumAcc1", 3, 14, 14},
		{"NumAcc2", 1001, 14, 14},
		{"NumAcc4", 1001, 14, 8}, // the digits of its values leave no more
	} {
		t.Run(tt.name, func(t *testing.T) {
			sample := readSample(t, filepath.Join(dir, tt.name+".txt"))
			var events bytes.Buffer
			for i, x := range sample.values {
				fmt.Fprintf(&events, "{\"time\":%q,\"x\":%s}\n", runtime.FormatTime(1_700_000_000_000_000+int64(i)*1e6), x)
			}
			got := scene{rules: nistRule}.run(t, input{"sample.ndjson", events.Bytes()})
			if got.err != nil || len(got.alerts) != 1 {
				t.Fatalf("%d alerts, %v", len(got.alerts), got.err)
			}
			values := map[string]any{}
			for _, v := range got.alerts[0].Values {
				values[v.Name] = v.Value
			}
			if values["n"] != int64(tt.n) {
				t.Errorf("n is %v, not %d", values["n"], tt.n)
			}
			for _, c := range []struct {
				name            string
				certified, want float64
			}{{"m", sample.mean, tt.mean}, {"s", sample.deviation, tt.deviation}} {
				x, _ := values[c.name].(float64)
				if d := digits(x, c.certified); d < c.want {
					t.Errorf("%s is %v, certified %v: %.1f digits, not %v", c.name, x, c.certified, d, c.want)
				}
			}
		})
	}
}

// digits is the log relative error; 16 for an equal value.
func digits(x, certified float64) float64 {
	if x == certified {
		return 16
	}
	return -math.Log10(math.Abs(x-certified) / math.Abs(certified))
}

// sample is one dataset: its values as they are written, and what is certified.
type sample struct {
	values          []string
	mean, deviation float64
}

// What is certified stands in two forms, by the age of the file.
var (
	certifiedMean      = regexp.MustCompile(`(?:Sample Mean\s+ybar:|\nmean\s+=)\s*(\S+)`)
	certifiedDeviation = regexp.MustCompile(`(?:Sample Standard Deviation.*s:|\nstandardDeviation\s+=)\s*(\S+)`)
)

// readSample reads a file of NIST's: a header in words, then a value a line.
func readSample(t *testing.T, name string) sample {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	number := func(re *regexp.Regexp) float64 {
		m := re.FindSubmatch(text)
		if m == nil {
			t.Fatalf("%s: nothing like %s", name, re)
		}
		x, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	s := sample{mean: number(certifiedMean), deviation: number(certifiedDeviation)}
	for sc := bufio.NewScanner(bytes.NewReader(text)); sc.Scan(); {
		line := strings.TrimSpace(sc.Text())
		if _, err := strconv.ParseFloat(line, 64); err == nil {
			s.values = append(s.values, line)
		}
	}
	return s
}
