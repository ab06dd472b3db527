package det_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestWindowInParts closes a window of more keys than one batch has. What looks at
// each key by itself gets it in parts; peers get all of it.
func TestWindowInParts(t *testing.T) {
	const keys = 70_000
	var events strings.Builder
	events.WriteString("time,host\n")
	for day := 1; day <= 2; day++ {
		for i := range keys {
			fmt.Fprintf(&events, "2024-01-0%dT00:00:00Z,h%d\n", day, i)
		}
		fmt.Fprintf(&events, "2024-01-0%dT01:00:00Z,h%d\n", day, keys-1)
	}
	for _, c := range []struct {
		name, stages string
		alerts       int
	}{
		{"alone", "window 1d by host evidence 0 { n = count() }\n  when n > 1", 2},
		{"its own past", "window 1d by host evidence 0 { n = count() }\n  baseline usual of n min 1\n  when usual.warm and n == usual.mean", keys},
		{"throttled", "window 1d by host evidence 0 { n = count() }\n  when n >= 1\n  throttle 3d by n", 2},
		{"others", fmt.Sprintf("window 1d by host evidence 0 { n = count() }\n  peers all_hosts of n\n  when all_hosts.n == %d", keys-1), 2 * keys},
		{"others of those with a past", fmt.Sprintf("window 1d by host evidence 0 { n = count() }\n  baseline usual of n min 1\n  peers all_hosts of n\n  when usual.warm and all_hosts.n == %d", keys-1), keys},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules := "schema beat {\n  time timestamp\n  host string\n}\n\nrule r {\n  from beat\n  " + c.stages + "\n}\n"
			got := scene{rules: rules}.run(t, input{"beat.csv", []byte(events.String())})
			if got.err != nil || len(got.alerts) != c.alerts {
				t.Errorf("%d alerts, %v; want %d", len(got.alerts), got.err, c.alerts)
			}
		})
	}
}
