package det_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

const (
	emptyMD5    = "d41d8cd98f00b204e9800998ecf8427e"
	emptySHA1   = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	someImphash = "0c6803c4e922103c4dca5963aad36ddf"
)

// hashRules ask for hashes by their own names, and for all of them.
func hashRules(t *testing.T, logsource string, more ...det.Source) *det.Ruleset {
	t.Helper()
	sources := more
	for _, r := range []struct{ title, is string }{
		{"md5", "md5: " + emptyMD5}, {"sha1", "sha1: [" + emptySHA1 + "]"}, {"sha256", "sha256: " + emptySHA256},
		{"imphash", "Imphash|startswith: " + someImphash[:8]}, {"all", "Hashes|contains: SHA256=" + emptySHA256}, {"none", "md5: null"},
	} {
		sources = append(sources, det.Source{Name: r.title + ".yml", Text: fmt.Sprintf("title: %s\nlogsource: {%s}\ndetection: {s: {%s}, condition: s}\n", r.title, logsource, r.is)})
	}
	set, diags := det.Compiler{}.Sources(sources...)
	if len(diags.All) > 0 {
		t.Fatal(render(diags))
	}
	return set
}

// TestSigmaHashes reads single hashes from what events have: all of Sysmon's in one
// field, each in its own, or those of ECS.
func TestSigmaHashes(t *testing.T) {
	const sysmon = `"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": `
	ecs := det.Source{Name: "ecs.det", Text: "import std.sigma_ecs\n"}
	process := hashRules(t, "product: windows, category: process_creation")
	stream := hashRules(t, "product: windows, category: create_stream_hash")
	mapped := hashRules(t, "product: windows, category: process_creation", ecs)
	for _, tt := range []struct {
		name  string
		rules *det.Ruleset
		event string
		want  string
	}{
		{"all in one", process, `{` + sysmon + `1, "Hashes": "SHA1=` + strings.ToUpper(emptySHA1) + `,MD5=` + emptyMD5 + `,SHA256=` + emptySHA256 + `,IMPHASH=` + strings.ToUpper(someImphash) + `"}`, "all imphash md5 sha1 sha256"},
		{"nested", process, `{"Event": {"System": {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1}, "EventData": {"Hashes": "MD5=` + emptyMD5 + `"}}}`, "md5"},
		{"one of them", process, `{` + sysmon + `1, "Hashes": "SHA256=` + emptySHA256 + `"}`, "all none sha256"},
		{"a name that ends like another", process, `{` + sysmon + `1, "Hashes": "XMD5=` + emptyMD5 + `"}`, "none"},
		{"no hash", process, `{` + sysmon + `1, "Hashes": "MD5=abc"}`, "none"},
		{"nothing", process, `{` + sysmon + `1}`, "none"},
		{"its own field first", process, `{` + sysmon + `1, "md5": "` + emptyMD5 + `", "Hashes": "MD5=00000000000000000000000000000000"}`, "md5"},
		{"of a stream", stream, `{` + sysmon + `15, "Hash": "MD5=` + emptyMD5 + `,IMPHASH=` + someImphash + `"}`, "imphash md5"},
		{"ECS", mapped, `{"host": {"os": {"type": "windows"}}, "event": {"category": ["process"], "type": ["start"]}, "process": {"hash": {"md5": "` + emptyMD5 + `", "sha1": "` + emptySHA1 + `", "sha256": "` + emptySHA256 + `"}, "pe": {"imphash": "` + someImphash + `"}}}`, "all imphash md5 sha1 sha256"},
		{"ECS, one of them", mapped, `{"host": {"os": {"type": "windows"}}, "event": {"category": ["process"], "type": ["start"]}, "process": {"hash": {"sha256": "` + emptySHA256 + `"}}}`, "all none sha256"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "events.json")
			if err := os.WriteFile(file, []byte(tt.event), 0o600); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, firedRules(t, tt.rules, file)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// firedRules are the rules that fire over a file, in the order of their names.
func firedRules(t *testing.T, set *det.Ruleset, file string) string {
	t.Helper()
	var fired []string
	if _, err := set.Run(context.Background(), det.RunOptions{Inputs: []string{file}, Alerts: func(list []runtime.Alert) error {
		for i := range list {
			fired = append(fired, list[i].Rule)
		}
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(fired)
	return strings.Join(fired, " ")
}

// TestSigmaHashesOfSamples finds the hashes that the public regression samples have,
// in flat JSON and in event logs.
func TestSigmaHashesOfSamples(t *testing.T) {
	dir := filepath.Join(sharedData(t), "sigma")
	names := map[string]string{"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "imphash": "IMPHASH"}
	want := map[string]int{}
	flat := filepath.Join(t.TempDir(), "flat.ndjson")
	var lines [][]byte
	for _, r := range readRegressions(t) {
		lines = append(lines, rawLines(r.Events)...)
		for _, e := range r.Events {
			var event struct{ Hashes string }
			if err := json.Unmarshal(e, &event); err != nil {
				t.Fatal(err)
			}
			for _, part := range strings.Split(event.Hashes, ",") {
				for rule, name := range names {
					if strings.HasPrefix(part, name+"=") {
						want[rule]++
					}
				}
			}
		}
	}
	if err := os.WriteFile(flat, bytes.Join(lines, []byte("\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if want["imphash"] == 0 || want["sha256"] == 0 {
		t.Fatalf("the samples have no hashes: %v", want)
	}
	var sources []det.Source
	for rule, field := range map[string]string{"md5": "md5", "sha1": "sha1", "sha256": "sha256", "imphash": "Imphash"} {
		sources = append(sources, det.Source{Name: rule + ".yml", Text: "title: " + rule + "\nlogsource: {product: windows, service: sysmon}\ndetection: {s: {" + field + "|re: '^[0-9A-F]+$'}, condition: s}\n"})
	}
	set, diags := det.Compiler{}.Sources(sources...)
	if len(diags.All) > 0 {
		t.Fatal(render(diags))
	}
	for _, input := range []string{flat, filepath.Join(dir, "regression_evtx")} {
		got := map[string]int{}
		for _, rule := range strings.Fields(firedRules(t, set, input)) {
			got[rule]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", filepath.Base(input), diff)
		}
	}
}
