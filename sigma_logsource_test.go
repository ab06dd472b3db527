package det_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
)

// TestSigmaLogSources holds an event of each kind against the log sources of all the
// others: it is one of those that its row names, and of no other.
func TestSigmaLogSources(t *testing.T) {
	sources := []string{
		"product windows", "product windows, category process_creation", "product windows, category registry_set", "product windows, category registry_event",
		"product windows, category file_event", "product windows, category ps_script", "product windows, service security", "product windows, service system",
		"product windows, service sysmon", "product windows, service powershell", "product windows, category process_creation, service sysmon",
		"category antivirus", "category process_creation", "product linux", "product linux, category process_creation", "product linux, service auditd", "product linux, service sshd",
		"product macos, category process_creation", "product aws, service cloudtrail", "product okta, service okta", "product azure, service signinlogs",
		"product azure, service auditlogs", "product gcp, service gcp.audit", "product gcp, service google_workspace.admin", "product github, service audit",
		"product kubernetes, service audit", "product m365, service audit", "product zeek, service dns", "product zeek, service http",
		"category webserver", "category proxy", "category dns", "category firewall", "product toaster, service bread",
		"service cloudtrail", "product windows, category process_creatoin", "product windows, service sekurity",
	}
	const sysmon = `"Channel": "Microsoft-Windows-Sysmon/Operational"`
	tests := []struct{ event, want string }{
		{`{` + sysmon + `, "EventID": 1}`, "product windows; product windows, category process_creation; product windows, service sysmon; product windows, category process_creation, service sysmon"},
		{`{"Channel": "Security", "EventID": 4688}`, "product windows; product windows, category process_creation; product windows, service security"},
		{`{"Channel": "Security", "EventID": 1}`, "product windows; product windows, service security"},
		{`{"winlog": {"channel": "Security", "event_id": "4624"}}`, "product windows; product windows, service security"},
		{`{"Event": {"System": {"Channel": "System", "EventID": 7045}}}`, "product windows; product windows, service system"},
		{`{` + sysmon + `, "EventID": "13"}`, "product windows; product windows, category registry_set; product windows, category registry_event; product windows, service sysmon"},
		{`{` + sysmon + `, "EventID": 11}`, "product windows; product windows, category file_event; product windows, service sysmon"},
		{`{"Channel": "PowerShellCore/Operational", "EventID": 4104}`, "product windows; product windows, category ps_script; product windows, service powershell"},
		{`{"Channel": "Microsoft-Windows-Windows Defender/Operational", "EventID": 1116}`, "product windows; category antivirus"},
		{`{"Channel": "Linux-Sysmon/Operational", "EventID": 1}`, "product linux; product linux, category process_creation"},
		{`{"type": "EXECVE", "a0": "ls"}`, "product linux; product linux, service auditd"},
		{`{"SYSLOG_IDENTIFIER": "sshd", "MESSAGE": "x"}`, "product linux; product linux, service sshd"},
		{`{"host": {"os": {"type": "macos"}}, "event": {"category": ["process"], "type": ["start"]}}`, "product macos, category process_creation"},
		{`{"eventSource": "iam.amazonaws.com", "eventName": "CreateUser"}`, "product aws, service cloudtrail; service cloudtrail"},
		{`{"eventType": "user.session.start", "actor": {"type": "User"}}`, "product okta, service okta"},
		{`{"category": "SignInLogs"}`, "product azure, service signinlogs"},
		{`{"category": "AuditLogs"}`, "product azure, service auditlogs"},
		{`{"protoPayload": {"serviceName": "admin.googleapis.com", "methodName": "x"}, "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity"}`, "product gcp, service gcp.audit; product gcp, service google_workspace.admin"},
		{`{"action": "repo.create", "actor": "ann"}`, "product github, service audit"},
		{`{"verb": "get", "objectRef": {"resource": "secrets"}}`, "product kubernetes, service audit"},
		{`{"Workload": "Exchange", "Operation": "New-InboxRule"}`, "product m365, service audit"},
		{`{"_path": "dns", "query": "example.com"}`, "product zeek, service dns; category dns"},
		{`{"_path": "http", "host": "example.com"}`, "product zeek, service http"},
		{`{"cs-method": "GET", "cs-uri-stem": "/", "sc-status": 200}`, "category webserver"},
		{`{"c-uri": "http://example.com/", "cs-host": "example.com"}`, "category proxy"},
		{`{"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "dst_port": 22}`, "category firewall"},
		{`{"class_uid": 1007, "activity_id": 1, "device": {"os": {"type_id": 200}}}`, "category process_creation; product linux, category process_creation"},
		{`{"host": {"os": {"type": "windows"}}, "event": {"category": ["process"], "type": ["start"]}}`, "product windows, category process_creation"},
		{`{"logsource": {"product": "toaster", "service": "bread"}}`, "product toaster, service bread"},
		{`{"anything": 1}`, ""},
	}
	rules := []det.Source{{Name: "mappings.det", Text: "import std.sigma_ecs\nimport std.sigma_ocsf\n"}}
	for i, s := range sources {
		logsource := strings.NewReplacer(" ", ": ", ", ", ", ").Replace(s)
		rules = append(rules, det.Source{Name: fmt.Sprintf("r%d.yml", i), Text: fmt.Sprintf("title: r%d\nlogsource: {%s}\ndetection: {s: {never: x}, condition: s}\n", i, logsource)})
	}
	set, diags := det.Compiler{}.Sources(rules...)
	if diags.Errors() > 0 {
		t.Fatal(render(diags))
	}
	for i, tt := range tests {
		file := filepath.Join(t.TempDir(), fmt.Sprintf("%d.json", i))
		if err := os.WriteFile(file, []byte(tt.event), 0o600); err != nil {
			t.Fatal(err)
		}
		stats, err := set.Run(context.Background(), det.RunOptions{Inputs: []string{file}})
		if err != nil {
			t.Fatal(err)
		}
		absent := map[string]bool{}
		for _, a := range stats.Streams[0].Absent {
			absent[a.Name] = true
		}
		var got []string
		for _, s := range sources {
			if !absent[s] {
				got = append(got, s)
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.event, diff)
		}
	}
}
