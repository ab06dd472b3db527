package det_test

import (
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
