package op

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// With decay, mean and deviation are those of all windows weighted by their age.
func TestBaselineDecay(t *testing.T) {
	for _, skip := range []bool{false, true} {
		rapid.Check(t, func(rt *rapid.T) {
			events := drawEvents(rt, 5*second)
			half := time.Duration(rapid.IntRange(5, 200).Draw(rt, "half")) * time.Second
			c := baselineCase{length: 10 * time.Second, every: 10 * time.Second, clauses: map[string][]Arg{"decay": {konst(half)}}}
			if skip {
				c.clauses["fill"] = word("skip")
			}
			build := c.chain(t, []string{"n", "mean", "stddev"})
			out := newChain(t, keyed.Cols, build).feed(events, nil)
			again := newChain(t, keyed.Cols, build).feed(events, rand.New(rand.NewPCG(1, rapid.Uint64().Draw(rt, "cuts"))))
			if lines(out) != lines(again) {
				rt.Fatalf("cut differently\n%snot\n%s", lines(again), lines(out))
			}
			windows := bounds(events, 10*second, 10*second)
			values := refValues(events, windows, "")
			k := 0
			for j, w := range windows {
				for _, key := range values[j].order {
					n, sum, sq, mean, m2 := 0, 0.0, 0.0, 0.0, 0.0
					seen := false
					each := func(f func(x, weight float64)) {
						seen = false
						for i := range j {
							v, ok := values[i].of[key]
							if seen = seen || ok; !seen || !ok && skip {
								continue
							}
							x := 0.0
							if ok {
								x = *v
							}
							f(x, math.Exp2(-float64(w[0]-windows[i][0])/float64(half.Microseconds())))
						}
					}
					each(func(x, weight float64) { n++; sum += weight; sq += weight * weight; mean += weight * x })
					mean /= sum
					each(func(x, weight float64) { m2 += weight * (x - mean) * (x - mean) })
					r := out[k].vals
					k++
					if r[4] != int64(n) {
						rt.Fatalf("n is %v, want %d", r[4], n)
					}
					if n < 2 {
						continue
					}
					sd := math.Sqrt(m2 / (sum - sq/sum))
					if math.Abs(r[5].(float64)-mean) > 1e-9 || math.Abs(r[6].(float64)-sd) > 1e-6 {
						rt.Fatalf("mean %v, deviation %v; want %v, %v", r[5], r[6], mean, sd)
					}
				}
			}
		})
	}
}

// Years of silence cost nothing and are as many zeros.
func TestBaselineDecayLongSilence(t *testing.T) {
	counts := make([]int, 20000)
	counts[0], counts[1], counts[19999] = 9, 3, 1
	r := runBaseline(t, counts, []string{"n", "mean", "stddev"}, map[string][]Arg{"decay": {konst(48 * time.Hour)}})
	if r.vals[4] != int64(19999) || r.vals[5].(float64) > 1e-30 || r.vals[6].(float64) > 1e-15 {
		t.Errorf("got %v", r)
	}
}

// With a season a window ages by the time that went by, however many windows of its
// slot lie in a row: the hours of one weekday differ by hours and by weeks.
func TestBaselineDecayBySeason(t *testing.T) {
	start := time.UnixMicro(0).UTC()
	for season, slot := range map[string]func(time.Time) int{
		"day_of_week":  func(t time.Time) int { return int(t.Weekday()) },
		"hour_of_day":  time.Time.Hour,
		"hour_of_week": func(t time.Time) int { return 24*int(t.Weekday()) + t.Hour() },
	} {
		for _, skip := range []bool{false, true} {
			draw := rand.New(rand.NewPCG(7, 8))
			counts := make([]int, 35*24)
			for i := range counts {
				if draw.IntN(3) > 0 {
					counts[i] = draw.IntN(9)
				}
			}
			counts[0], counts[len(counts)-1] = 3, 4
			clauses := map[string][]Arg{"decay": {konst(14 * 24 * time.Hour)}, "at": word(season), "min": {konst(int64(2))}}
			if skip {
				clauses["fill"] = word("skip")
			}
			r := runBaseline(t, counts, []string{"n", "mean", "stddev"}, clauses)

			last := len(counts) - 1
			var xs, ws []float64
			for i, n := range counts[:last] {
				if same := slot(start.Add(time.Duration(i)*time.Hour)) == slot(start.Add(time.Duration(last)*time.Hour)); !same || skip && n == 0 {
					continue
				}
				xs, ws = append(xs, float64(n)), append(ws, math.Exp2(-float64(last-i)/(14*24)))
			}
			mean, sd := weighted(xs, ws)
			if r.vals[4] != int64(len(xs)) || math.Abs(r.vals[5].(float64)-mean) > 1e-12 || math.Abs(r.vals[6].(float64)-sd) > 1e-12 {
				t.Errorf("at %s, skip %v: %v, want %d, %v, %v", season, skip, r.vals[4:], len(xs), mean, sd)
			}
		}
	}
}

