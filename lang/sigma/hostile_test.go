package sigma

import (
	"strings"
	"testing"
	"time"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// lower turns one file, for tests.
func lower(text string) (*ast.File, *diag.List) {
	diags := &diag.List{}
	return Trees([]*source.File{source.New("rule.yml", text)}, nil, diags)[0], diags
}

const head = "title: T\nlogsource: {product: windows}\ndetection:\n"

// TestHostile reads files that were made to exhaust whoever reads them. Each is
// refused with its code, in a second.
func TestHostile(t *testing.T) {
	bomb := "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 10; i++ {
		prev := "*a" + string(rune('0'+i-1))
		bomb += "a" + string(rune('0'+i)) + ": &a" + string(rune('0'+i)) + " [" + strings.Repeat(prev+",", 9) + prev + "]\n"
	}
	tests := []struct{ name, text, code, says string }{
		{"aliases that stand for a billion", bomb + head + "  s: {F: *a9}\n  condition: s\n", "D0901", "its aliases stand for more than"},
		{"an alias of itself", head + "  s: &s {F: *s}\n  condition: s\n", "D0901", "no anchor"},
		{"brackets", head + "  s: " + strings.Repeat("[", 900_000), "D0901", "nested"},
		{"braces", head + "  s: " + strings.Repeat("{a: ", 100_000), "D0901", "nested"},
		{"dashes", head + "  s:\n" + strings.Repeat("- ", 200_000) + "a\n", "D0901", "nested"},
		{"a hundred levels", head + "  s: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n  condition: s\n", "D0901", "nested"},
		{"indentation", head + staircase(2000), "D0901", ""},
		{"ten megabytes", head + "  s: {F: '" + strings.Repeat("a", 10<<20) + "'}\n  condition: s\n", "D0901", "a rule has at most"},
		{"a long text", head + "  s: {F: '" + strings.Repeat("a", 100<<10) + "'}\n  condition: s\n", "D0901", "a text has 100 KiB"},
		{"parentheses", head + "  s: {F: a}\n  condition: " + strings.Repeat("(", 50_000) + "s\n", "D0903", "nested more than"},
		{"nots", head + "  s: {F: a}\n  condition: " + strings.Repeat("not ", 10_000) + "s\n", "D0903", "nested more than"},
		{"dashes to vary", head + "  s: {F|windash: '" + strings.Repeat("-a ", 50) + "'}\n  condition: s\n", "D0904", "more than three options"},
		{"dashes of many texts", head + "  s:\n    F|windash:\n" + strings.Repeat("      - -a -b -c\n", 5000) + "  condition: s\n", "D0904", "more than 250000 texts"},
		{"not UTF-8", head + "  s: {F: \xff}\n  condition: s\n", "D0901", "not UTF-8"},
		{"no end", head + "  s: {F: 'a\n", "D0901", "no YAML"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			tree, diags := lower(tt.text)
			if spent := time.Since(began); spent > 5*time.Second {
				t.Errorf("it took %v", spent)
			}
			for _, d := range tree.Decls {
				if _, ok := d.(*ast.Block); ok {
					t.Error("it became a rule")
				}
			}
			if len(diags.All) == 0 || diags.All[0].Code != tt.code || !strings.Contains(diags.All[0].Message, tt.says) {
				t.Errorf("told %v, want %s %s", diags.All, tt.code, tt.says)
			}
		})
	}
}

// TestLongLines reads lines that hold very many values, and values that very many
// places mean, each in a second.
func TestLongLines(t *testing.T) {
	tests := []struct{ name, text string }{
		{"values", head + "  s: {F|contains: [" + strings.Repeat("v,", 60_000) + "v]}\n  condition: s\n"},
		{"aliases", head + "  a: &a x\n  s: {F|contains: [" + strings.Repeat("*a ,", 40_000) + "*a ]}\n  condition: s\n"},
		{"an anchor behind values", head + "  s: {F: [" + strings.Repeat("é,", 30_000) + "&a x" + strings.Repeat(",*a ", 30_000) + "]}\n  condition: s\n"},
		{"texts with dashes", head + "  s:\n    F|windash|contains:\n" + strings.Repeat("      - -a -b -c\n", 1000) + "  condition: s\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			_, diags := lower(tt.text)
			if spent := time.Since(began); spent > 5*time.Second {
				t.Errorf("it took %v", spent)
			}
			if diags.Errors() > 0 {
				t.Errorf("told %v", diags.All)
			}
		})
	}
}

