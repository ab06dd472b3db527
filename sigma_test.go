package det_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/runtime"
)

// publicRules compiles the public Sigma rules of the shared data, once for all
// tests that run them.
var publicRules = sync.OnceValues(func() (*det.Ruleset, *diag.List) {
	rules, diags, err := det.Compiler{}.Files(filepath.Join("..", "shared", "data", "sigma", "rules"))
	if err != nil {
		panic(err)
	}
	return rules, diags
})

// TestSigmaPublicRules loads all public rules. Two name a placeholder, for which only
// those who run them have a list; everything else is a rule.
func TestSigmaPublicRules(t *testing.T) {
	sharedData(t)
	rules, diags := publicRules()
	if rules.Files() != 1849 || len(rules.Rules()) != 1847 {
		t.Errorf("%d rules of %d files", len(rules.Rules()), rules.Files())
	}
	var refused, unknown []string
	notes := map[string]int{}
	for _, d := range diags.All {
		if d.Severity == diag.Error {
			refused = append(refused, fmt.Sprintf("%s: %s %s", filepath.Base(d.Span.File.Name), d.Code, d.Message))
		} else {
			notes[d.Code]++
		}
		if d.Code == "D0908" {
			unknown = append(unknown, fmt.Sprintf("%s: %s", filepath.Base(d.Span.File.Name), d.Message))
		}
	}
	slices.Sort(refused)
	slices.Sort(unknown)
	want := []string{
		"win_security_adcs_certighost_cdc_chase_request.yml: D0906 there is no list known_cdcs for the placeholder %known_cdcs%",
		"win_security_adcs_certighost_cert_issued_via_chase.yml: D0906 there is no list known_cdcs for the placeholder %known_cdcs%",
	}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("refused (-want +got)\n%s", diff)
	}
	// GrandParentImage and the IntegrityLevel of who made a file are names that Sysmon
	// does not have.
	if diff := cmp.Diff([]string{
		"file_event_win_wdac_policy_creation_in_codeintegrity_folder.yml: the events of this log source have no field IntegrityLevel, as far as the mappings know",
		"proc_creation_win_malware_pikabot_discovery.yml: the events of this log source have no field GrandParentImage, as far as the mappings know",
	}, unknown); diff != "" {
		t.Errorf("fields that their log source does not have (-want +got)\n%s", diff)
	}
	// Applications and services of network devices whose log nothing tells apart
	// (D0907), two fields that Sysmon does
	// not have (D0908), two numbers that begin with 0 (D0912).
	if diff := cmp.Diff(map[string]int{"D0907": 16, "D0908": 2, "D0912": 2}, notes); diff != "" {
		t.Errorf("notes and warnings (-want +got)\n%s", diff)
	}
}

