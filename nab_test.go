package det_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/detlang/det/runtime"
)

// The detector of the Numenta anomaly benchmark that is called windowed Gaussian
// scores each row by the rows before it: Φ(|x − mean| / deviation), where the
// deviation is that of a population and 0.000001 where it is 0. Its sample grows
// to 6,400 rows and then moves on by 100 rows at a time.
const (
	nabSample = 6400
	nabStep   = 100
)

const nabSchema = `schema point {
  time timestamp
  value float
}
`

// nabGrowing scores the rows of the growing sample: a row is a window of its own,
// and what is usual are the windows before it.
const nabGrowing = nabSchema + `
rule gaussian {
  from point
  window 1s { x = avg(value) }
  baseline usual of x fill skip min 1
  let deviation = coalesce(usual.stddev * sqrt((usual.n - 1) / usual.n), 0.0)
  let score = normal_cdf(abs(x - usual.mean) / if(deviation == 0, 0.000001, deviation))
  when score >= 0
}
`

// nabSamples gives the samples that move, each under the time from which it holds.
const nabSamples = nabSchema + `
rule sample {
  from point
  window 6400s every 100s { n = count(), mean = avg(value), deviation = stddev(value) }
  when n == 6400 and mean > -1e300 and deviation >= 0
}
`

// nabMoving scores rows by the sample that nabSamples found for them.
const nabMoving = nabSchema + `
table samples key since {
  since int
  mean float
  deviation float
%s}

rule gaussian {
  from point
  let since = int(floor(epoch(time) / 100)) * 100
  lookup samples by since { mean, deviation }
  let population = deviation * sqrt(6399.0 / 6400.0)
  let score = normal_cdf(abs(value - mean) / if(population == 0, 0.000001, population))
  when score >= 0
}
`

// TestNAB holds the scores of rules against the published ones of all 28 series.
func TestNAB(t *testing.T) {
	dir := filepath.Join(sharedData(t), "nab")
	files, err := filepath.Glob(filepath.Join(dir, "data", "*", "*.csv"))
	if err != nil || len(files) != 28 {
		t.Fatalf("%d series, %v", len(files), err)
	}
	rows, worst := 0, 0.0
	for _, file := range files {
		group, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".csv"), func(t *testing.T) {
			values, want := nabSeries(t, filepath.Join(dir, "expected_windowedGaussian", group, "windowedGaussian_"+name))
			got := nabScores(t, values)
			for i := range want {
				d := math.Abs(got[i] - want[i])
				if !(d <= 1e-9) {
					t.Fatalf("row %d (value %s): score %v, published %v", i, values[i], got[i], want[i])
				}
				worst = max(worst, d)
			}
			rows += len(want)
		})
	}
	t.Logf("%d rows, the largest difference is %.1e", rows, worst)
}

// nabScores gives a score a row; the first row has nothing before it and scores 0.
func nabScores(t *testing.T, values []string) []float64 {
	t.Helper()
	scores := make([]float64, len(values))
	for i := range scores {
		scores[i] = math.NaN()
	}
	scores[0] = 0
	take := func(rules scene, rows []byte) {
		got := rules.run(t, input{"point.csv", rows})
		if got.err != nil {
			t.Fatal(got.err)
		}
		for _, a := range got.alerts {
			start := a.Time
			if a.HasWindow {
				start = a.WindowStart
			}
			scores[(start-nabStart)/1e6] = number(t, a, "score")
		}
	}
	take(scene{rules: nabGrowing}, nabRows(values, 0, min(len(values), nabSample)))
	if len(values) <= nabSample {
		return scores
	}
	samples := scene{rules: nabSamples}.run(t, input{"point.csv", nabRows(values, 0, len(values))})
	if samples.err != nil {
		t.Fatal(samples.err)
	}
	var table strings.Builder
	for _, a := range samples.alerts {
		if !a.Partial {
			fmt.Fprintf(&table, "  row [%d, %v, %v]\n", a.WindowEnd/1e6, number(t, a, "mean"), number(t, a, "deviation"))
		}
	}
	take(scene{rules: fmt.Sprintf(nabMoving, table.String())}, nabRows(values, nabSample, len(values)))
	return scores
}

// nabStart is a time that samples and steps are aligned to, in microseconds.
const nabStart = 1_600_000_000 / nabSample * nabSample * 1_000_000

// nabRows writes rows from..to as CSV, a second apart: rows are counted, not timed.
func nabRows(values []string, from, to int) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, "time,value")
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "%s,%s\n", runtime.FormatTime(nabStart+int64(i)*1e6), values[i])
	}
	return b.Bytes()
}

// nabSeries reads the values and the published scores of a series.
func nabSeries(t *testing.T, path string) (values []string, scores []float64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		score, err := strconv.ParseFloat(r[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		values, scores = append(values, r[1]), append(scores, score)
	}
	return values, scores
}

// number is a value of an alert.
func number(t *testing.T, a runtime.Alert, name string) float64 {
	t.Helper()
	for _, v := range a.Values {
		if x, ok := v.Value.(float64); v.Name == name && ok {
			return x
		}
	}
	t.Fatalf("rule %s: no number %s in %v", a.Rule, name, a.Values)
	return 0
}
