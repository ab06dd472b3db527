package stdlib_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/detlang/det/compiler"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/input"
	"github.com/detlang/det/stdlib"
)

// schemaOf compiles a rule that imports a library and reads one of its schemas.
func schemaOf(t *testing.T, library, name string) *types.Schema {
	t.Helper()
	_, base, _ := strings.Cut(library, ".")
	rule := fmt.Sprintf("import %s\nrule r {\n  title \"reads\"\n  from %s.%s\n  when true\n}\n", library, base, name)
	var diags diag.List
	set := compiler.Compile([]*source.File{source.New("r.det", rule)}, compiler.Options{}, &diags)
	for _, d := range diags.All {
		if d.Severity == diag.Error {
			t.Fatalf("%s: %s", d.Span, d.Message)
		}
	}
	return set.Rules[0].From.Schema
}

func TestLibraries(t *testing.T) {
	for _, library := range stdlib.Names() {
		t.Run(library, func(t *testing.T) {
			text, ok := stdlib.File(library)
			if !ok {
				t.Fatal("no such library")
			}
			var diags diag.List
			file := lang.Parse(source.New(library+".det", text), &diags)
			for _, d := range diags.All {
				t.Errorf("%s: %s", d.Span, d.Message)
			}
			if formatted, _ := lang.Format(file.Source, &diags); formatted != text {
				t.Error("not in canonical format: run det fmt -w stdlib/det")
			}
			for _, d := range file.Decls {
				block, ok := d.(*ast.Block)
				if !ok || block.Keyword.Name != "schema" {
					continue
				}
				s := schemaOf(t, library, block.Name.Name)
				if s.Doc == "" || s.Time == "" {
					t.Errorf("%s has no doc or no time", s.Name)
				}
				for _, f := range s.Fields {
					if f.Doc == "" {
						t.Errorf("%s.%s has no doc", s.Name, f.Name)
					}
				}
			}
		})
	}
}

func TestNoSuchLibrary(t *testing.T) {
	for _, name := range []string{"", "std", "std.", "std.nothing", "web", "std.../web", "std.web.det"} {
		if _, ok := stdlib.File(name); ok {
			t.Errorf("there is a library %q", name)
		}
	}
}

// have counts the records of files and, by field of a schema, those that have it.
func have(t *testing.T, s *types.Schema, files []string) (records int, present map[string]int) {
	t.Helper()
	req := input.Request{Time: s.Find(s.Time), Reject: func(r input.Reject) {
		if r.Whole {
			t.Errorf("%s: record %d: %s %s: %s", r.Source, r.Row, r.Cause, r.Field, r.Detail)
		}
	}}
	for _, f := range s.Fields {
		req.Columns = append(req.Columns, input.Column{Name: f.Name, Type: f.Type, Paths: f.Paths})
	}
	present = map[string]int{}
	for _, file := range files {
		stream, err := input.OpenPath(context.Background(), file, "", req)
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := stream.Next(context.Background())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			records += int(b.Record.NumRows())
			for i, f := range s.Fields {
				present[f.Name] += b.Record.Column(i).Len() - b.Record.Column(i).NullN()
			}
			b.Record.Release()
		}
		if err := stream.Close(); err != nil {
			t.Error(err)
		}
	}
	return records, present
}

// TestSchemasReadRealEvents reads data of other people as it stands: so many
// records, and in at least so many percent of them each of the fields.
func TestSchemasReadRealEvents(t *testing.T) {
	const data = "../../shared/data/"
	if _, err := os.Stat(data); err != nil {
		if os.Getenv("DET_DEMAND_DATA") == "1" {
			t.Fatal(err)
		}
		t.Skip("../shared/data is not there")
	}
	for _, c := range []struct {
		library, schema, files string
		records                int
		percent                int
		fields                 string
	}{
		{"std.windows", "process_creation", "sysmon_process/real.ndjson.gz", 2179, 96, "UtcTime EventID Channel Computer RuleName User LogonGuid LogonId TerminalSessionId IntegrityLevel ProcessGuid Image " +
			"OriginalFileName Description Product Company FileVersion Hashes CommandLine CurrentDirectory ParentProcessGuid ParentProcessId ParentImage ParentCommandLine"},
		{"std.windows", "process_creation", "sysmon_process/real.ndjson.gz", 2179, 58, "ProcessId ParentUser"},
		{"std.aws", "cloudtrail", "cloudtrail_stratus/*.json", 310, 90, "eventTime eventName eventSource awsRegion sourceIPAddress userAgent readOnly recipientAccountId identity_type arn account user access_key"},
		{"std.aws", "cloudtrail", "cloudtrail_invictus/CloudTrail/*.json", 2900, 90, "eventTime eventName eventSource awsRegion sourceIPAddress userAgent readOnly recipientAccountId identity_type arn account user access_key"},
		{"std.web", "web_access", "logs/apache_access.log", 10000, 98, "time ip method path status user_agent"},
		{"std.web", "web_access", "logs/apache_access.log", 10000, 50, "bytes referrer"},
		{"std.dns", "dns", "dga/seed/dns_events.json", 1000, 99, "time query record_type answer"},
	} {
		files, err := filepath.Glob(data + c.files)
		if err != nil || len(files) == 0 {
			t.Errorf("no files %s", c.files)
			continue
		}
		s := schemaOf(t, c.library, c.schema)
		records, present := have(t, s, files)
		if records != c.records {
			t.Errorf("%s: %d records, want %d", c.files, records, c.records)
		}
		for _, f := range strings.Fields(c.fields) {
			if s.Find(f) < 0 {
				t.Errorf("%s has no field %s", s.Name, f)
			} else if present[f]*100 < records*c.percent {
				t.Errorf("%s: %s.%s is present in %d of %d records", c.files, s.Name, f, present[f], records)
			}
		}
	}
}

