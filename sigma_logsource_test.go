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
		{`{"clientip": "10.0.0.1", "request": "GET /a?x=1 HTTP/1.1", "method": "GET", "uri": "/a?x=1", "path": "/a", "query": "x=1", "status": 200, "bytes": 5}`, "category webserver"},
		{`{"clientip": "10.0.0.1", "request": "GET /?a.b HTTP/1.1", "method": "GET", "uri": "/?a.b", "path": "/", "query": "a.b", "status": 200}`, "category webserver"},
		{`{"clientip": "10.0.0.1", "request": "\u0016\u0003\u0001", "status": 400, "bytes": 226}`, "category webserver"},
		{`{"method": "DELETE", "status": "done"}`, ""},
		{`{"method": "GET", "path": "/health", "status": 200}`, "category webserver"},
		{`{"path": "/var/lib/x", "status": "ok"}`, ""},
		{`{"cs-uri-query": "id=1", "sc-status": 500}`, "category webserver"},
		{`{"cs-method": "GET", "cs-host": "example.com", "cs-uri-scheme": "http", "cs-uri-stem": "/", "sc-status": 200}`, "category proxy"},
		{`{"cs-method": "GET", "c-uri": "http://example.com/x", "cs-host": "example.com", "cs-uri-stem": "/x", "c-useragent": "curl"}`, "category proxy"},
		{`{"event": {"category": ["web"], "dataset": "nginx.access"}, "http": {"request": {"method": "GET"}, "response": {"status_code": 200}}, "url": {"original": "/a", "path": "/a"}, "source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}}`, "category webserver"},
		{`{"event": {"category": ["web"]}, "observer": {"type": "proxy"}, "http": {"request": {"method": "GET"}}, "url": {"original": "http://example.com/", "domain": "example.com"}}`, "category proxy"},
		{`{"event": {"category": ["network"], "type": ["connection"], "action": "network_flow"}, "source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}}`, ""},
		{`{"event": {"category": ["network"], "type": ["connection", "denied"]}, "source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}}`, "category firewall"},
		{`{"observer": {"type": "firewall"}, "source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}}`, "category firewall"},
		{`{"event": {"category": ["authentication"]}, "source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}}`, ""},
		{`{"Channel": "Security", "EventID": 5145, "IpAddress": "10.0.0.1", "RelativeTargetName": "svcctl", "path": "x", "status": 0, "method": "y", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.2"}`, "product windows; product windows, service security"},
		{`{"winlog": {"channel": "Security", "event_id": "5156"}, "event": {"category": ["network"], "type": ["allowed"]}, "source": {"ip": "10.0.0.1"}, "destination": {"ip": "10.0.0.2"}}`, "product windows; product windows, service security"},
		{`{"winlog": {"channel": "Microsoft-Windows-Sysmon/Operational", "event_id": "22"}, "dns": {"question": {"name": "example.com"}}}`, "product windows; product windows, service sysmon"},
		{`{"type": "PATH", "name": "/etc/passwd", "path": "/etc/passwd", "nametype": "NORMAL"}`, "product linux; product linux, service auditd"},
		{`{"query": "example.com", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.53"}`, "category dns"},
		{`{"query": "wpad", "record_type": "A"}`, "category dns"},
		{`{"query": "SELECT * FROM users", "user": "ann"}`, ""},
		{`{"query": "mutation { login }", "status": 200}`, ""},
		{`{"dns": {"question": {"name": "example.com", "type": "A"}}}`, "category dns"},
		{`{"_path": "http", "method": "GET", "host": "example.com", "uri": "/x", "status_code": 200, "user_agent": "curl"}`, "product zeek, service http"},
		{`{"ts": 1709280000.5, "uid": "C1", "id.orig_h": "10.0.0.1", "id.orig_p": 53211, "id.resp_h": "10.0.0.53", "id.resp_p": 53, "proto": "udp", "query": "example.com", "qtype_name": "A", "rcode_name": "NOERROR"}`, "product zeek, service dns; category dns"},
		{`{"ts": 1709280000.5, "uid": "C2", "id": {"orig_h": "10.0.0.1", "resp_h": "10.0.0.2"}, "method": "GET", "host": "example.com", "uri": "/x", "status_code": 200}`, "product zeek, service http"},
		{`{"ts": 1709280000.5, "uid": "C3", "id.orig_h": "10.0.0.1", "id.resp_h": "10.0.0.2", "proto": "tcp", "conn_state": "SF"}`, ""},
		{`{"winlog.channel": "Security", "winlog.event_id": "4624", "winlog.event_data.LogonType": "3"}`, "product windows; product windows, service security"},
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
		for _, shards := range []int{1, 2} {
			stats, err := set.Run(context.Background(), det.RunOptions{Inputs: []string{file}, Shards: shards})
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
				t.Errorf("%s, %d shards (-want +got)\n%s", tt.event, shards, diff)
			}
		}
	}
}
