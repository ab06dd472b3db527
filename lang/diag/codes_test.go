package diag

import (
	"regexp"
	"testing"
)

// TestCodes checks that the catalogue is complete and in order. That Wrong earns
// its code and Right does not is for the package that tells it to test.
func TestCodes(t *testing.T) {
	id := regexp.MustCompile(`^D0[1-9]\d\d$`)
	last := ""
	for _, c := range Codes {
		if !id.MatchString(c.ID) {
			t.Errorf("%q is not a code", c.ID)
		}
		if c.ID <= last {
			t.Errorf("%s stands behind %s", c.ID, last)
		}
		last = c.ID
		if c.Title == "" || c.When == "" || c.Why == "" {
			t.Errorf("%s: title, when and why must be written", c.ID)
		}
		if got, ok := Lookup(c.ID); !ok || got.Title != c.Title {
			t.Errorf("%s is not found", c.ID)
		}
	}
	if _, ok := Lookup("d0101"); !ok {
		t.Error("case matters")
	}
	if _, ok := Lookup("D0100"); ok {
		t.Error("D0100 exists")
	}
}

func TestNearest(t *testing.T) {
	tests := []struct{ name, want string }{
		{"rul", "rule"}, {"RULE", "rule"}, {"shcema", "schema"}, {"tset", "test"}, {"fnn", "fn"}, {"zebra", ""}, {"", ""},
	}
	for _, tt := range tests {
		if got, _ := Nearest(tt.name, []string{"rule", "schema", "test", "fn"}); got != tt.want {
			t.Errorf("Nearest(%q) is %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSlip(t *testing.T) {
	tests := []struct{ name, want string }{
		{"EventId", "EventID"}, {"tpye", "type"}, {"quer", "query"}, {"param2", ""}, {"Imagee", "Image"}, {"eventNamee2", ""}, {"typ", "type"}, {"ty", ""}, {"", ""},
	}
	for _, tt := range tests {
		if got, _ := Slip(tt.name, []string{"EventID", "type", "query", "param1", "Image", "eventName"}); got != tt.want {
			t.Errorf("Slip(%q) is %q, want %q", tt.name, got, tt.want)
		}
	}
}
