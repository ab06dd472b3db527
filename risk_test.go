package det_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/output"
)

// TestLedger writes a ledger in each format and reads it back: over the same events
// once more nothing changes, since each contribution counts once, and over the ledger
// alone the rules over risk say what they said.
func TestLedger(t *testing.T) {
	a, err := txtar.ParseFile("testdata/rules/ledger.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	rules, err := det.Compile(filepath.Join(dir, "rule.det"))
	if err != nil {
		t.Fatal(err)
	}
	var whole, parts []string
	tell := func(to *[]string) func([]runtime.RiskEvent) error {
		return func(list []runtime.RiskEvent) error {
			for _, e := range list {
				*to = append(*to, e.ID)
			}
			return nil
		}
	}
	events, past := filepath.Join(dir, "auth.ndjson"), filepath.Join(dir, "risk.ndjson")
	alertsOf(t, rules, 0, tell(&whole), events)
	alertsOf(t, rules, 3, tell(&parts), events)
	if len(whole) != 2 || !slices.Equal(whole, parts) {
		t.Errorf("contributions %q; with shards %q", whole, parts)
	}
	for _, suffix := range output.LedgerSuffixes {
		name := filepath.Join(dir, "ledger"+suffix)
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		ledger := output.OpenLedger(f, suffix)
		want := alertsOf(t, rules, 0, ledger.Write, events, "risk="+past)
		if err := ledger.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got := alertsOf(t, rules, 0, nil, events, "risk="+past, "risk="+name); got != want {
			t.Errorf("%s: read back beside the events\n%s\nwant\n%s", suffix, got, want)
		}
		if got := alertsOf(t, rules, 3, nil, events, "risk="+past, "risk="+name); got != want {
			t.Errorf("%s: read back beside the events, with shards\n%s\nwant\n%s", suffix, got, want)
		}
		var over []string
		for _, line := range strings.Split(want, "\n") {
			if !strings.Contains(line, " failed ") {
				over = append(over, line)
			}
		}
		if got := alertsOf(t, rules, 0, nil, "risk="+past, "risk="+name); got != strings.Join(over, "\n") {
			t.Errorf("%s: alone\n%s\nwant\n%s", suffix, got, strings.Join(over, "\n"))
		}
	}
}

// alertsOf are the ids, rules and values of the alerts over some inputs.
func alertsOf(t *testing.T, rules *det.Ruleset, shards int, risk func([]runtime.RiskEvent) error, inputs ...string) string {
	t.Helper()
	var b strings.Builder
	_, err := rules.Run(context.Background(), det.RunOptions{Inputs: inputs, Shards: shards, Risk: risk, Alerts: func(list []runtime.Alert) error {
		for _, a := range list {
			b.WriteString(a.ID + " " + a.Rule + " " + output.List(a.Values) + "\n")
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
