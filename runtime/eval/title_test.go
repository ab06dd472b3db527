package eval

import (
	"strings"
	"testing"
	"time"

	"github.com/detlang/det/lang/types"
)

var titleNames = map[string]types.Type{
	"user": types.TString, "failed": types.TInt, "usual.mean": types.TFloat, "usual.n": types.TInt,
	"src": types.TIP, "at": types.TTimestamp, "gap": types.TDuration, "tags": types.ListOf(types.String),
}

var titleValues = map[string]any{
	"user": "ann", "failed": int64(41), "usual.mean": 3.14159, "usual.n": int64(28), "src": "10.0.0.7",
	"at": time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC), "gap": 90 * time.Minute, "tags": []any{"a", "b"},
}

func TestTitle(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"No holes", "No holes"},
		{"{user} failed {failed} times", "ann failed 41 times"},
		{"{{literal}} {user}", "{literal} ann"},
		{"{{{user}}}", "{ann}"},
		{"usually {usual.mean} of {usual.n}", "usually 3.14 of 28"},
		{"{failed * 2 + 1}, {failed / 2}", "83, 20.5"},
		{"{upper(user)} from {src}", "ANN from 10.0.0.7"},
		{"{user == \"ann\" ? \"}\" : '{'}", "}"},
		{"{`}` + user}", "}ann"},
		{`{"\"}" + user}`, `"}ann`},
		{"{ {'a': user}['a'] }", "ann"},
		{"since {at} for {gap}", "since 2024-03-01T12:00:00Z for 1h30m"},
		{"{tags}: {len(tags)}", "a, b: 2"},
		{"{round(usual.mean)}", "3"},
		{"Zürich {user} – {failed}", "Zürich ann – 41"},
	} {
		title, err := CompileTitle(test.text, titleNames)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		if got := title.Render(titleValues); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestTitleOfMissingValues(t *testing.T) {
	title, err := CompileTitle("{user}: {failed} and {failed + 1} and {upper(user)} and {usual.mean}", titleNames)
	if err != nil {
		t.Fatal(err)
	}
	want := "missing: missing and {failed + 1} and {upper(user)} and missing"
	for _, env := range []map[string]any{nil, {"user": nil, "failed": nil, "usual.mean": nil}} {
		if got := title.Render(env); got != want && env != nil {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTitleNumbers(t *testing.T) {
	for _, test := range []struct {
		x    float64
		want string
	}{
		{0, "0"}, {3, "3"}, {2.5, "2.5"}, {-1.005, "-1"}, {1.0 / 3, "0.33"}, {0.05, "0.05"}, {0.00123, "0.0012"},
		{12345678.9, "12345678.9"}, {1e300, "1e+300"},
	} {
		if got := titleNumber(test.x); got != test.want {
			t.Errorf("%v: %q, want %q", test.x, got, test.want)
		}
	}
}

func TestTitleErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"{", "{ without a }"},
		{"}", "} without a {"},
		{"{user", "{ without a }"},
		{"{}", "the title's {}: unexpected token"},
		{"{usr}", "unknown name usr; there are at, failed, gap, src, tags, user, usual.mean, usual.n"},
		{"{usual.men}", "men"},
		{"{user + failed}", "invalid operation"},
		{"{now()}", "unknown name now"},
		{"{repeat(user, 1000000)}", "unknown name repeat"},
		{"{all(1..1000000, all(1..1000000, true))}", "is not allowed here"},
		{"{map(tags, #)}", "a loop is not allowed here"},
		{"{1..1000000000}", "a range is not allowed here"},
		{"{let a = user + user; let b = a + a; b}", "let is not allowed here"},
		{"{replace(user, \"\", user)}", "unknown name replace"},
		{"{" + strings.Repeat("1+", 400) + "1}", "maximum allowed nodes"},
	} {
		_, err := CompileTitle(test.text, titleNames)
		if err == nil {
			t.Errorf("%q: no error", test.text)
		} else if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", test.text, err, test.want)
		}
	}
}

func FuzzTitle(f *testing.F) {
	for _, seed := range []string{"{user}", "{{}}", "{failed + 1}", "{'}'}", "{usual.mean}", "{a", "}{", "{1..9}", "{user[1:]}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		title, err := CompileTitle(text, titleNames)
		if err != nil {
			return
		}
		if !strings.ContainsAny(text, "{}") && title.Render(nil) != text {
			t.Errorf("%q became %q", text, title.Render(nil))
		}
		title.Render(titleValues)
	})
}
