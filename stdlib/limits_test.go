package stdlib

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/detlang/det/lang/types"
)

// run calls a function with constants.
func run(t *testing.T, name string, args ...any) (any, error) {
	t.Helper()
	var vs []value
	for _, a := range args {
		vs = append(vs, value{a, typeOf(a)})
		if list, ok := a.([]any); ok {
			vs[len(vs)-1].t = types.ListOf(typeOf(list[0]).Kind)
		}
	}
	v, err := call(byName()[name], vs)
	return v.x, err
}

// TestHostileArguments checks that what could grow without bound is missing, and
// comes back at once.
func TestHostileArguments(t *testing.T) {
	long, wide := strings.Repeat("a", MaxText), strings.Repeat("é", maxCompared+1)
	for _, c := range []struct {
		name    string
		args    []any
		missing bool
	}{
		{"lower", []any{long}, false},
		{"lower", []any{long + "a"}, true},
		{"replace", []any{long, "a", long}, true},
		{"replace", []any{long, "a", "b"}, false},
		{"concat", []any{long, "x"}, true},
		{"join", []any{[]any{long, long}, ""}, true},
		{"regex_replace", []any{long, "a", "$0$0"}, true},
		{"regex_replace", []any{strings.Repeat("a", maxMatches+1), "a", ""}, true},
		{"regex_count", []any{long, "a"}, true},
		{"regex_extract_all", []any{strings.Repeat("a", maxElems+1), "a"}, true},
		{"normalize", []any{strings.Repeat("\ufdfa", 1<<16)}, true},
		{"url_encode", []any{strings.Repeat("é", 1<<19)}, true},
		{"base64_encode", []any{long}, true},
		{"utf16le_encode", []any{long}, true},
		{"split", []any{strings.Repeat(",", maxElems-1), ","}, false},
		{"split", []any{strings.Repeat(",", maxElems), ","}, true},
		{"ngrams", []any{strings.Repeat("é", maxElems+2), int64(3)}, false},
		{"ngrams", []any{strings.Repeat("é", maxElems+3), int64(3)}, true},
		{"ngrams", []any{long, []any{"abc"}}, false},
		{"levenshtein", []any{wide[2:], "a"}, false},
		{"levenshtein", []any{wide[2:], wide[2:]}, false},
		{"levenshtein", []any{wide, ""}, true},
		{"jaro_winkler", []any{wide, ""}, true},
		{"registered_domain", []any{strings.Repeat("a.", 1000) + "com"}, true},
		{"punycode_decode", []any{"xn--" + long}, true},
		{"json_extract", []any{strings.Repeat("[", 1<<16), "a"}, true},
		{"url_param", []any{"/?" + strings.Repeat("&", 1<<16), "a"}, true},
		{"timestamp", []any{long}, true},
		{"entropy", []any{long}, false},
	} {
		start := time.Now()
		got, err := run(t, c.name, c.args...)
		if spent := time.Since(start); spent > 2*time.Second {
			t.Errorf("%s took %v", c.name, spent)
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if (got == nil) != c.missing {
			t.Errorf("%s: missing is %v", c.name, got == nil)
		}
		if s, ok := got.(string); ok && len(s) > MaxText {
			t.Errorf("%s gives %d bytes", c.name, len(s))
		}
	}
}

// TestErrorsOfBind holds what an author is told about a constant to its words.
func TestErrorsOfBind(t *testing.T) {
	for _, c := range []struct {
		name string
		args []any
		want string
	}{
		{"regex_match", []any{"", "a(b"}, "missing closing )"},
		{"regex_match", []any{"", "é[z-a]"}, "at character 3, `z-a`"},
		{"regex_extract", []any{"", "a(b)", int64(2)}, "no group 2"},
		{"regex_extract", []any{"", "a(b)", "key"}, "(?P<key>…)"},
		{"regex_extract", []any{"", "a(b)", 0.5}, "a number or a name"},
		{"regex_replace", []any{"", "a{2000}", ""}, "invalid repeat count"},
		{"hour", []any{nil, "Mars/Base"}, `no time zone is called "Mars/Base"`},
		{"hour", []any{nil, "Local"}, "no time zone"},
		{"truncate", []any{nil, "fortnight"}, "not a unit"},
		{"in_hours", []any{nil, "8-18"}, "not a range of hours"},
		{"in_hours", []any{nil, "08:00-08:00"}, "not a range of hours"},
		{"in_hours", []any{nil, "08:00-24:01"}, "not a range of hours"},
		{"format_time", []any{nil, "%Q"}, "%Q, which is not known"},
		{"format_time", []any{nil, "50%"}, "ends in %"},
		{"parse_time", []any{"", "%Z"}, "can be printed but not read"},
		{"round", []any{0.5, int64(16)}, "-15 to 15"},
		{"json_extract", []any{"", ""}, "the path is empty"},
		{"json_extract", []any{"", "a..b"}, "a key is empty"},
		{"json_extract", []any{"", "a[x]"}, "a number from 0"},
		{"json_extract", []any{"", `a["b"`}, "not closed"},
		{"ngrams", []any{"", int64(0)}, "1 to 1024 characters"},
		{"ngrams", []any{"", "abc"}, "a list of texts, or the length"},
		{"ngrams", []any{"", []any{int64(1)}}, "must hold texts"},
		{"cidr_contains", []any{true, nil}, "such as 10.0.0.0/8"},
		{"has", []any{[]any{true}, nil}, "texts, numbers or addresses"},
	} {
		_, err := run(t, c.name, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%v: error %v, want %q", c.name, c.args, err, c.want)
		}
	}
}

// FuzzTexts runs the functions that take a text over outside bytes, one function a
// seed.
func FuzzTexts(f *testing.F) {
	for i := range 80 {
		f.Add(texts[i%len(texts)], texts[(i*7+1)%len(texts)], uint64(i))
	}
	funcs := slices.DeleteFunc(Functions(), func(f Func) bool { return f.Sig.Params[0].Type != types.TString })
	f.Fuzz(func(t *testing.T, a, b string, seed uint64) {
		if len(a)+len(b) > 1<<12 {
			return
		}
		g := newGenerator(seed)
		g.texts = []string{a, b}
		g.check(t, &funcs[seed%uint64(len(funcs))])
	})
}

// FuzzConstants gives what an author may write as constants.
func FuzzConstants(f *testing.F) {
	f.Add("(a|b)*", "$1", "%Y-%m-%d", "a.b[0]", "Europe/Zurich")
	f.Add("[", "${", "%", "[\"a\"", "+02:00")
	f.Fuzz(func(t *testing.T, pattern, replacement, layout, path, zone string) {
		if len(pattern) > 200 {
			return
		}
		for _, c := range []struct {
			name string
			args []any
		}{
			{"regex_match", []any{"aab", pattern}},
			{"regex_extract", []any{"aab", pattern, replacement}},
			{"regex_replace", []any{"aab", pattern, replacement}},
			{"json_extract", []any{`{"a": {"b": [1]}}`, path}},
			{"in_hours", []any{nil, zone}},
			{"split", []any{"aab", pattern}},
		} {
			if _, err := run(t, c.name, c.args...); err != nil && !utf8.ValidString(err.Error()) && utf8.ValidString(pattern+replacement+path+zone) {
				t.Errorf("%s%q: %q", c.name, c.args, err)
			}
		}
		at := time.Unix(1_709_280_309, 0).UTC()
		if _, err := run(t, "format_time", at, layout, zone); err != nil {
			return
		}
		// A layout that has the instant reads back what it wrote.
		text, err := run(t, "format_time", at, "%s|"+layout)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := run(t, "parse_time", text, "%s|"+layout); err == nil && back != nil && back != at {
			t.Errorf("%q written as %q is read as %v", layout, text, back)
		}
	})
}
