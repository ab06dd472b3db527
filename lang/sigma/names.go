package sigma

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/detlang/det/lang/ast"
)

// ruleName is what a rule is called in the language: its name, or else its title,
// as one word.
func ruleName(n *node) string {
	for _, key := range []string{"name", "title", "id"} {
		if s := slug(text1(n, key)); s != "" {
			return s
		}
	}
	return "rule"
}

// maxName bounds a name made of a title, in code points.
const maxName = 80

// slug makes one word of a text: letters and digits in lower case, with _ between.
func slug(s string) string {
	var b strings.Builder
	gap, n := false, 0
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			gap = true
			continue
		}
		if n == 0 && unicode.IsDigit(c) {
			b.WriteByte('_')
		}
		if gap && n > 0 {
			b.WriteByte('_')
			n++
		}
		if n >= maxName {
			break
		}
		gap = false
		b.WriteRune(unicode.ToLower(c))
		n++
	}
	return strings.TrimSuffix(b.String(), "_")
}

// distinct makes a name that is not taken: with the start of the id behind it, or a
// number.
func distinct(taken map[string]bool, name, id string) string {
	try := name
	for i := 2; taken[try]; i++ {
		if short := slug(id); i == 2 && len(short) >= 8 {
			try = name + "_" + strings.TrimPrefix(short, "_")[:7]
			continue
		}
		try = name + "_" + strconv.Itoa(i)
	}
	taken[try] = true
	return try
}

// ruleNames are the names of the rules of other files.
func ruleNames(files []*ast.File) map[string]bool {
	out := map[string]bool{}
	for _, f := range files {
		for _, b := range rules(f) {
			out[b.Name.Name] = true
		}
	}
	return out
}

// rules are the rules of a file of the language.
func rules(f *ast.File) []*ast.Block {
	var out []*ast.Block
	for _, d := range f.Decls {
		if b, ok := d.(*ast.Block); ok && b.Keyword.Name == "rule" && b.Name != nil {
			out = append(out, b)
		}
	}
	return out
}
