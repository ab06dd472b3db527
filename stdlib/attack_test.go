package stdlib

import (
	"regexp"
	"strings"
	"testing"
)

// TestAttack checks the tables of ATT&CK against themselves: forms, parents,
// tactics, and replacements that exist while what they replace does not.
func TestAttack(t *testing.T) {
	id := regexp.MustCompile(`^T1\d{3}(\.\d{3})?$`)
	all := Techniques()
	if len(all) < 600 {
		t.Fatalf("only %d techniques", len(all))
	}
	tactics := Tactics()
	for key, x := range all {
		if !id.MatchString(key) || x.ID != key || x.Name == "" || len(x.Tactics) == 0 {
			t.Errorf("%s: %+v", key, x)
		}
		if parent, _, sub := strings.Cut(key, "."); sub && all[parent].ID == "" {
			t.Errorf("%s has no parent", key)
		}
		for _, tactic := range x.Tactics {
			if tactics[tactic] == "" {
				t.Errorf("%s: unknown tactic %s", key, tactic)
			}
		}
	}
	for old, now := range Revoked() {
		if !id.MatchString(old) || all[old].ID != "" {
			t.Errorf("%s is both revoked and there", old)
		}
		if now != "" && all[now].ID == "" {
			t.Errorf("%s replaces %s, and is not there", now, old)
		}
	}
	for key, name := range map[string]string{"T1059.001": "PowerShell", "T1110": "Brute Force", "T1003.001": "LSASS Memory", "T1190": "Exploit Public-Facing Application"} {
		if all[key].Name != name {
			t.Errorf("%s is called %q", key, all[key].Name)
		}
	}
	if Revoked()["T1086"] != "T1059.001" {
		t.Error("T1086 became T1059.001")
	}
}