// TestSchemasReadOtherShapes reads the shapes in which shippers wrap the same
// event.
func TestSchemasReadOtherShapes(t *testing.T) {
	for _, c := range []struct {
		library, schema, event string
		want                   string
	}{
		{"std.windows", "process_creation", `{"UtcTime": "2024-03-01 08:00:00.123", "EventID": 1, "Image": "C:\\x.exe", "ProcessId": "7"}`, "UtcTime EventID ProcessId Image"},
		{"std.windows", "process_creation", `{"Event": {"System": {"EventID": 1, "Computer": "pc"}, "EventData": {"UtcTime": "2024-03-01 08:00:00.123", "CommandLine": "x"}}}`, "UtcTime EventID Computer CommandLine"},
		{"std.windows", "process_creation", `{"@timestamp": "2024-03-01T08:00:00Z", "winlog": {"event_id": 4688, "event_data": {"NewProcessName": "C:\\x.exe", "NewProcessId": "0x1a4c", "SubjectUserName": "ann", "MandatoryLabel": "S-1-16-12288"}}}`, "UtcTime EventID User IntegrityLevel ProcessId Image"},
		{"std.auth", "authentication", `{"published": "2024-03-01 08:00:00.5", "eventType": "user.session.start", "actor": {"alternateId": "ann@example.com"}, "client": {"ipAddress": "192.0.2.1", "userAgent": {"rawUserAgent": "Mozilla"}}, "outcome": {"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}}`, "time user src_ip user_agent action outcome reason"},
		{"std.auth", "authentication", `{"createdDateTime": "2024-03-01T08:00:00Z", "userPrincipalName": "ann@example.com", "ipAddress": "2001:db8::1", "appDisplayName": "Portal", "location": {"city": "Bern", "countryOrRegion": "CH"}}`, "time user src_ip country city app"},
		{"std.dns", "dns", `{"ts": 1709280000.5, "id.orig_h": "10.0.0.1", "query": "example.com", "qtype_name": "A", "rcode_name": "NOERROR"}`, "time src_ip query record_type rcode"},
		{"std.aws", "cloudtrail", `{"Records": [{"eventTime": "2024-03-01T08:00:00Z", "eventName": "ConsoleLogin", "userIdentity": {"type": "AssumedRole", "sessionContext": {"attributes": {"mfaAuthenticated": "false"}, "sessionIssuer": {"userName": "admin"}}}}]}`, "eventTime eventName identity_type user mfa"},
		{"std.web", "web_access", `{"@timestamp": "2024-03-01T08:00:00Z", "remote_addr": "192.0.2.1", "http_method": "GET", "uri_path": "/", "status": "404", "http_user_agent": "x"}`, "time ip method path status user_agent"},
		{"std.proxy", "url_filter", `{"time": "2024-03-01T08:00:00Z", "cs-username": "ann", "c-ip": "10.0.0.1", "cs-host": "example.com", "sc-status": 200}`, "time user src_ip host status"},
	} {
		file := filepath.Join(t.TempDir(), "event.json")
		if err := os.WriteFile(file, []byte(c.event+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := schemaOf(t, c.library, c.schema)
		_, present := have(t, s, []string{file})
		var got []string
		for _, f := range s.Fields {
			if present[f.Name] > 0 {
				got = append(got, f.Name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s reads %s from %s, want %s", s.Name, got, c.event, c.want)
		}
	}
}

// TestSourcesHaveFields finds a list of fields with each log source of the mappings
// that all Sigma rules are compiled with.
func TestSourcesHaveFields(t *testing.T) {
	for _, library := range []string{"std.sigma_windows", "std.sigma_linux", "std.sigma_cloud", "std.sigma_network"} {
		text, _ := stdlib.File(library)
		for _, d := range lang.Parse(source.New(library+".det", text), &diag.List{}).Decls {
			block, ok := d.(*ast.Block)
			if !ok || block.Keyword.Name != "mapping" {
				continue
			}
			for _, st := range block.Body {
				if st.Name.Name == "source" && len(st.Items) == 0 {
					t.Errorf("%s: no fields: %s", library, st.At.Text())
				}
			}
		}
	}
}
