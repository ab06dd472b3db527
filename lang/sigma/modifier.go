package sigma

import (
	"fmt"
	"strings"

	"github.com/detlang/det/lang/source"
)

// modifier is one row of the table of modifiers. It changes what the item says, or
// its texts; a message means that it does not go with what stands before it.
type modifier struct {
	name  string
	doc   string
	apply func(it *item) (problem string)
}

// item is one line of a selection: a field, its modifiers and its values, which
// are alternatives unless all is set. What a modifier makes of one text are
// alternatives in any case.
type item struct {
	field string // "" is a search in all values of the event
	at    source.Span
	texts []alternatives
	did   map[string]bool // modifiers so far

	all, negated, cased    bool
	exists, fieldref, cidr bool
	regex                  bool
	flags                  string // of a regex
	compare                string // an operator on numbers
	part                   string // a function that takes a part of a time
	before, behind         bool   // more may stand before, behind
	bytes                  bool   // the texts are bytes, which only base64 can take
	expand                 bool
	room                   int // how many texts there may be
}

// maxTexts bounds the texts that a rule's values stand for, with all their modifiers.
const maxTexts = 250_000

// crowded is what is wrong with a rule of more texts.
var crowded = fmt.Sprintf("the values of the rule stand for more than %d texts", maxTexts)

// alternatives are the patterns that one value of a rule stands for.
type alternatives struct {
	node     *node
	patterns []pattern
}

// modifiers are all of specification 2.1 (appendix "Modifiers").
var modifiers = []modifier{
	{"contains", "somewhere in the value", affix(true, true)},
	{"startswith", "at the start of the value", affix(false, true)},
	{"endswith", "at the end of the value", affix(true, false)},
	{"all", "all of the values instead of any", mark(func(it *item) { it.all = true })},
	{"cased", "with regard to case", mark(func(it *item) { it.cased = true })},
	{"neq", "not the value", mark(func(it *item) { it.negated = true })},
	{"exists", "the field is there, or is not", alone(func(it *item) { it.exists = true })},
	{"re", "a regular expression", alone(func(it *item) { it.regex = true })},
	{"i", "a regular expression without regard to case", flag("i")},
	{"ignorecase", "the same as i", flag("i")},
	{"m", "a regular expression over several lines", flag("m")},
	{"multiline", "the same as m", flag("m")},
	{"s", "a regular expression whose dot takes line ends", flag("s")},
	{"dotall", "the same as s", flag("s")},
	{"cidr", "an address in a network", alone(func(it *item) { it.cidr = true })},
	{"base64", "encoded as base64", recode(func(s string) []string { return []string{base64Of(s)} }, false)},
	{"base64offset", "encoded as part of something in base64", recode(base64Offsets, false)},
	{"wide", "in UTF-16, little-endian", recode(func(s string) []string { return []string{utf16Bytes(s, false)} }, true)},
	{"utf16le", "the same as wide", recode(func(s string) []string { return []string{utf16Bytes(s, false)} }, true)},
	{"utf16be", "in UTF-16, big-endian", recode(func(s string) []string { return []string{utf16Bytes(s, true)} }, true)},
	{"utf16", "in UTF-16 with a byte order mark", recode(func(s string) []string { return []string{"\xff\xfe" + utf16Bytes(s, false)} }, true)},
	{"windash", "with any dash or slash before an option", dashed},
	{"expand", "with lists in place of %names%", expand},
	{"fieldref", "equal to another field", mark(func(it *item) { it.fieldref = true })},
	{"lt", "less, as a number", compare("<")},
	{"lte", "less or equal, as a number", compare("<=")},
	{"gt", "greater, as a number", compare(">")},
	{"gte", "greater or equal, as a number", compare(">=")},
	{"minute", "the minute of a time", timePart("minute")},
	{"hour", "the hour of a time", timePart("hour")},
	{"day", "the day of the month of a time", timePart("day_of_month")},
	{"week", "the week of the year of a time", timePart("week")},
	{"month", "the month of a time", timePart("month")},
	{"year", "the year of a time", timePart("year")},
}

func mark(f func(it *item)) func(*item) string {
	return func(it *item) string { f(it); return "" }
}

// alone is a modifier that says what kind of value this is, so that no other kind
// may have been said.
func alone(f func(it *item)) func(*item) string {
	return func(it *item) string {
		if it.kind() != "" {
			return "it cannot stand behind " + it.kind()
		}
		f(it)
		return ""
	}
}

// kind is the modifier that says what the values are, if they are no plain texts.
func (it *item) kind() string {
	for _, k := range []string{"exists", "re", "cidr", "lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year", "fieldref",
		"contains", "startswith", "endswith", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be", "windash"} {
		if it.did[k] {
			return k
		}
	}
	return ""
}

func affix(before, behind bool) func(*item) string {
	return func(it *item) string {
		if it.exists || it.cidr || it.compare != "" || it.part != "" {
			return "it cannot stand behind " + it.kind()
		}
		it.before, it.behind = it.before || before, it.behind || behind
		return ""
	}
}

func flag(f string) func(*item) string {
	return func(it *item) string {
		if !it.regex {
			return "it stands behind re"
		}
		if !strings.Contains(it.flags, f) {
			it.flags += f
		}
		return ""
	}
}

func compare(op string) func(*item) string {
	return func(it *item) string {
		if it.part != "" && it.compare == "" { // hour|gte
			it.compare = op
			return ""
		}
		return alone(func(it *item) { it.compare = op })(it)
	}
}

func timePart(function string) func(*item) string {
	return alone(func(it *item) { it.part = function })
}

// recode is a modifier that changes literal texts. What it makes is text, or bytes
// that have yet to be encoded.
func recode(f func(string) []string, bytes bool) func(*item) string {
	return func(it *item) string {
		switch {
		case it.regex || it.cidr || it.exists || it.fieldref || it.compare != "" || it.part != "":
			return "it cannot stand behind " + it.kind()
		case it.before || it.behind:
			return "it stands before contains, startswith and endswith"
		}
		for i := range it.texts {
			var out []pattern
			for _, p := range it.texts[i].patterns {
				if p.hasPlaceholder() {
					return "it cannot encode what a list holds"
				}
				s, ok := p.literal()
				if !ok {
					return "a text with wildcards cannot be encoded"
				}
				for _, enc := range f(s) {
					out = append(out, pattern{{text: enc}})
				}
			}
			it.texts[i].patterns = out
		}
		it.bytes = bytes
		return ""
	}
}

func dashed(it *item) string {
	if it.regex || it.cidr || it.exists || it.fieldref || it.compare != "" || it.part != "" {
		return "it cannot stand behind " + it.kind()
	}
	n := 0
	for i := range it.texts {
		var out []pattern
		for _, p := range it.texts[i].patterns {
			if p.hasPlaceholder() {
				return "it cannot vary what a list holds"
			}
			ps, ok := windash(p)
			if !ok {
				return "a text has more than three options; write it as several"
			}
			out = append(out, ps...)
		}
		it.texts[i].patterns = out
		if n += len(out); n > it.room {
			return crowded
		}
	}
	return ""
}

// expand finds the placeholders.
func expand(it *item) string {
	if it.cidr || it.exists || it.fieldref || it.compare != "" || it.part != "" {
		return "it cannot stand behind " + it.kind()
	}
	for _, m := range []string{"windash", "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be"} {
		if it.did[m] {
			return "it stands before " + m
		}
	}
	it.expand = true
	for i, a := range it.texts {
		if strings.Contains(a.node.text, "%") {
			it.texts[i].patterns = []pattern{parse(a.node.text, true)}
		}
	}
	return ""
}
