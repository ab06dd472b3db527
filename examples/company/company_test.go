package company

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// buffer is a table kept in memory.
type buffer struct{ bytes.Buffer }

func (*buffer) Close() error { return nil }

// generate makes all tables in memory.
func generate(t testing.TB, o Options) map[string]*buffer {
	t.Helper()
	made := map[string]*buffer{}
	err := Generate(func(table string) (io.WriteCloser, error) {
		made[table] = new(buffer)
		return made[table], nil
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// records parses a table.
func records(t testing.TB, b *buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	dec := json.NewDecoder(bytes.NewReader(b.Bytes()))
	for dec.More() {
		var r map[string]any
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

var small = Options{Seed: 1, Days: 15, Scale: 0.1}

func TestTablesAreAllWritten(t *testing.T) {
	made := generate(t, small)
	if got, want := slices.Sorted(maps.Keys(made)), slices.Sorted(slices.Values(Tables())); !slices.Equal(got, want) {
		t.Errorf("tables are %v, want %v", got, want)
	}
	for name, b := range made {
		if b.Len() == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

func TestSameOptionsSameBytes(t *testing.T) {
	a, b := generate(t, small), generate(t, small)
	for name := range a {
		if !bytes.Equal(a[name].Bytes(), b[name].Bytes()) {
			t.Errorf("%s differs between two runs", name)
		}
	}
	other := small
	other.Seed++
	if bytes.Equal(a["dns"].Bytes(), generate(t, other)["dns"].Bytes()) {
		t.Error("another seed gives the same dns table")
	}
}

func TestFewerDaysAreAPrefix(t *testing.T) {
	longer := small
	longer.Days += 3
	a, b := generate(t, small), generate(t, longer)
	for name := range a {
		if !bytes.HasPrefix(b[name].Bytes(), a[name].Bytes()) {
			t.Errorf("%s of %d days does not begin with that of %d", name, longer.Days, small.Days)
		}
	}
}

func TestNilWriterLeavesATableOut(t *testing.T) {
	all, dns := generate(t, small), new(buffer)
	err := Generate(func(table string) (io.WriteCloser, error) {
		if table == "dns" {
			return dns, nil
		}
		return nil, nil
	}, small)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(dns.Bytes(), all["dns"].Bytes()) {
		t.Error("dns alone differs from dns among the others")
	}
}

func TestErrorsNameTheTable(t *testing.T) {
	full := fmt.Errorf("no space left")
	err := Generate(func(string) (io.WriteCloser, error) { return nil, full }, small)
	if err == nil || !strings.HasPrefix(err.Error(), "antivirus: ") {
		t.Errorf("error is %v, want one that names antivirus", err)
	}
	if err := Generate(nil, Options{Days: -1}); err == nil {
		t.Error("negative days are accepted")
	}
}

func TestRowsAreInOrderOfTime(t *testing.T) {
	for name, b := range generate(t, small) {
		field := "time"
		switch name {
		case "assets":
			continue
		case "process_creation":
			field = "UtcTime"
		}
		last, end := "", small.end().Format("2006-01-02")
		for i, r := range records(t, b) {
			now := r[field].(string)
			if now < last || now >= end {
				t.Fatalf("%s row %d: %s after %s, before %s", name, i, now, last, end)
			}
			last = now
		}
	}
}

func (o Options) end() time.Time { return Start.AddDate(0, 0, o.Days) }

// TestPlanIsInTheData counts, for every fact and day, the rows about its person
// or address that look as planned, with nothing else of the sort beside them.
func TestPlanIsInTheData(t *testing.T) {
	o := Options{Seed: 7, Days: 90, Scale: 0.1}
	made := generate(t, o)
	found := map[string]int{}
	for _, name := range []string{"antivirus", "authentication", "document_opened", "email_sent", "url_filter", "web_access"} {
		for _, r := range records(t, made[name]) {
			if r["outcome"] == "SUCCESS" {
				continue
			}
			who, _ := r["user"].(string)
			if ip, ok := r["ip"].(string); ok {
				who = strings.TrimPrefix(ip, "::ffff:")
			}
			day, err := time.Parse(time.RFC3339, r["time"].(string))
			if err != nil {
				t.Fatal(err)
			}
			found[fmt.Sprint(name, who, int(day.Sub(Start).Hours())/24)]++
		}
	}
	want := map[string]int{}
	for _, f := range Facts() {
		for day := range o.Days {
			if n := f.Rows(day); n > 0 && f.Table != "process_creation" {
				want[fmt.Sprint(f.Table, f.Who, day)] += n
			}
		}
	}
	for key, n := range want {
		if found[key] != n {
			t.Errorf("%s: %d rows, planned %d", key, found[key], n)
		}
	}
}

func TestPlannedRowsStayWithinTheirDay(t *testing.T) {
	for _, f := range Facts() {
		for day := range 90 {
			rows := f.on(day)
			if n := len(rows); n > 0 && !rows[n-1].at.Before(at(day+1, 0)) {
				t.Errorf("%s %s: row %d of day %d is at %v", f.Table, f.Who, n-1, day, rows[n-1].at)
			}
		}
	}
}

func TestPeopleAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, p := range append(people(5), cast...) {
		for _, s := range []string{p.user, p.ip, p.device} {
			if other, ok := seen[s]; ok {
				t.Errorf("%s and %s share %s", p.user, other, s)
			}
			seen[s] = p.user
		}
		if p.share <= 0 {
			t.Errorf("%s has share %g", p.user, p.share)
		}
	}
}

func TestPoissonHasItsMeanAndVariance(t *testing.T) {
	d := newDice(3, 4)
	for _, mean := range []float64{0, 0.5, 4, 75} {
		const n = 20_000
		sum, squares := 0.0, 0.0
		for range n {
			x := float64(d.poisson(mean))
			sum, squares = sum+x, squares+x*x
		}
		m := sum / n
		if v := squares/n - m*m; m < 0.97*mean || m > 1.03*mean || v < 0.95*mean || v > 1.05*mean {
			t.Errorf("poisson(%g): mean %g, variance %g", mean, m, v)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		size := int64(0)
		for _, table := range generate(b, Options{Seed: 1}) {
			size += int64(table.Len())
		}
		b.SetBytes(size)
	}
}