// TestSigmaFieldsOfSources holds the names of fields against those that the mappings
// know for a log source: what is misspelt is told, with what was meant, and what the
// vendor may add is not.
func TestSigmaFieldsOfSources(t *testing.T) {
	tests := []struct{ logsource, field, hint string }{
		{"product: windows, service: security", "EventId", "did you mean EventID?"},
		{"product: windows, service: security", "SubjectUserNme", "did you mean SubjectUserName?"},
		{"product: windows, service: system", "Provider_Nmae", "did you mean Provider_Name?"},
		{"product: windows, service: system", "param9", "none"},
		{"product: windows, service: system", "FieldOfSomeDriver", "none"},
		{"product: windows, category: ps_script", "ScriptBlockTxt", "did you mean ScriptBlockText?"},
		{"product: windows, category: process_creation", "Imagee", "did you mean Image?"},
		{"product: windows, category: process_creation", "EventID", "none"},
		{"product: windows, category: process_creation, service: sysmon", "ComandLine", "did you mean CommandLine?"},
		{"product: windows, service: taskscheduler", "TaskNmae", "did you mean TaskName?"},
		{"product: windows", "EvntID", "did you mean EventID?"},
		{"product: linux, category: process_creation", "ParentImge", "did you mean ParentImage?"},
		{"product: linux, service: auditd", "tpye", "did you mean type?"},
		{"product: linux, service: auditd", "a12", "none"},
		{"product: macos, category: process_creation", "CommandLin", "did you mean CommandLine?"},
		{"product: aws, service: cloudtrail", "evenName", "did you mean eventName?"},
		{"product: aws, service: cloudtrail", "requestParameters.policyArn", "none"},
		{"product: aws, service: cloudtrail", "requestParamters.policyArn", "no name"},
		{"product: okta, service: okta", "evenType", "did you mean eventType?"},
		{"product: okta, service: okta", "client.geographicalContext.country", "none"},
		{"product: azure, service: signinlogs", "ResultTyp", "did you mean ResultType?"},
		{"product: kubernetes, service: audit", "verbb", "did you mean verb?"},
		{"category: webserver", "cs-uri-qury", "did you mean cs-uri-query?"},
		{"category: proxy", "c-usragent", "did you mean c-useragent?"},
		{"category: dns", "quer", "did you mean query?"},
		{"category: firewall", "dst_prt", "did you mean dst_port?"},
		{"category: antivirus", "Signatur", "did you mean Signature?"},
		{"product: zeek, service: http", "user_agnt", "did you mean user_agent?"},
		{"product: rpc_firewall, category: application", "InterfaceUid", "did you mean InterfaceUuid?"},
	}
	for _, tt := range tests {
		_, diags := det.Compiler{}.Sources(det.Source{Name: "r.yml", Text: fmt.Sprintf(
			"title: r\nlogsource: {%s}\ndetection: {s: {'%s': x}, condition: s}\n", tt.logsource, tt.field)})
		got := "none"
		for _, d := range diags.All {
			if d.Code == "D0908" {
				if got = d.Hint; got == "" {
					got = "no name"
				}
			}
		}
		if got != tt.hint {
			t.Errorf("%s, %s: %q, want %q", tt.logsource, tt.field, got, tt.hint)
		}
	}
}

