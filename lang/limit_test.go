package lang

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// TestLimits parses files that try to make the parser run long, deep or out of
// memory. Each must be answered by the errors named, and no others.
func TestLimits(t *testing.T) {
	nested := func(n int) string { return "const a = " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) }
	tests := []struct{ name, text, want string }{
		{"200 brackets", nested(200), ""},
		{"201 brackets", nested(201), "D0113"},
		{"a megabyte of brackets", "rule a { when " + strings.Repeat("(", 1<<20), "D0113 D0104"},
		{"a megabyte of lists", "const a = " + strings.Repeat("[", 1<<20), "D0113"},
		{"a megabyte of calls", "const a = " + strings.Repeat("f(", 1<<19), "D0113"},
		{"a megabyte of braces", "rule a " + strings.Repeat("{", 1<<20), "D0115"},
		{"many braces", "rule a " + strings.Repeat("{", 1000), "D0120 D0104"},
		{"a megabyte of closing braces", strings.Repeat("}", 1<<10), "D0105 D0121"},
		{"200 signs", "const a = " + strings.Repeat("- ", 200) + "1", ""},
		{"a megabyte of signs", "const a = " + strings.Repeat("-", 1<<20) + "1", "D0113"},
		{"a megabyte of not", "const a = " + strings.Repeat("not ", 1<<18) + "b", "D0113"},
		{"10,000 operators", "const a = 1" + strings.Repeat(" + 1", 10_000), ""},
		{"10,001 operators", "const a = 1" + strings.Repeat(" + 1", 10_001), "D0114"},
		{"300,000 alternatives", "const a = b" + strings.Repeat(" or b", 300_000), ""},
		{"200,000 comparisons", "const a = b == 1" + strings.Repeat(" or b == 1", 200_000), ""},
		{"50,000 alternatives in brackets", "const a = c and (b == 1" + strings.Repeat(" or (b == 1 and c)", 50_000) + ")", ""},
		{"10,000 operators in one alternative", "const a = b or (b or 1" + strings.Repeat(" + 1", 9_999) + ") + 1 or b", ""},
		{"10,001 operators in one alternative", "const a = b or (1" + strings.Repeat(" + 1", 10_000) + " or b) + 1 or b", "D0114"},
		{"a megabyte of operators", "const a = 1" + strings.Repeat("+1", 1<<19), "D0114"},
		{"a megabyte of members", "const a = b" + strings.Repeat(".b", 1<<19), "D0114"},
		{"names in a list", "const a = [b" + strings.Repeat(",b", 100_000) + "]", ""},
		{"operators in many arguments", "const a = f(1" + strings.Repeat(", 1 + 1", 1<<17) + ")", "D0114"},
		{"a long name", "const a = " + strings.Repeat("b", 1<<20), ""},
		{"a long number", "const a = " + strings.Repeat("9", 1<<20), "D0111"},
		{"a long regular expression", "const a = '" + strings.Repeat(`(\d+|[a-f])*`, 1<<13) + "'", ""},
		{"a comment", "//" + strings.Repeat("/ ", 1<<20), ""},
		{"a million words", "list a = [b" + strings.Repeat(",b", 1<<19) + "]", "D0115"},
		{"garbage", strings.Repeat("$ x ", 1<<18), "D0109 D0121"},
		{"binary", strings.Repeat("\x00\xff\x80{", 1<<16), "D0112 D0109 D0121"},
		{"open strings", strings.Repeat("\"\n", 1<<16), "D0108 D0121"},
		{"broken stages", "rule a {\n" + strings.Repeat("when a >\n", 1<<14) + "}", "D0101 D0121"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			var diags diag.List
			Parse(source.New("x.det", tt.text), &diags)
			var codes []string
			for _, d := range diags.All {
				if !strings.Contains(strings.Join(codes, " "), d.Code) {
					codes = append(codes, d.Code)
				}
			}
			if got := strings.Join(codes, " "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if len(diags.All) > maxErrors+1 {
				t.Errorf("%d errors", len(diags.All))
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestLargeFile(t *testing.T) {
	var diags diag.List
	tree := Parse(source.New("x.det", "const a = 1"+strings.Repeat(" ", maxFile)), &diags)
	if len(diags.All) != 1 || diags.All[0].Code != "D0115" || len(tree.Decls) != 0 {
		t.Errorf("got %v and %d declarations", diags.All, len(tree.Decls))
	}
}

// TestMillionStrings holds a list of a million strings to its budget of memory:
// 500 MB in all, however much of it is garbage by then.
func TestMillionStrings(t *testing.T) {
	f := source.New("x.det", literalList(1_000_000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var diags diag.List
	tree := Parse(f, &diags)
	runtime.ReadMemStats(&after)
	elems := tree.Decls[0].(*ast.ListDecl).Value.(*ast.ListExpr).Elems
	if len(elems) != 1_000_000 || elems[999_999].(*ast.Literal).Value != "host-999999" || diags.Errors() > 0 {
		t.Errorf("read %d elements with %d errors", len(elems), diags.Errors())
	}
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 500 {
		t.Errorf("allocated %d MB", mb)
	}
}