// weighted is the mean, and the deviation of a sample with reliability weights.
func weighted(xs, ws []float64) (mean, sd float64) {
	sum, pairs, m2 := 0.0, 0.0, 0.0
	for i, w := range ws {
		sum += w
		mean += w * xs[i]
		for _, v := range ws[:i] {
			pairs += 2 * v * w
		}
	}
	mean /= sum
	for i, w := range ws {
		m2 += w * (xs[i] - mean) * (xs[i] - mean)
	}
	return mean, math.Sqrt(m2 * sum / pairs)
}

// A weight that is far below another leaves the deviation what it is: of 10 sixty
// half-lives ago and 14 now it is that of the two, √8.
func TestBaselineDecayFarApart(t *testing.T) {
	counts := make([]int, 62)
	counts[0], counts[60], counts[61] = 10, 14, 15
	r := runBaseline(t, counts, []string{"n", "mean", "stddev"}, map[string][]Arg{"decay": {konst(time.Hour)}, "fill": word("skip"), "min": {konst(int64(2))}})
	if r.vals[4] != int64(2) || r.vals[5] != 14.0 || math.Abs(r.vals[6].(float64)-math.Sqrt(8)) > 1e-12 {
		t.Errorf("got %v", r.vals[4:])
	}
}

func TestBaselineRefuses(t *testing.T) {
	decay := []Arg{konst(time.Hour)}
	for _, c := range []struct {
		every   time.Duration
		need    []string
		clauses map[string][]Arg
		want    string
	}{
		{0, nil, map[string][]Arg{"min": {konst(int64(0))}}, "min is a number"},
		{0, nil, map[string][]Arg{"floor": {konst(0.0)}}, "above zero"},
		{0, nil, map[string][]Arg{"over": {konst(time.Minute)}}, "no history"},
		{0, nil, map[string][]Arg{"over": {konst(time.Duration(0))}}, "goes back some time"},
		{0, nil, map[string][]Arg{"at": word("day_of_week")}, ""},
		{24 * time.Hour, nil, map[string][]Arg{"at": word("hour_of_day")}, "all of one hour_of_day"},
		{0, []string{"p101"}, nil, "has no p101"},
		{0, []string{"mode"}, nil, "has no mode"},
		{0, []string{"median"}, map[string][]Arg{"decay": decay}, "no values to rank"},
		{0, nil, map[string][]Arg{"decay": decay, "over": {konst(24 * time.Hour)}}, "no window drops out"},
		{30 * time.Minute, nil, map[string][]Arg{"decay": decay}, "tumbling windows"},
		{time.Millisecond, nil, nil, "at least a second apart"},
	} {
		every := c.every
		if every == 0 {
			every = time.Hour
		}
		a := Args{Bound: "usual", Need: c.need, Clauses: map[string][]Arg{"of": {col(0, "m", keyed.Cols[1].Type)}}}
		for k, v := range c.clauses {
			a.Clauses[k] = v
		}
		in := Row{Cols: keyed.Cols, Per: max(time.Hour, every), Every: every, Whole: true}
		_, e := baseline.Output(in, &a)
		got := ""
		if e != nil {
			got = e.Message
		}
		if (c.want == "") != (e == nil) || !strings.Contains(got, c.want) {
			t.Errorf("%v: got %q, want %q", c.clauses, got, c.want)
		}
	}
}
