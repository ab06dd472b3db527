package stdlib

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// textFuncs count in code points, from 0, and tell upper from lower case: what
// takes two texts compares them exactly. fold makes both sides alike.
func textFuncs() []Func {
	s := text("s")
	n := param("n", types.TInt)
	return []Func{{
		Name: "lower",
		Doc:  "The text in lower case, code point by code point. To compare without case, write the comparison: it ignores case.",
		Sig:  takes(types.TString, s), Bind: textMap(always(strings.ToLower)), Cost: 60,
		Examples: examples(`lower("CertUtil.EXE")`, `"certutil.exe"`, `lower("ÀÉÎ ΣΑΣ")`, `"àéî σασ"`, `lower("")`, `""`, `lower(null)`, `null`),
	}, {
		Name: "upper",
		Doc:  "The text in upper case, code point by code point: ß stays.",
		Sig:  takes(types.TString, s), Bind: textMap(always(strings.ToUpper)), Cost: 60,
		Examples: examples(`upper("straße")`, `"STRAßE"`, `upper("")`, `""`, `upper(null)`, `null`),
	}, {
		Name: "fold",
		Doc:  "The text by Unicode simple case folding: what the comparisons that ignore case compare.",
		Sig:  takes(types.TString, s), Bind: textMap(always(vec.FoldString)), Cost: 40,
		Examples: examples(`fold("ΣίσυφοΣ")`, `"σίσυφοσ"`, `fold("\u{212A}elvin")`, `"kelvin"`, `fold(null)`, `null`),
	}, {
		Name: "length",
		Doc:  "How many code points the text has.",
		Sig:  takes(types.TInt, s), Bind: textInt(func(s string) (int64, bool) { return int64(utf8.RuneCountInString(s)), true }), Cost: 15,
		Examples: examples(`length("é")`, `1`, `length("日本語")`, `3`, `length("")`, `0`, `length(null)`, `null`),
	}, {
		Name: "byte_length",
		Doc:  "How many bytes the text has in UTF-8.",
		Sig:  takes(types.TInt, s), Bind: textInt(func(s string) (int64, bool) { return int64(len(s)), true }), Cost: 5,
		Examples: examples(`byte_length("é")`, `2`, `byte_length("")`, `0`),
	}, {
		Name: "trim",
		Doc:  "The text without white space at its ends, or without the given characters.",
		Sig:  takes(types.TString, s, optional(text("chars"))), Bind: trimmer(strings.TrimSpace, strings.Trim), Cost: 40,
		Examples: examples(`trim(" \t a b\n")`, `"a b"`, `trim("\"C:\\a.exe\"", "\"")`, `"C:\\a.exe"`, `trim("  ")`, `""`, `trim(null)`, `null`),
	}, {
		Name: "ltrim",
		Doc:  "The text without white space at its start, or without the given characters.",
		Sig:  takes(types.TString, s, optional(text("chars"))), Bind: trimmer(trimSpaceLeft, strings.TrimLeft), Cost: 40,
		Examples: examples(`ltrim("  a ")`, `"a "`, `ltrim("00042", "0")`, `"42"`, `ltrim("", "0")`, `""`),
	}, {
		Name: "rtrim",
		Doc:  "The text without white space at its end, or without the given characters.",
		Sig:  takes(types.TString, s, optional(text("chars"))), Bind: trimmer(trimSpaceRight, strings.TrimRight), Cost: 40,
		Examples: examples(`rtrim(" a  ")`, `" a"`, `rtrim("example.com..", ".")`, `"example.com"`, `rtrim("é\u{2003}")`, `"é"`),
	}, {
		Name: "substring",
		Doc:  "n code points from the code point start on, or all that follow. A negative start counts from the end. What lies outside of the text is left out.",
		Sig:  takes(types.TString, s, param("start", types.TInt), optional(n)), Bind: textWith(substring), Cost: 50,
		Examples: examples(`substring("powershell", 5)`, `"shell"`, `substring("äöü", 1, 1)`, `"ö"`, `substring("abc", -2, 1)`, `"b"`, `substring("abc", 9, 2)`, `""`, `substring("abc", null)`, `null`),
	}, {
		Name: "left",
		Doc:  "The first n code points.",
		Sig:  takes(types.TString, s, n), Bind: textWith(func(s string, rest []any) (string, bool) { return s[:offset(s, rest[0].(int64))], true }), Cost: 40,
		Examples: examples(`left("powershell", 5)`, `"power"`, `left("é1", 1)`, `"é"`, `left("ab", 9)`, `"ab"`, `left("ab", -1)`, `""`),
	}, {
		Name: "right",
		Doc:  "The last n code points.",
		Sig:  takes(types.TString, s, n), Bind: textWith(func(s string, rest []any) (string, bool) { return s[offsetFromEnd(s, rest[0].(int64)):], true }), Cost: 40,
		Examples: examples(`right("powershell", 5)`, `"shell"`, `right("1é", 1)`, `"é"`, `right("ab", 9)`, `"ab"`, `right("ab", 0)`, `""`),
	}, {
		Name: "replace",
		Doc:  "The text with every old replaced by new. An empty old replaces nothing.",
		Sig:  takes(types.TString, s, text("old"), text("new")), Bind: textWith(replace), Cost: 90,
		Examples: examples(`replace("p^o^w", "^", "")`, `"pow"`, `replace("aaa", "aa", "b")`, `"ba"`, `replace("abc", "", "x")`, `"abc"`, `replace(null, "a", "b")`, `null`),
	}, {
		Name: "remove",
		Doc:  "The text without the given characters, such as the carets and quotes that hide a command.",
		Sig:  takes(types.TString, s, fixed(text("chars"))), Bind: textWith(remove), Cost: 80,
		Examples: examples(`remove("p^ow\"er\"", "^\"")`, `"power"`, `remove("äa", "ä")`, `"a"`, `remove("", "x")`, `""`),
	}, {
		Name: "reverse",
		Doc:  "The code points from last to first.",
		Sig:  takes(types.TString, s), Bind: textMap(reverse), Cost: 80,
		Examples: examples(`reverse("gnp.exe")`, `"exe.png"`, `reverse("äb")`, `"bä"`, `reverse("")`, `""`),
	}, {
		Name: "normalize",
		Doc:  "The text in the Unicode form NFKC, in which full-width letters, ligatures and other look-alikes become the plain ones.",
		Sig:  takes(types.TString, s), Bind: textMap(normalize), Cost: 200,
		Examples: examples(`normalize("ｐｏｗｅｒ")`, `"power"`, `normalize("e\u{301}")`, `"é"`, `normalize("ﬁle")`, `"file"`, `normalize("")`, `""`),
	}, {
		Name: "is_ascii",
		Doc:  "Whether the text has nothing but ASCII.",
		Sig:  takes(types.TBool, s), Bind: textTest(isASCII), Test: true, Cost: 15,
		Examples: examples(`is_ascii("abc")`, `true`, `is_ascii("раураl")`, `false`, `is_ascii("")`, `true`, `is_ascii(null)`, `false`),
	}, {
		Name: "index_of",
		Doc:  "The place of the first sub in code points, from 0; -1 where there is none.",
		Sig:  takes(types.TInt, s, text("sub")), Bind: intWith(indexOf), Cost: 40,
		Examples: examples(`index_of("ümlaut", "laut")`, `2`, `index_of("abc", "x")`, `-1`, `index_of("abc", "")`, `0`),
	}, {
		Name: "count_of",
		Doc:  "How often sub occurs, without overlaps. An empty sub occurs never.",
		Sig:  takes(types.TInt, s, text("sub")), Bind: intWith(countOf), Cost: 40,
		Examples: examples(`count_of("..\\..\\..\\etc", "..\\")`, `3`, `count_of("aaa", "aa")`, `1`, `count_of("abc", "")`, `0`, `count_of(null, "a")`, `null`),
	}, {
		Name: "share_of",
		Doc:  "The share of the code points that are among the given characters, from 0 to 1; missing for the empty text.",
		Sig:  takes(types.TFloat, s, fixed(text("chars"))), Bind: shareOf, Cost: 80,
		Examples: examples(`share_of("x7g9", "0123456789")`, `0.5`, `share_of("ÄÖ", "Ä")`, `0.5`, `share_of("", "a")`, `null`),
	}, {
		Name: "before",
		Doc:  "What stands before the first sep; missing where there is none.",
		Sig:  takes(types.TString, s, text("sep")), Bind: textWith(before), Cost: 40,
		Examples: examples(`before("ann@example.com", "@")`, `"ann"`, `before("a-b-c", "-")`, `"a"`, `before("abc", "-")`, `null`, `before("-a", "-")`, `""`),
	}, {
		Name: "after",
		Doc:  "What stands after the first sep; missing where there is none.",
		Sig:  takes(types.TString, s, text("sep")), Bind: textWith(after), Cost: 40,
		Examples: examples(`after("CORP\\ann", "\\")`, `"ann"`, `after("a-b-c", "-")`, `"b-c"`, `after("", "-")`, `null`, `coalesce(after("ann", "\\"), "ann")`, `"ann"`),
	}, {
		Name: "strip_prefix",
		Doc:  "The text without prefix at its start, if it begins so.",
		Sig:  takes(types.TString, s, text("prefix")), Bind: textWith(func(s string, rest []any) (string, bool) { return strings.TrimPrefix(s, rest[0].(string)), true }), Cost: 30,
		Examples: examples(`strip_prefix("www.example.com", "www.")`, `"example.com"`, `strip_prefix("abc", "x")`, `"abc"`, `strip_prefix("", "x")`, `""`),
	}, {
		Name: "strip_suffix",
		Doc:  "The text without suffix at its end, if it ends so.",
		Sig:  takes(types.TString, s, text("suffix")), Bind: textWith(func(s string, rest []any) (string, bool) { return strings.TrimSuffix(s, rest[0].(string)), true }), Cost: 30,
		Examples: examples(`strip_suffix("host$", "$")`, `"host"`, `strip_suffix("abc", "x")`, `"abc"`, `strip_suffix("é", "é")`, `""`),
	}, {
		Name: "concat",
		Doc:  "The texts one after the other. A missing one makes the result missing; turn other kinds into text with string.",
		Sig:  takes(types.TString, many(s)), Bind: kernel(concat), Cost: 60,
		Examples: examples(`concat("a", "ä", "")`, `"aä"`, `concat("port ", string(443))`, `"port 443"`, `concat("a", null)`, `null`),
	}, {
		Name: "split",
		Doc:  "The parts between one sep and the next, up to 4,096 of them; a text with more is missing. An empty sep splits nothing.",
		Sig:  takes(types.ListOf(types.String), s, fixed(text("sep"))), Bind: listWith(split), Cost: 150,
		Examples: examples(`split("a,b,,c", ",")`, `["a", "b", "", "c"]`, `split("", ",")`, `[""]`, `split("ab", "")`, `["ab"]`, `split(null, ",")`, `null`),
	}}
}

