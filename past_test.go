package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// pastRule has parameters in every stage that can have one.
const pastRule = `schema login {
  time timestamp
  user string
  ms int
}

rule spike {
  param slow = 10
  param k = 2.0
  param least = 3

  from login
  where ms >= slow
  window 1h by user { n = count() }
  baseline usual of n over 30d min 2 floor 1.0
  when zscore(n, usual) > k and n >= least
  risk 10 on user(user)
}
`

// pastFiles writes the rule, and a month of logins of three users with bursts.
func pastFiles(t *testing.T) (rule, events string) {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("time,user,ms\n")
	start := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	for h := range 24 * 20 {
		for u := range 3 {
			n := 1 + (h*7+u*5)%3
			if h%97 == 90+u {
				n += 4 * (u + 1)
			}
			for i := range n {
				fmt.Fprintf(&b, "%s,user%d,%d\n", start.Add(time.Duration(h)*time.Hour+time.Duration(i)*time.Minute).Format(time.RFC3339), u, (h+i)%40)
			}
		}
	}
	rule, events = filepath.Join(dir, "spike.det"), filepath.Join(dir, "login.csv")
	for name, text := range map[string]string{rule: pastRule, events: b.String()} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return rule, events
}

// TestSweep holds the points of sweeps against runs with each value by itself.
func TestSweep(t *testing.T) {
	rule, events := pastFiles(t)
	opts := det.RunOptions{Inputs: []string{events}}
	for _, tt := range []struct {
		params []det.SweepParam
		shared int
	}{
		{[]det.SweepParam{{Name: "k", Values: []any{0.5, 1.0, 2.0, 3.0, 5.0, 9.0}}}, 3},
		{[]det.SweepParam{{Name: "least", Values: []any{int64(1), int64(4), int64(6)}}, {Name: "k", Values: []any{1.0, 2.0}}}, 3},
		{[]det.SweepParam{{Name: "slow", Values: []any{int64(0), int64(10), int64(30)}}}, 0},
	} {
		got, err := det.Compiler{}.Sweep(context.Background(), "spike", tt.params, opts, nil, rule)
		if err != nil {
			t.Fatal(err)
		}
		if got.Shared != tt.shared {
			t.Errorf("%v: %d stages are shared, not %d", tt.params, got.Shared, tt.shared)
		}
		different := map[int]bool{}
		for _, p := range got.Points {
			c := det.Compiler{Params: map[string]any{}}
			for i, v := range p.Values {
				c.Params["spike."+got.Params[i]] = v
			}
			rules, _, err := c.Files(rule)
			if err != nil {
				t.Fatal(err)
			}
			want, err := rules.Backtest(context.Background(), opts, nil)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(p.Backtest.Rules) != fmt.Sprint(want.Rules) {
				t.Errorf("%v %v: %v\nalone: %v", got.Params, p.Values, p.Backtest.Rules, want.Rules)
			}
			different[want.Alerts] = true
		}
		if len(different) < 2 {
			t.Errorf("%v: the values make no difference", tt.params)
		}
	}
	_, err := det.Compiler{}.Sweep(context.Background(), "spike", []det.SweepParam{{Name: "kk", Values: []any{1.0}}}, opts, nil, rule)
	if err == nil || err.Error() != "rule spike has no param kk: it has slow, k, least" {
		t.Error(err)
	}
}

// TestDiff compares two versions of a rule: every alert is gained, lost, moved or
// the same.
func TestDiff(t *testing.T) {
	rule, events := pastFiles(t)
	opts := det.RunOptions{Inputs: []string{events}}
	version := func(k float64) *det.Ruleset {
		rules, _, err := det.Compiler{NoOptimise: true, Params: map[string]any{"k": k}}.Files(rule)
		if err != nil {
			t.Fatal(err)
		}
		return rules
	}
	count := func(r *det.Ruleset) int {
		n := 0
		if _, err := r.Run(context.Background(), det.RunOptions{Inputs: []string{events}, Alerts: func(list []runtime.Alert) error {
			n += len(list)
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	strict, loose := version(4), version(1)
	few, many := count(strict), count(loose)
	if few == 0 || few >= many {
		t.Fatalf("%d and %d alerts", few, many)
	}
	d, err := det.Diff(context.Background(), strict, loose, opts)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Gained) != many-few || len(d.Lost) != 0 || d.Same != few || len(d.Moved) != 0 {
		t.Errorf("%d gained, %d lost, %d moved, %d the same of %d and %d", len(d.Gained), len(d.Lost), len(d.Moved), d.Same, few, many)
	}
	for i, g := range d.Gained[:min(3, len(d.Gained))] {
		if !strings.HasPrefix(g.Why, "condition_false; it would fire with ") {
			t.Errorf("gained %d: %q", i, g.Why)
		}
	}
	if d, err = det.Diff(context.Background(), loose, strict, opts); err != nil || len(d.Lost) != many-few {
		t.Errorf("the other way round %d are lost, not %d; %v", len(d.Lost), many-few, err)
	}
}

// TestLabels counts alerts and labels that belong together.
func TestLabels(t *testing.T) {
	rule, events := pastFiles(t)
	rules, err := det.Compile(rule)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := rules.Backtest(context.Background(), det.RunOptions{Inputs: []string{events}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]int{}
	for _, e := range plain.Rules[0].Entities {
		first[e.Name] = e.Alerts
	}
	if first["user0"] == 0 || first["user2"] == 0 {
		t.Fatal(plain.Rules[0].Entities)
	}
	labels := filepath.Join(t.TempDir(), "labels.csv")
	text := "entity,from,to,rule\nUSER0,2024-03-01,2024-03-31,spike\nuser2,2024-03-01,2024-03-31,other\nnobody,,,\n"
	if err := os.WriteFile(labels, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := det.ReadLabels(labels)
	if err != nil {
		t.Fatal(err)
	}
	b, err := rules.Backtest(context.Background(), det.RunOptions{Inputs: []string{events}}, list)
	if err != nil {
		t.Fatal(err)
	}
	if b.Right != first["user0"] || b.Found != 1 || len(b.Missed) != 2 {
		t.Errorf("%d right of %d, %d found, missed %v", b.Right, b.Alerts, b.Found, b.Missed)
	}
	days := 0
	for _, n := range b.Rules[0].Days {
		days += n
	}
	if b.Days() != 20 || days != b.Alerts {
		t.Errorf("%d days with %d alerts, not %d", b.Days(), days, b.Alerts)
	}
	expects := filepath.Join(t.TempDir(), "bounds.txt")
	if err := os.WriteFile(expects, []byte("# bounds\nspike at least 1\nspike at most 0 a day # never\nrecall at least 0.5\nnothing at most 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	bounds, err := det.ReadExpectations(expects)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for i := range bounds {
		told = append(told, bounds[i].Check(b))
	}
	if told[0] != "" || !strings.HasPrefix(told[1], "there are ") || told[2] != "recall is 0.333" || told[3] != "there is no rule nothing" {
		t.Errorf("%q", told)
	}
}
