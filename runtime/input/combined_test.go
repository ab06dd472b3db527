package input

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCombined(t *testing.T) {
	everything := request("clientip string", "ident string", "auth string", "time timestamp", "method string", "path string",
		"query string", "protocol string", "status int", "bytes int", "referrer string", "useragent string")
	tests := []struct {
		name, line string
		req        Request
		want       string
	}{
		{
			"combined", `10.0.0.7 - ann [17/May/2015:10:05:03 +0200] "GET /a/b?x=1&y=?2 HTTP/1.1" 200 203023 "http://h/" "Mozilla/5.0 (X11)"`, everything,
			"[10.0.0.7 <nil> ann 1431849903000000 GET /a/b x=1&y=?2 HTTP/1.1 200 203023 http://h/ Mozilla/5.0 (X11)]",
		},
		{
			"common", `host.example - - [17/May/2015:10:05:03 +0000] "HEAD / HTTP/1.0" 304 -`, everything,
			"[host.example <nil> <nil> 1431857103000000 HEAD / <nil> HTTP/1.0 304 <nil> <nil> <nil>]",
		},
		{"no referrer", `::1 - - [t] "GET / HTTP/2.0" 200 5 "-" "-"`, request("referrer string", "useragent string"), "[<nil> <nil>]"},
		{"empty referrer", `::1 - - [t] "GET / HTTP/2.0" 200 5 "" ""`, request("referrer string", "useragent string"), "[ ]"},
		{"more behind it", `::1 - - [t] "GET / HTTP/2.0" 200 5 "-" "curl" "10.1.1.1" 0.003`, request("useragent string"), "[curl]"},
		{"user agent that is cut off", `::1 - - [t] "GET / HTTP/2.0" 200 5 "-" "Mozilla/5.0 (comp`, request("useragent string"), "[Mozilla/5.0 (comp]"},
		{"user with a space", `::1 - Ann Lee [t] "GET / HTTP/2.0" 200 5`, request("auth string"), "[Ann Lee]"},
		{"escapes", `::1 - - [t] "GET /\"\\\x41\t HTTP/1.1" 200 5 "\q" "a\xC3\xA9"`, request("path string", "referrer string", "useragent string", "request string"), "[/\"\\A\t \\q aé GET /\"\\A\t HTTP/1.1]"},
		{"quotes without escape", `::1 - - [t] "GET / HTTP/1.1" 200 5 "-" "a "b"; c" "d"`, request("useragent string"), `[a "b"; c]`},
		{"TLS to a plain port", `::1 - - [t] "\x16\x03\x01" 400 226 "-" "-"`, request("request string", "method string", "path string"), "[\x16\x03\x01 <nil> <nil>]"},
		{"empty request", `::1 - - [t] "" 408 - "-" "-"`, request("request string", "method string"), "[ <nil>]"},
		{"no request", `::1 - - [t] "-" 408 - "-" "-"`, request("request string", "method string"), "[<nil> <nil>]"},
		{"HTTP/0.9", `::1 - - [t] "GET /x" 200 5`, request("method string", "path string", "protocol string"), "[GET /x <nil>]"},
		{"spaces in the target", `::1 - - [t] "GET /x y?a b HTTP/1.1" 200 5`, request("uri string", "path string", "query string"), "[/x y?a b /x y a b]"},
		{"CONNECT", `::1 - - [t] "CONNECT h:443 HTTP/1.1" 200 5`, request("method string", "path string"), "[CONNECT h:443]"},
		{"empty query", `::1 - - [t] "GET /? HTTP/1.1" 200 5`, request("path string", "query string"), "[/ ]"},
		{"address", `2001:db8::7 - - [t] "GET / HTTP/1.1" 200 5`, request("clientip ip"), "[2001:db8::7]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "combined", tt.line+"\r\n\n", tt.req)
			if d := cmp.Diff("["+tt.want+"]", fmt.Sprint(got.rows)); d != "" {
				t.Errorf("rows (-want +got)\n%s", d)
			}
			if d := cmp.Diff("[]", fmt.Sprint(got.rejects)); d != "" {
				t.Errorf("rejects (-want +got)\n%s", d)
			}
		})
	}
}

