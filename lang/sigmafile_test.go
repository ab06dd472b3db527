package lang

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// TestImportSigmaNotes writes rules of one file: every comment stays with its rule
// and its selection, and what a filter says of itself stands before what it adds.
func TestImportSigmaNotes(t *testing.T) {
	const text = `# above one
title: One
logsource: {product: windows}
detection:
  a: {EventID: 1} # of a
  b:
    EventID: 2 # of b
  c: # of c
    - x # of x
  # of the condition
  condition: 1 of them
# below one
---
# above two
title: Two
logsource: {product: linux}
detection:
  selection: {F: 1}
  condition: selection
---
title: Known users
id: 11111111-0000-0000-0000-00000000000f
author: ann
logsource: {product: windows}
filter:
  rules: any
  selection: {User: x} # of the filter
  condition: not selection
---
title: Three
logsource: {product: linux}
detection:
  selection: {F: 1}
  condition: selection
# below three
`
	const want = `import std.sigma

rule one {
  // above one
  title "One"

  from any_event
  where logsource(product: "windows")
  // of a
  let a = EventID == "1"
  // of b
  let b = EventID == "2"
  // of c
  // of x
  let c = any_value contains "x"
  // title: Known users
  // id: 11111111-0000-0000-0000-00000000000f
  // author: ann
  // of the filter
  let known_users_selection = User == "x"
  // of the condition
  when (a or b or c) and not known_users_selection
  // below one
}

rule two {
  // above two
  title "Two"

  from any_event
  where logsource(product: "linux")
  let selection = F == "1"
  when selection
}

rule three {
  title "Three"

  from any_event
  where logsource(product: "linux")
  let selection = F == "1"
  when selection
  // below three
}
`
	diags := &diag.List{}
	got := ImportSigma([]*source.File{source.New("rules.yml", text)}, nil, diags)
	if diff := cmp.Diff([]string{want}, got); diff != "" || len(diags.All) > 0 {
		t.Errorf("told %v (-want +got)\n%s", diags.All, diff)
	}
}

// TestImportSigmaUnwritable refuses the rule whose field has a backquote, and writes
// the other.
func TestImportSigmaUnwritable(t *testing.T) {
	const rule = "title: T\nlogsource: {product: windows}\ndetection:\n  selection: {F: 1}\n  condition: selection\n"
	const odd = "title: Odd\nlogsource: {product: windows}\ndetection:\n  selection: {\"a`b\": 1}\n  condition: selection\n"
	diags := &diag.List{}
	got := ImportSigma([]*source.File{source.New("odd.yml", odd), source.New("rule.yml", rule)}, nil, diags)
	if got[0] != "" || got[1] == "" || len(diags.All) != 1 || diags.All[0].Code != "D0913" || diags.All[0].Span.Text() != "\"a`b\"" {
		t.Errorf("wrote %q, told %v", got, diags.All)
	}
}