// sigmaPairs runs rules over inputs and gives, by the id of the rule, the rows of the
// events that it fired for, sorted.
func sigmaPairs(t *testing.T, rules *det.Ruleset, inputs ...string) map[string][]int64 {
	t.Helper()
	got := map[string][]int64{}
	_, err := rules.Run(context.Background(), det.RunOptions{Inputs: inputs, Alerts: func(list []runtime.Alert) error {
		for i := range list {
			a := &list[i]
			got[a.RuleID] = append(got[a.RuleID], a.Evidence[0].Row)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range got {
		slices.Sort(rows)
	}
	return got
}

// mitre is what two other engines agree on.
type mitre struct {
	Rules     []string
	Undecided []string
	Hits      map[string][]int64
}

func readMitre(t *testing.T) (events string, want mitre) {
	t.Helper()
	dir := filepath.Join(sharedData(t), "evtx_mitre")
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, rows := range want.Hits {
		slices.Sort(rows)
	}
	return filepath.Join(dir, "events.jsonl.gz"), want
}

// TestSigmaEVTXToMITRE holds the public rules against 10,015 real events: exactly the
// 619 pairs of rule and event on which two other engines agree, and no other.
func TestSigmaEVTXToMITRE(t *testing.T) {
	events, want := readMitre(t)
	rules, _ := publicRules()
	got := sigmaPairs(t, rules, events)
	maps.DeleteFunc(got, func(id string, _ []int64) bool {
		return !slices.Contains(want.Rules, id) || slices.Contains(want.Undecided, id)
	})
	pairs := 0
	for _, rows := range got {
		pairs += len(rows)
	}
	if diff := cmp.Diff(want.Hits, got); diff != "" || pairs != 619 {
		t.Errorf("%d pairs (-want +got)\n%s", pairs, diff)
	}
}

// TestSigmaImport writes all public rules in the language. What is written is in
// canonical form, and gives the same pairs as the YAML.
func TestSigmaImport(t *testing.T) {
	events, _ := readMitre(t)
	names, err := det.RuleFiles(filepath.Join("..", "shared", "data", "sigma", "rules"))
	if err != nil {
		t.Fatal(err)
	}
	var files []det.Source
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, det.Source{Name: name, Text: string(text)})
	}
	imported := importedRules(t, files)
	rules, _ := publicRules()
	if len(imported.Rules()) != len(rules.Rules()) {
		t.Errorf("%d rules were imported of %d", len(imported.Rules()), len(rules.Rules()))
	}
	flat := filepath.Join(t.TempDir(), "regression.ndjson")
	var lines [][]byte
	for _, r := range readRegressions(t) {
		lines = append(lines, rawLines(r.Events)...)
	}
	if err := os.WriteFile(flat, bytes.Join(lines, []byte("\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, input := range []string{events, flat} {
		if diff := cmp.Diff(sigmaPairs(t, rules, input), sigmaPairs(t, imported, input)); diff != "" {
			t.Errorf("%s (-YAML +imported)\n%s", filepath.Base(input), diff)
		}
	}
}

// regression is a positive sample of a public rule.
type regression struct {
	ID     string            `json:"rule_id"`
	Count  *int              `json:"match_count"`
	Events []json.RawMessage `json:"events"`
}

func readRegressions(t *testing.T) []regression {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sharedData(t), "sigma", "regression.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []regression
	for line := range bytes.Lines(text) {
		var r regression
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// miscounted is the sample whose own count its rule contradicts: of the six events
// three end with a name on the rule's list (procdump.exe, procdump64.exe,
// procdump64a.exe), where the sample says one.
const miscounted = "8fbf3271-1ef6-4e94-8210-03c2317947f6"

// TestSigmaRegressions runs the 100 samples as flat JSON, as nested JSON and as event
// logs of Windows: each rule fires as often as the sample says, at least once where
// it does not say.
func TestSigmaRegressions(t *testing.T) {
	samples := readRegressions(t)
	if len(samples) != 100 {
		t.Errorf("%d samples", len(samples))
	}
	dir := filepath.Join(sharedData(t), "sigma")
	flat := t.TempDir()
	for _, r := range samples {
		if err := os.WriteFile(filepath.Join(flat, r.ID+".ndjson"), bytes.Join(rawLines(r.Events), []byte("\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rules, _ := publicRules()
	for _, form := range []struct{ name, input string }{
		{"flat", flat}, {"nested", filepath.Join(dir, "regression_data")}, {"evtx", filepath.Join(dir, "regression_evtx")},
	} {
		t.Run(form.name, func(t *testing.T) {
			fired := map[string]int{} // by file and rule
			_, err := rules.Run(context.Background(), det.RunOptions{Inputs: []string{form.input}, Alerts: func(list []runtime.Alert) error {
				for i := range list {
					file, _, _ := strings.Cut(filepath.Base(list[i].Evidence[0].Source), ".")
					fired[file+" "+list[i].RuleID]++
				}
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			good := 0
			for _, r := range samples {
				n, want := fired[r.ID+" "+r.ID], "at least 1"
				if r.ID == miscounted {
					*r.Count = 3
				}
				if r.Count != nil {
					want = fmt.Sprint(*r.Count)
				}
				if n == 0 || r.Count != nil && n != *r.Count {
					t.Errorf("%s fired %d times, want %s", r.ID, n, want)
					continue
				}
				good++
			}
			if good != 100 {
				t.Errorf("%d of 100", good)
			}
		})
	}
}

func rawLines(events []json.RawMessage) [][]byte {
	out := make([][]byte, len(events))
	for i, e := range events {
		out[i] = e
	}
	return out
}
