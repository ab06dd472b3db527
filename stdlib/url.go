package stdlib

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/detlang/det/lang/types"
)

// urlFuncs take URLs as they stand in logs: whole ones, ones without a scheme
// (example.com:8080/x) and bare paths. They find the parts by RFC 3986, except
// that, as in browsers, a backslash ends the host.
func urlFuncs() []Func {
	url := text("url")
	s := text("s")
	return []Func{{
		Name: "url_scheme",
		Doc:  "The scheme, in lower case: http. Missing where there is none.",
		Sig:  takes(types.TString, url), Bind: textMap(func(s string) (string, bool) { u := parseURL(s); return u.scheme, u.scheme != "" }), Cost: 60,
		Examples: examples(`url_scheme("HTTPS://example.com/")`, `"https"`, `url_scheme("mailto:ann@example.com")`, `"mailto"`, `url_scheme("example.com:80/x")`, `null`, `url_scheme("")`, `null`),
	}, {
		Name: "url_host",
		Doc:  "The host, in lower case, without user, port or the brackets of an IPv6 address. Missing where there is none.",
		Sig:  takes(types.TString, url), Bind: textMap(urlHost), Cost: 80,
		Examples: examples(`url_host("http://user:pw@Example.com:8080/x?y#z")`, `"example.com"`, `url_host("https://[2001:db8::1]:443/")`, `"2001:db8::1"`, `url_host("example.com/index.html")`, `"example.com"`,
			`url_host("//cdn.example.com/a.js")`, `"cdn.example.com"`, `url_host("http://good.example\\@evil.example/")`, `"good.example"`, `url_host("/index.html")`, `null`, `url_host("http://BÜCHER.example")`, `"bücher.example"`, `url_host("no url")`, `null`, `url_host("")`, `null`),
	}, {
		Name: "url_port",
		Doc:  "The port as a number, from the URL or, where that has none, the usual one of http, https, ws, wss and ftp. Missing where there is none.",
		Sig:  takes(types.TInt, url), Bind: textInt(urlPort), Cost: 80,
		Examples: examples(`url_port("http://example.com:8080/")`, `8080`, `url_port("https://example.com")`, `443`, `url_port("http://[::1]:81/")`, `81`, `url_port("example.com:99999")`, `null`, `url_port("/x")`, `null`),
	}, {
		Name: "url_path",
		Doc:  "The path as written, without query and fragment; empty where there is none.",
		Sig:  takes(types.TString, url), Bind: textMap(func(s string) (string, bool) { return parseURL(s).path, true }), Cost: 60,
		Examples: examples(`url_path("http://example.com/a/b%20c?x=1#top")`, `"/a/b%20c"`, `url_path("example.com")`, `""`, `url_path("/a/ü?x")`, `"/a/ü"`),
	}, {
		Name: "url_query",
		Doc:  "What stands between the first ? and the fragment, as written. Missing where there is no ?.",
		Sig:  takes(types.TString, url), Bind: textMap(func(s string) (string, bool) { u := parseURL(s); return u.query, u.hasQuery }), Cost: 60,
		Examples: examples(`url_query("http://example.com/?a=1&b=2#c")`, `"a=1&b=2"`, `url_query("/x?")`, `""`, `url_query("/x")`, `null`),
	}, {
		Name: "url_param",
		Doc:  "The first value of a parameter of the query, decoded; + is a space. Missing where there is no such parameter.",
		Sig:  takes(types.TString, url, text("name")), Bind: textWith(urlParam), Cost: 150,
		Examples: examples(`url_param("http://example.com/?q=a%20b+c&q=2", "q")`, `"a b c"`, `url_param("/x?caf%C3%A9=1", "café")`, `"1"`, `url_param("/x?flag", "flag")`, `""`, `url_param("/x?a=1", "b")`, `null`),
	}, {
		Name: "url_encode",
		Doc:  "The text with every byte but letters, digits and - . _ ~ written as %XX.",
		Sig:  takes(types.TString, s), Bind: textMap(urlEncode), Cost: 80,
		Examples: examples(`url_encode("a b/é")`, `"a%20b%2F%C3%A9"`, `url_encode("")`, `""`),
	}, {
		Name: "url_decode",
		Doc:  "The text with every %XX replaced by its byte. A % that two digits do not follow stays, as does +.",
		Sig:  takes(types.TString, s), Bind: textMap(func(s string) (string, bool) { return percentDecode(s, false), true }), Cost: 80,
		Examples: examples(`url_decode("%2e%2E%2fetc")`, `"../etc"`, `url_decode("caf%C3%A9+100%")`, `"café+100%"`, `url_decode("%zz%4")`, `"%zz%4"`, `url_decode("")`, `""`),
	}}
}

