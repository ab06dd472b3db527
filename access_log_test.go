package det_test

import (
	"fmt"
	"path/filepath"
	"testing"
)

// accessRule asks which addresses sent more than so many GETs in any 30 minutes.
const accessRule = `import std.web

rule http_flood {
  title "More than %[1]d GETs from one address in 30 minutes"
  from web_access
  where method == "GET"
  window 30m sliding by ip { attempts = count() }
  when attempts > %[1]d
}
`

// TestAccessLog runs a threshold over a public access log in the combined format.
// The peak of the most active address is 108, of 75.97.9.59.
func TestAccessLog(t *testing.T) {
	path := filepath.Join(sharedData(t), "logs", "apache_access.log")
	for _, tt := range []struct{ over, addresses int }{
		{108, 0}, {107, 1}, {100, 1}, {50, 2}, {30, 31}, {20, 50},
	} {
		t.Run(fmt.Sprint(tt.over), func(t *testing.T) {
			got := scene{rules: fmt.Sprintf(accessRule, tt.over)}.read(t, path)
			if got.err != nil {
				t.Fatal(got.err)
			}
			addresses := map[string]bool{}
			for i := range got.alerts {
				addresses[fmt.Sprint(got.alerts[i].Keys[0].Value)] = true
			}
			if len(addresses) != tt.addresses {
				t.Errorf("%d addresses, not %d", len(addresses), tt.addresses)
			}
			if tt.over >= 100 && tt.addresses == 1 && !addresses["75.97.9.59"] {
				t.Errorf("it is %v, not 75.97.9.59", addresses)
			}
		})
	}
}
