package stdlib

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/detlang/det/lang/types"
)

// maxDomain is the length in bytes up to which a text is looked at as a domain
// name. DNS allows 253 in ASCII; a name in Unicode may take some more.
const maxDomain = 1024

// domainFuncs take a domain name apart by the public suffix list, in which names
// under co.uk or github.io belong to different owners. A trailing dot does not
// count; addresses, and what is no domain name, have no parts. The results are in
// lower case, and in Unicode where the name is.
func domainFuncs() []Func {
	name := text("name")
	return []Func{{
		Name: "registered_domain",
		Doc:  "The part of a domain name that its owner registered: the public suffix and one label more. Missing where there is none.",
		Sig:  takes(types.TString, name), Bind: textMap(registeredDomain), Cost: 300,
		Examples: examples(`registered_domain("www.Example.co.uk.")`, `"example.co.uk"`, `registered_domain("a.b.github.io")`, `"b.github.io"`, `registered_domain("www.食狮.com.cn")`, `"食狮.com.cn"`,
			`registered_domain("dc01.corp.local")`, `"corp.local"`, `registered_domain("co.uk")`, `null`, `registered_domain("localhost")`, `null`, `registered_domain("10.0.0.1")`, `null`, `registered_domain("")`, `null`),
	}, {
		Name: "public_suffix",
		Doc:  "The part of a domain name under which anyone may register: com, co.uk, github.io. A last label that the list does not know is taken for one.",
		Sig:  takes(types.TString, name), Bind: textMap(publicSuffix), Cost: 300,
		Examples: examples(`public_suffix("www.example.co.uk")`, `"co.uk"`, `public_suffix("COM")`, `"com"`, `public_suffix("a.corp.local")`, `"local"`, `public_suffix("2001:db8::1")`, `null`),
	}, {
		Name: "subdomain",
		Doc:  "What stands before the registered domain, without the dot: empty where nothing does, missing where there is no registered domain.",
		Sig:  takes(types.TString, name), Bind: textMap(subdomain), Cost: 300,
		Examples: examples(`subdomain("a.b.example.com")`, `"a.b"`, `subdomain("example.com")`, `""`, `subdomain("com")`, `null`, `subdomain("Ä.example.com")`, `"ä"`),
	}, {
		Name: "tld",
		Doc:  "The last label of a domain name.",
		Sig:  takes(types.TString, name), Bind: textMap(tld), Cost: 100,
		Examples: examples(`tld("www.example.co.UK.")`, `"uk"`, `tld("localhost")`, `"localhost"`, `tld("例え.テスト")`, `"テスト"`, `tld("1.2.3.4")`, `null`),
	}, {
		Name: "domain_depth",
		Doc:  "How many labels a domain name has.",
		Sig:  takes(types.TInt, name), Bind: textInt(domainDepth), Cost: 100,
		Examples: examples(`domain_depth("a.b.example.com.")`, `4`, `domain_depth("localhost")`, `1`, `domain_depth("a..b")`, `null`, `domain_depth("")`, `null`),
	}, {
		Name: "is_domain",
		Doc:  "Whether the text is a domain name of two labels or more: letters, digits, hyphens and underscores, no address.",
		Sig:  takes(types.TBool, name), Bind: textTest(isDomain), Test: true, Cost: 150,
		Examples: examples(`is_domain("_dmarc.example.com")`, `true`, `is_domain("localhost")`, `false`, `is_domain("1.2.3.4")`, `false`, `is_domain("a b.com")`, `false`, `is_domain("bücher.example")`, `true`, `is_domain("")`, `false`),
	}}
}

// domainProfile maps a name as browsers do before they look it up (UTS 46), but
// allows the underscores of DNS.
var domainProfile = idna.New(idna.MapForLookup(), idna.StrictDomainName(false))

// domain is a domain name in lower case, in ASCII and as labels as written.
type domain struct {
	ascii  string
	labels []string
}

func parseDomain(name string) (domain, bool) {
	if name == "" || len(name) > maxDomain {
		return domain{}, false
	}
	ascii, unicode := strings.ToLower(name), ""
	if !isASCII(name) {
		var err error
		if ascii, err = domainProfile.ToASCII(name); err != nil {
			return domain{}, false
		}
		if unicode, err = idna.Punycode.ToUnicode(ascii); err != nil {
			return domain{}, false
		}
	}
	ascii, unicode = strings.TrimSuffix(ascii, "."), strings.TrimSuffix(unicode, ".")
	d := domain{ascii: ascii, labels: strings.Split(ascii, ".")}
	for _, l := range d.labels {
		if l == "" || len(l) > 63 || strings.Trim(l, labelChars) != "" {
			return domain{}, false
		}
	}
	if _, err := netip.ParseAddr(ascii); err == nil || len(ascii) > 253 {
		return domain{}, false
	}
	if unicode != "" {
		d.labels = strings.Split(unicode, ".")
	}
	return d, true
}

// labelChars are the characters of a label.
const labelChars = "abcdefghijklmnopqrstuvwxyz0123456789-_"

// suffix is how many labels the public suffix has.
func (d domain) suffix() int {
	s, _ := publicsuffix.PublicSuffix(d.ascii)
	return strings.Count(s, ".") + 1
}

// last is the last n labels, joined.
func (d domain) last(n int) string { return strings.Join(d.labels[len(d.labels)-n:], ".") }

func registeredDomain(name string) (string, bool) {
	d, ok := parseDomain(name)
	if !ok {
		return "", false
	}
	n := d.suffix() + 1
	if n > len(d.labels) {
		return "", false
	}
	return d.last(n), true
}

func publicSuffix(name string) (string, bool) {
	d, ok := parseDomain(name)
	if !ok {
		return "", false
	}
	return d.last(d.suffix()), true
}

func subdomain(name string) (string, bool) {
	d, ok := parseDomain(name)
	if !ok {
		return "", false
	}
	n := len(d.labels) - d.suffix() - 1
	if n < 0 {
		return "", false
	}
	return strings.Join(d.labels[:n], "."), true
}

func tld(name string) (string, bool) {
	d, ok := parseDomain(name)
	if !ok {
		return "", false
	}
	return d.last(1), true
}

func domainDepth(name string) (int64, bool) {
	d, ok := parseDomain(name)
	return int64(len(d.labels)), ok
}

func isDomain(name string) bool {
	d, ok := parseDomain(name)
	return ok && len(d.labels) > 1
}
