package det_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"github.com/detlang/det/runtime"
	"os"
	"slices"

	"path/filepath"
	"testing"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
)

func TestSigmaCorpus(t *testing.T) {
	dir := filepath.Join(sharedData(t), "sigma", "rules")
	began := time.Now()
	rs, diags, err := det.Compiler{}.Files(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(began), len(rs.Rules()), rs.Files(), len(diags.All))
	n := 0
	for _, d := range diags.All {
		if d.Severity != diag.Error {
			continue
		}
		if n++; n < 30 {
			t.Log(d.Span, d.Code, d.Message)
		}
	}
	codes := map[string]int{}
	for _, d := range diags.All {
		codes[d.Code]++
	}
	t.Log(codes)
}

func TestSigmaEVTXMitre(t *testing.T) {
	shared := sharedData(t)
	rs, _, err := det.Compiler{}.Files(filepath.Join(shared, "sigma", "rules"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		Rules     []string
		Undecided []string
		Hits      map[string][]int64
	}
	text, err := os.ReadFile(filepath.Join(shared, "evtx_mitre", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	got := map[string][]int64{}
	began := time.Now()
	st, err := rs.Run(context.Background(), det.RunOptions{Inputs: []string{filepath.Join(shared, "evtx_mitre", "events.jsonl.gz")}, Alerts: func(list []runtime.Alert) error {
		for _, a := range list {
			got[a.RuleID] = append(got[a.RuleID], a.Evidence[0].Row)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(began), st.Rows, st.Alerts, st.Rejected)
	pairs, missing, extra := 0, 0, 0
	for _, id := range expected.Rules {
		want := expected.Hits[id]
		slices.Sort(got[id])
		slices.Sort(want)
		pairs += len(got[id])
		for _, r := range want {
			if !slices.Contains(got[id], r) {
				missing++
				if missing < 20 {
					t.Log("missing", id, r)
				}
			}
		}
		for _, r := range got[id] {
			if !slices.Contains(want, r) {
				extra++
				if extra < 20 {
					t.Log("extra", id, r)
				}
			}
		}
	}
	t.Log(pairs, missing, extra)
	_ = bufio.NewReader
	_ = gzip.NewReader
	_ = fmt.Sprint
}
