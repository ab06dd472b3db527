package det_test

import (
	"strings"
	"testing"

	"github.com/detlang/det"
)

// TestImportOfSigma tells that Sigma files are given beside a rule file, not imported.
func TestImportOfSigma(t *testing.T) {
	_, diags := det.Compiler{}.Sources(det.Source{Name: "rule.det", Text: "import \"a.yml\"\n"})
	if len(diags.All) == 0 || diags.All[0].Code != "D0801" || !strings.Contains(diags.All[0].Message, "holds Sigma rules") {
		t.Errorf("told %v", diags.All)
	}
}
