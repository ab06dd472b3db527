package det_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
)

// TestSigmaBrokenParts compiles rules beside a filter or a correlation that is broken:
// what is wrong is told once, the part is left out, and the rules send their alerts.
func TestSigmaBrokenParts(t *testing.T) {
	const rules = `title: Logon
name: logon
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4624}, condition: selection}
---
title: Failure
name: failure
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4625}, condition: selection}
---
title: Explicit
name: explicit
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4648}, condition: selection}
---
`
	tests := []struct {
		name, part string
		told       []string
		want       string
	}{
		{"a filter names no selection", `title: F
logsource: {product: windows}
filter: {rules: any, selection: {User: ann}, condition: not selction}
`, []string{"D0903"}, "08:00:00 logon\n08:00:01 failure\n08:00:02 explicit\n"},
		{"a filter with a modifier that does not exist", `title: F
logsource: {product: windows}
filter: {rules: any, selection: {User|containts: ann}, condition: not selection}
`, []string{"D0904"}, "08:00:00 logon\n08:00:01 failure\n08:00:02 explicit\n"},
		{"a sound filter", `title: F
logsource: {product: Windows}
filter: {rules: ANY, selection: {EventID: 4625}, condition: not selection}
`, nil, "08:00:00 logon\n08:00:02 explicit\n"},
		{"several conditions of a filter, of which one is enough", `title: F
logsource: {product: windows}
filter: {rules: any, a: {EventID: 4624}, b: {EventID: 4625}, condition: [a, b]}
`, nil, "08:00:00 logon\n08:00:01 failure\n"},
		{"a correlation of no such type", `title: C
correlation: {type: event_cout, rules: [logon, failure], group-by: [User], timespan: 1m, condition: {gte: 2}}
`, []string{"D0909"}, "08:00:00 logon\n08:00:01 failure\n08:00:02 explicit\n"},
		{"a correlation over a rule that is broken", `title: B
name: broken
logsource: {product: windows}
detection: {selection: {F|re: '('}, condition: selection}
---
title: C
correlation: {type: event_count, rules: [broken, logon], group-by: [User], timespan: 1m, condition: {gte: 2}}
`, []string{"D0209", "D0607"}, "08:00:00 logon\n08:00:01 failure\n08:00:02 explicit\n"},
		{"one of two correlations", `title: C
correlation: {type: event_count, rules: [logon, failure], group-by: [User], timespan: 1x, condition: {gte: 2}}
---
title: D
correlation: {type: event_count, rules: [failure], group-by: [User], timespan: 1m, condition: {gte: 2}}
`, []string{"D0909"}, "08:00:00 logon\n08:00:02 explicit\n"},
	}
	events := timeline(t, "08:00:00 EventID=4624\n08:00:01 EventID=4625\n08:00:02 EventID=4648\n")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, diags := det.Compiler{}.Sources(det.Source{Name: "rules.yml", Text: rules + tt.part})
			var told []string
			for _, d := range diags.All {
				if d.Severity != diag.Info {
					told = append(told, d.Code)
				}
			}
			if diff := cmp.Diff(tt.told, told); diff != "" {
				t.Errorf("told (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, alertLines(t, set, events, 0, false)); diff != "" {
				t.Errorf("alerts (-want +got)\n%s", diff)
			}
		})
	}
}