// trimmer binds a trim of white space, or of the characters that are given.
func trimmer(space func(string) string, chars func(s, cutset string) string) binder {
	return textWith(func(s string, rest []any) (string, bool) {
		if len(rest) == 0 {
			return space(s), true
		}
		return chars(s, rest[0].(string)), true
	})
}

func trimSpaceLeft(s string) string  { return strings.TrimLeftFunc(s, unicode.IsSpace) }
func trimSpaceRight(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }

// offset is the byte at which the n-th code point of s starts, or where s ends.
func offset(s string, n int64) int {
	if n <= 0 {
		return 0
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// offsetFromEnd is the byte at which the last n code points of s start.
func offsetFromEnd(s string, n int64) int {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return i
}

func substring(s string, rest []any) (string, bool) {
	start := rest[0].(int64)
	if start >= 0 {
		s = s[offset(s, start):]
	} else {
		s = s[offsetFromEnd(s, -start):]
	}
	if len(rest) > 1 {
		s = s[:offset(s, rest[1].(int64))]
	}
	return s, true
}

func replace(s string, rest []any) (string, bool) {
	before, after := rest[0].(string), rest[1].(string)
	if before == "" {
		return s, true
	}
	if grown := len(after) - len(before); grown > 0 && len(s)+strings.Count(s, before)*grown > MaxText {
		return "", false
	}
	return strings.ReplaceAll(s, before, after), true
}

func remove(s string, rest []any) (string, bool) {
	chars := rest[0].(string)
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(chars, r) {
			return -1
		}
		return r
	}, s), true
}