// urlParts are the parts of a URL as written. The authority is what stands between // and
// the path; hasHost tells an empty one from none.
type urlParts struct {
	scheme, authority, path, query string
	hasHost, hasQuery              bool
}

func parseURL(s string) (u urlParts) {
	s = strings.TrimSpace(s)
	s, _, _ = strings.Cut(s, "#")
	s, u.query, u.hasQuery = strings.Cut(s, "?")
	if i := strings.IndexByte(s, ':'); i > 0 && isScheme(s[:i]) && !isPort(s[i+1:]) {
		u.scheme, s = strings.ToLower(s[:i]), s[i+1:]
	}
	rest, slashes := strings.CutPrefix(s, "//")
	switch {
	case slashes:
		s = rest
	case u.scheme != "" || s == "" || s[0] == '/' || s[0] == '.' || s[0] == '\\':
		u.path = s
		return u
	}
	u.hasHost = true
	end := strings.IndexAny(s, `/\`)
	if end < 0 {
		end = len(s)
	}
	u.authority, u.path = s[:end], s[end:]
	return u
}

// isScheme reports whether s is a letter and then letters, digits, +, - and dots.
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		if lower := c | 0x20; lower >= 'a' && lower <= 'z' {
			continue
		}
		if i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.') {
			return false
		}
	}
	return true
}

// isPort reports whether s starts with digits that a path or nothing follows:
// then what goes before is a host, not a scheme.
func isPort(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	return len(rest) < len(s) && (rest == "" || rest[0] == '/' || rest[0] == '\\')
}

// hostPort splits the authority. The user ends at the last @.
func (u urlParts) hostPort() (host, port string) {
	host = u.authority[strings.LastIndexByte(u.authority, '@')+1:]
	if in, ok := strings.CutPrefix(host, "["); ok {
		host, port, _ = strings.Cut(in, "]")
		return host, strings.TrimPrefix(port, ":")
	}
	if _, err := netip.ParseAddr(host); err == nil { // an IPv6 address without brackets
		return host, ""
	}
	host, port, _ = strings.Cut(host, ":")
	return host, port
}

func urlHost(s string) (string, bool) {
	host, _ := parseURL(s).hostPort()
	return strings.ToLower(host), host != "" && !strings.ContainsAny(host, " \t")
}

func urlPort(s string) (int64, bool) {
	u := parseURL(s)
	host, port := u.hostPort()
	if host == "" {
		return 0, false
	}
	if port == "" {
		switch u.scheme {
		case "http", "ws":
			return 80, true
		case "https", "wss":
			return 443, true
		case "ftp":
			return 21, true
		}
		return 0, false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return int64(n), err == nil
}

func urlParam(s string, rest []any) (string, bool) {
	want, query := rest[0].(string), parseURL(s).query
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		if percentDecode(name, true) == want && pair != "" {
			return percentDecode(value, true), true
		}
	}
	return "", false
}

func urlEncode(s string) (string, bool) {
	if len(s) > MaxText {
		return "", false
	}
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		c := s[i]
		if lower := c | 0x20; lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out), true
}

// percentDecode replaces %XX by its byte and, if asked, + by a space.
func percentDecode(s string, plus bool) string {
	if strings.IndexByte(s, '%') < 0 && !(plus && strings.IndexByte(s, '+') >= 0) {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' && plus {
			c = ' '
		}
		if c == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c = byte(n)
				i += 2
			}
		}
		out = append(out, c)
	}
	return string(out)
}
