package det_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// TestSigmaProcessAudit reads process creation as the Security channel has it (event
// 4688) by the names of Sysmon, flat and as Winlogbeat flattens it.
func TestSigmaProcessAudit(t *testing.T) {
	var sources []det.Source
	for _, f := range []struct{ title, is string }{
		{"image", `Image|endswith: '\whoami.exe'`},
		{"parent", `ParentImage|endswith: '\cmd.exe'`},
		{"user", `User: ann`},
		{"level", `IntegrityLevel: ['System', 'S-1-16-16384']`},
	} {
		sources = append(sources, det.Source{Name: f.title + ".yml", Text: "title: " + f.title +
			"\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s:\n    " + f.is + "\n  condition: s\n"})
	}
	set, diags := det.Compiler{}.Sources(sources...)
	if len(diags.All) > 0 {
		t.Fatal(render(diags))
	}
	for _, event := range []string{
		`{"Channel": "Security", "EventID": 4688, "NewProcessName": "C:\\whoami.exe", "ParentProcessName": "C:\\cmd.exe", "SubjectUserName": "ann", "MandatoryLabel": "S-1-16-16384"}`,
		`{"winlog.channel": "Security", "winlog.event_id": "4688", "winlog.event_data.NewProcessName": "C:\\whoami.exe",
			"winlog.event_data.ParentProcessName": "C:\\cmd.exe", "winlog.event_data.SubjectUserName": "ann", "winlog.event_data.MandatoryLabel": "S-1-16-16384"}`,
	} {
		file := filepath.Join(t.TempDir(), "events.json")
		if err := os.WriteFile(file, []byte(event), 0o600); err != nil {
			t.Fatal(err)
		}
		var fired []string
		if _, err := set.Run(context.Background(), det.RunOptions{Inputs: []string{file}, Alerts: func(list []runtime.Alert) error {
			for _, a := range list {
				fired = append(fired, a.Rule)
			}
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(fired)
		if diff := cmp.Diff("image level parent user", strings.Join(fired, " ")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", event, diff)
		}
	}
}