func reverse(s string) (string, bool) {
	if len(s) > MaxText {
		return "", false
	}
	out := make([]byte, len(s))
	for at := len(out); s != ""; {
		_, size := utf8.DecodeRuneInString(s)
		at -= size
		copy(out[at:], s[:size])
		s = s[size:]
	}
	return string(out), true
}

// normalize stops at texts that could grow beyond MaxText: one code point becomes
// at most eighteen (U+FDFA), eleven times its bytes.
func normalize(s string) (string, bool) {
	if len(s) > MaxText {
		return "", false
	}
	return norm.NFKC.String(s), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func indexOf(s string, rest []any) (int64, bool) {
	i := strings.Index(s, rest[0].(string))
	if i < 0 {
		return -1, true
	}
	return int64(utf8.RuneCountInString(s[:i])), true
}

func countOf(s string, rest []any) (int64, bool) {
	sub := rest[0].(string)
	if sub == "" {
		return 0, true
	}
	return int64(strings.Count(s, sub)), true
}

func shareOf(consts []any) (vec.Kernel, error) {
	chars, _ := consts[1].(string)
	return vec.TextNumber(types.Float, func(s string) (float64, bool) {
		in, all := 0, 0
		for _, r := range s {
			all++
			if strings.ContainsRune(chars, r) {
				in++
			}
		}
		return float64(in) / float64(max(all, 1)), all > 0
	}), nil
}

func before(s string, rest []any) (string, bool) {
	head, _, ok := strings.Cut(s, rest[0].(string))
	return head, ok
}

func after(s string, rest []any) (string, bool) {
	_, tail, ok := strings.Cut(s, rest[0].(string))
	return tail, ok
}

func concat() vec.Kernel {
	return vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
		var joined []byte
		return func(i int) (string, bool) {
			joined = joined[:0]
			for _, a := range args {
				joined = append(joined, a.Text(i)...)
				if len(joined) > MaxText {
					return "", false
				}
			}
			return string(joined), true
		}
	})
}

func split(s string, rest []any) ([]string, bool) {
	sep := rest[0].(string)
	if sep == "" {
		return []string{s}, true
	}
	return strings.SplitN(s, sep, maxElems+1), true
}