func staircase(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
		if b.Len() > 900<<10 {
			break
		}
	}
	return b.String()
}

// TestByteOrderMark reads a file that begins with one.
func TestByteOrderMark(t *testing.T) {
	for _, text := range []string{"", "---\n", "# a comment\n"} {
		tree, diags := lower(byteOrderMark + text + head + "  s: {F: a}\n  condition: s\n")
		if len(diags.All) > 0 || len(tree.Decls) != 2 {
			t.Errorf("%q: %d declarations, told %v", text, len(tree.Decls), diags.All)
		}
	}
	_, diags := lower(byteOrderMark + "title: [\n")
	if len(diags.All) != 1 || diags.All[0].Span.Start < len(byteOrderMark) {
		t.Errorf("told %v", diags.All)
	}
}

// TestOthersRun reads files in which one document of several is broken.
func TestOthersRun(t *testing.T) {
	good := head + "  s: {F: a}\n  condition: s\n"
	for _, bad := range []string{"title: [\n", "- a\n", "title: X\n", "\x00\n", "a: b: c\n", "\t- x\n"} {
		tree, diags := lower(good + "---\n" + bad + "---\n" + good)
		rules := 0
		for _, d := range tree.Decls {
			if _, ok := d.(*ast.Block); ok {
				rules++
			}
		}
		if rules != 2 || diags.Errors() == 0 {
			t.Errorf("%q: %d rules, %v", bad, rules, diags.All)
		}
	}
}

// TestPlaces looks for what a diagnostic points at in the YAML.
func TestPlaces(t *testing.T) {
	tests := []struct{ text, points string }{
		{head + "  s:\n    F|containz: a\n  condition: s\n", "F|containz"},
		{head + "  s: {F: a}\n  condition: s and 日本\n", "日本"},
		{head + "  s: {F: a}\n  condition: |\n    s\n    and t\n", ""},
		{"title: 日本\n" + head[9:] + "  s: {é|cidr: 10.0.0.1/8}\n  condition: s\n", "10.0.0.1/8"},
		{"# c\n---\n" + head + "  s: {F|gt: 'x y'}\n  condition: s\n", "'x y'"},
	}
	for _, tt := range tests {
		_, diags := lower(tt.text)
		if len(diags.All) != 1 {
			t.Errorf("%q is told %v", tt.text, diags.All)
			continue
		}
		if got := diags.All[0].Span.Text(); tt.points != "" && got != tt.points {
			t.Errorf("%q points at %q, want %q", tt.text, got, tt.points)
		}
	}
}

// FuzzTrees turns anything: never a panic, and a place within the file for all that
// is told.
func FuzzTrees(f *testing.F) {
	f.Add(head + "  s: {F|contains|all: ['a*', b], G: null}\n  condition: s and not 1 of f*\n")
	f.Add(head + "  k: [a, 'b']\n  condition: k | count(x) by y > 5\n  timeframe: 5m\n")
	f.Add("title: A\nname: a\n" + head[9:] + "  s: {F|re: 'a('}\n  condition: s\n---\ntitle: C\ncorrelation: {type: temporal, rules: [a], timespan: 5m, condition: a and not a}\n")
	f.Add("title: F\nlogsource: {product: windows}\nfilter: {rules: any, s: {F|windash|base64offset: -a}, condition: not s}\n---\naction: global\na: &x {b: *x}\n")
	f.Add("a: !!str 010\n<<: {b: c}\n? d\n: |\n  e\n")
	f.Fuzz(func(t *testing.T, text string) {
		tree, diags := lower(text)
		for _, d := range diags.All {
			if s := d.Span; s.File == nil || s.Start < 0 || s.End < s.Start || s.End > len(text) {
				t.Errorf("%s points at %d to %d of %d", d.Code, s.Start, s.End, len(text))
			}
		}
		for _, d := range tree.Decls {
			if s := d.Span(); s.Start < 0 || s.End < s.Start || s.End > len(text) {
				t.Errorf("a rule stands at %d to %d of %d", s.Start, s.End, len(text))
			}
		}
		Comments(source.New("rule.yml", text))
	})
}