func TestCombinedBroken(t *testing.T) {
	const good = `::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5`
	lines := []string{
		good,
		`hello`,
		`::1 - - 17/May/2015:10:05:03 +0000 "GET / HTTP/1.1" 200 5`,
		`::1 - - [17/May/2015:10:05:03 "GET / HTTP/1.1" 200 5`,
		`::1 - - [17/May/2015:10:05:03 +0000] GET / HTTP/1.1 200 5`,
		`::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1 200 5`,
		`::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" ok 5`,
		`::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200`,
		`::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-"`,
		`::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "x`,
		`::1 - - [yesterday] "GET / HTTP/1.1" 200 5`,
		`::1 - - [-] "GET / HTTP/1.1" 200 5`,
		good,
	}
	got := readText(t, "combined", strings.Join(lines, "\n"), timed("time timestamp", "status int"))
	if want := []int64{0, 12}; !cmp.Equal(want, got.numbers) {
		t.Errorf("record numbers %v, want %v", got.numbers, want)
	}
	var want []string
	for i := 1; i <= 9; i++ {
		want = append(want, fmt.Sprintf("%d:%d malformed", i, i+1))
	}
	want = append(want, "10:11 bad_time time", "11:12 missing_time time")
	if d := cmp.Diff(want, got.rejects); d != "" {
		t.Errorf("rejects (-want +got)\n%s", d)
	}
}

// The expected figures of the sample stand in its README: 10,000 requests from
// 1,753 addresses.
func TestCombinedSample(t *testing.T) {
	sample := shared(t, "logs/apache_access.log")
	req := timed("time timestamp", "clientip ip", "method string", "status int", "bytes int", "path string")
	got, err := drain(t, req, func(req Request) (Stream, error) {
		return OpenPath(context.Background(), sample, "", req)
	})
	if err != nil {
		t.Fatal(err)
	}
	addresses := map[any]bool{}
	for _, row := range got.rows {
		addresses[row[1]] = true
	}
	if len(got.rows) != 10_000 || len(addresses) != 1_753 || len(got.rejects) != 0 {
		t.Errorf("%d rows, %d addresses, rejects %v", len(got.rows), len(addresses), got.rejects)
	}
}

func FuzzCombined(f *testing.F) {
	for _, s := range []string{
		`::1 - - [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 200 5 "-" "x"`,
		`::1 - a b [t] "\x16\x03" 400 - "\"\\" "`, `a b c [] "" - -`, `a b c [x] "GET  HTTP/1.0" 1 1 "" "" y`, "a b [", "\n\r\n",
	} {
		f.Add(s)
	}
	req := request("clientip string", "auth string", "request string", "method string", "path string", "query string", "protocol string", "status int", "useragent string")
	f.Fuzz(func(t *testing.T, text string) {
		lines := 0
		for _, l := range strings.Split(text, "\n") {
			if strings.TrimSuffix(l, "\r") != "" {
				lines++
			}
		}
		got, err := drain(t, req, func(req Request) (Stream, error) {
			return OpenCombined(context.Background(), memoryFile(text), req)
		})
		if err != nil {
			return // UTF-16
		}
		whole := 0
		for _, r := range got.rejects {
			if strings.Contains(r, string(Malformed)) {
				whole++
			}
		}
		if bom := strings.HasPrefix(text, "\xEF\xBB\xBF"); !bom && len(got.rows)+whole != lines {
			t.Fatalf("%q: %d rows, rejects %v of %d lines", text, len(got.rows), got.rejects, lines)
		}
		for _, row := range got.rows {
			if row[3] != nil && row[2] == nil {
				t.Fatalf("%q: a method without a request", text)
			}
		}
	})
}
