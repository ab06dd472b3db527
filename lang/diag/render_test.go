package diag

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"github.com/detlang/det/lang/source"
)

// at is the span of the nth occurrence (from 0) of part in a file.
func at(f *source.File, part string, nth int) source.Span {
	off := 0
	for range nth {
		off += strings.Index(f.Text[off:], part) + 1
	}
	off += strings.Index(f.Text[off:], part)
	return source.Span{File: f, Start: off, End: off + len(part)}
}

// TestRender compares whole renderings. The first is the example of the house
// style, to the letter.
func TestRender(t *testing.T) {
	brute := source.New("brute.det", "rule brute {\n\n\n\n\n\n    where src_ip > 10\n}\n")
	tabs := source.New("tabs.det", "rule x {\n\twhere\tname == 3\n}\n")
	wide := source.New("wide.det", `const 名前 = "日本" + 3 + "👩‍👩‍👧"`)
	steer := source.New("st\x1beer.det", "const a = \"\x1b[2J\u202e\" + 3\n")
	lines := source.New("lines.det", "const a = f(1,\n  2)\n")
	empty := source.New("empty.det", "")
	tests := []struct {
		name string
		d    Diagnostic
		want string
	}{
		{"house", Diagnostic{Code: "D0203", Span: at(brute, "src_ip > 10", 0), Operator: at(brute, ">", 0), Message: "cannot compare ip with int", Hint: "to test a network, write: src_ip in 10.0.0.0/8"}, `
brute.det:7:18: error D0203: cannot compare ip with int
   7 |     where src_ip > 10
     |           ~~~~~~ ^ ~~
     = to test a network, write: src_ip in 10.0.0.0/8
`},
		{"no operator, a warning", Diagnostic{Code: "D0301", Severity: Warning, Span: at(brute, "src_ip", 0), Message: "unknown name"}, `
brute.det:7:11: warning D0301: unknown name
   7 |     where src_ip > 10
     |           ^~~~~~
`},
		{"tabs", Diagnostic{Code: "D0203", Span: at(tabs, "name == 3", 0), Operator: at(tabs, "==", 0), Message: "m"}, `
tabs.det:2:13: error D0203: m
   2 |     where    name == 3
     |              ~~~~ ^^ ~
`},
		{"wide characters and clusters", Diagnostic{Code: "D0203", Span: at(wide, `"日本" + 3 + "👩‍👩‍👧"`, 0), Operator: at(wide, "+", 1), Message: "m"}, `
wide.det:1:21: error D0203: m
   1 | const 名前 = "日本" + 3 + "👩‍👩‍👧"
     |              ~~~~~~~~~~ ^ ~~~~
`},
		{"the first of several lines", Diagnostic{Code: "D0203", Span: at(lines, "f(1,\n  2)", 0), Message: "m"}, `
lines.det:1:11: error D0203: m
   1 | const a = f(1,
     |           ^~~~
`},
		{"the end of the file", Diagnostic{Code: "D0102", Span: source.Span{File: lines, Start: 19, End: 19}, Message: "m"}, `
lines.det:2:5: error D0102: m
   2 |   2)
     |     ^
`},
		{"terminal codes and reordering", Diagnostic{Code: "D0102", Span: at(steer, "3", 0), Message: "a\x1b[0m\nb"}, `
st␛eer.det:1:21: error D0102: a␛[0m b
   1 | const a = "␛[2J�" + 3
     |                     ^
`},
		{"no text", Diagnostic{Code: "D0801", Span: source.Span{File: empty}, Message: "m", Hint: "h"}, `
empty.det:1:1: error D0801: m
     = h
`},
		{"nowhere", Diagnostic{Code: "D0801", Severity: Info, Message: "m", Hint: "h"}, `
info D0801: m
     = h
`},
		{"notes", Diagnostic{Code: "D0105", Span: at(brute, "}", 0), Message: "m", Notes: []Note{{at(brute, "{", 0), "opened here"}}}, `
brute.det:8:1: error D0105: m
   8 | }
     | ^
brute.det:1:12: note: opened here
   1 | rule brute {
     |            ^
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := Render(&b, &List{All: []Diagnostic{tt.d}}, Options{}); err != nil {
				t.Fatal(err)
			}
			if got, want := b.String(), strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestRenderColor(t *testing.T) {
	f := source.New("a.det", "const a = b")
	var b strings.Builder
	if err := Render(&b, &List{All: []Diagnostic{{Code: "D0301", Span: at(f, "b", 0), Message: "m"}}}, Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1ma.det:1:11:\x1b[0m \x1b[1;31merror D0301:\x1b[0m m\n" +
		"\x1b[34m   1 |\x1b[0m const a = b\n" +
		"\x1b[34m     |\x1b[0m \x1b[1;31m          ^\x1b[0m\n"
	if b.String() != want {
		t.Errorf("got %q\nwant %q", b.String(), want)
	}
}

// TestRenderWidth cuts long lines: no line is wider than asked for, and what the
// caret points at is shown above it.
func TestRenderWidth(t *testing.T) {
	long := strings.Repeat("日x ", 50_000)
	for _, off := range []int{0, 4, 500, 100_000, len(long)} {
		f := source.New("w.det", long[:off]+"@"+long[off:])
		var b strings.Builder
		if err := Render(&b, &List{All: []Diagnostic{{Code: "D0109", Span: at(f, "@", 0), Message: "m"}}}, Options{Width: 72}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(b.String(), "\n")
		for _, l := range lines[1:] {
			if w := uniseg.StringWidth(l); w > 72 {
				t.Errorf("at %d: %d columns: %s", off, w, l)
			}
		}
		text, _, found := strings.Cut(lines[1], "@")
		marks, _, marked := strings.Cut(lines[2], "^")
		if !found || !marked || uniseg.StringWidth(text) != uniseg.StringWidth(marks) {
			t.Errorf("at %d: the caret is astray:\n%s\n%s", off, lines[1], lines[2])
		}
	}
}

func TestJSON(t *testing.T) {
	f := source.New("a.det", "const é = b\n")
	list := &List{All: []Diagnostic{
		{Code: "D0301", Span: at(f, "b", 0), Message: "m", Hint: "h", Notes: []Note{{at(f, "é", 0), "n"}}, Fix: &Edit{at(f, "b", 0), "c<"}},
		{Code: "D0801", Severity: Warning, Message: "nowhere"},
	}}
	var b strings.Builder
	if err := JSON(&b, list); err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	place := func(column, start, end int) string {
		return fmt.Sprintf("map[column:%d end:%d end_column:%d end_line:1 file:a.det line:1 start:%d]", column, end, column+1, start)
	}
	want := "[map[code:D0301 fix:map[place:" + place(11, 11, 12) + " text:c<] hint:h message:m notes:[map[message:n place:" + place(7, 6, 8) + "]] place:" + place(11, 11, 12) + " severity:error]" +
		" map[code:D0801 message:nowhere severity:warning]]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	b.Reset()
	if err := JSON(&b, &List{}); err != nil || b.String() != "[]\n" {
		t.Errorf("an empty list is %q, %v", b.String(), err)
	}
}

func FuzzRender(f *testing.F) {
	f.Add("const a = \"日本\"\r\n\tx\n", 3, 8, 5, 40)
	f.Add("\x1b\xff\u202e👩‍👩‍👧", 0, 9, 2, 1)
	f.Add(strings.Repeat("e\u0301", 300), 200, 201, 0, 30)
	f.Fuzz(func(t *testing.T, text string, start, end, op, width int) {
		file := source.New("f.det", text)
		clamp := func(n int) int { return min(max(n, 0), len(text)) }
		s := source.Span{File: file, Start: clamp(start), End: max(clamp(start), clamp(end))}
		o := source.Span{File: file, Start: clamp(op), End: clamp(op)}
		list := &List{All: []Diagnostic{{Code: "D0101", Span: s, Message: text}, {Code: "D0101", Span: s, Operator: o, Hint: text}}}
		var b strings.Builder
		if err := Render(&b, list, Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(b.String(), "\x1b\x07\u202e") {
			t.Errorf("a control character came through: %q", b.String())
		}
	})
}
