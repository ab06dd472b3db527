package lsp

import (
	"regexp"
	"slices"
	"strings"
)

// yamlPlace is where in a document of YAML a cursor stands, as the indentation of
// the lines above tells: what is half-written has no tree yet.
type yamlPlace struct {
	path  []string // keys that the cursor's line lies in, outermost first
	key   string   // the key of the line that the cursor stands behind; "" before its colon
	word  string   // the word at the cursor
	start int      // where it starts
	end   int
	off   int
	lines []yamlLine // of the document, without those of multi-line texts and comments
}

// yamlLine is a line with a key, an item of a list, or both.
type yamlLine struct {
	start  int // of the line, in the file
	dash   int // the column of the first dash, or -1
	column int // of what stands behind it
	key    string
	value  string
}

// yamlKey is a key at the start of a line; a colon belongs to it only before a space
// or at the end.
var yamlKey = regexp.MustCompile(`^("[^"]*"|'[^']*'|[^\s#"'\[{&*!|>%@-][^#]*?)\s*:(?:\s+|$)`)

// yamlWord are the characters of a word: names of fields with their modifiers, tags,
// values.
func yamlWord(b byte) bool {
	return b > ' ' && !strings.ContainsRune(`,:"'[]{}()`, rune(b))
}

// yaml works out where an offset lies.
func (d *document) yaml(off int) yamlPlace {
	p := yamlPlace{start: off, end: off, off: off}
	text := d.file.Text
	for p.start > 0 && yamlWord(text[p.start-1]) {
		p.start--
	}
	for p.end < len(text) && yamlWord(text[p.end]) {
		p.end++
	}
	p.word = text[p.start:p.end]

	from := strings.LastIndex("\n"+text[:off], "\n---")
	to := len(text)
	if from < 0 {
		from = 0
	}
	if i := strings.Index(text[off:], "\n---"); i >= 0 {
		to = off + i
	}
	at := -1 // the cursor's line
	here := yamlLine{dash: -1}
	for start := from; start <= to; {
		end := start + strings.IndexByte(text[start:]+"\n", '\n')
		line := parseYAMLLine(strings.TrimSuffix(text[start:min(end, len(text))], "\r"))
		line.start = start
		if start <= off && off <= end {
			at, here = len(p.lines), line
			if line.key == "" && line.dash < 0 && line.value == "" {
				here.column = off - start
			}
		}
		if line.key != "" || line.dash >= 0 {
			p.lines = append(p.lines, line)
		}
		start = end + 1
	}
	if at < 0 {
		return p
	}
	if colon := here.start + here.column + len(here.key); here.key != "" && off > colon {
		p.key = bareKey(here.key)
	}
	p.path = p.above(at, here)
	return p
}

// above are the keys that a line lies in: each the nearest line before it that is
// indented less, or as much where the line is an item of its list.
func (p *yamlPlace) above(at int, here yamlLine) []string {
	var path []string
	column, item := here.column, false
	if here.dash >= 0 {
		column, item = here.dash, true
	}
	for i := min(at, len(p.lines)) - 1; i >= 0 && (column > 0 || item); i-- {
		l := p.lines[i]
		if l.key == "" || l.start >= here.start {
			continue
		}
		if l.column < column || l.column == column && item && l.dash < 0 {
			path = append(path, bareKey(l.key))
			column, item = l.column, false
			if l.dash >= 0 {
				column, item = l.dash, true
			}
		}
	}
	slices.Reverse(path)
	return path
}

// parseYAMLLine reads a line alone.
func parseYAMLLine(line string) yamlLine {
	out := yamlLine{dash: -1}
	rest := strings.TrimLeft(line, " ")
	out.column = len(line) - len(rest)
	for strings.HasPrefix(rest, "- ") || rest == "-" {
		if out.dash < 0 {
			out.dash = out.column
		}
		next := strings.TrimLeft(rest[1:], " ")
		out.column += len(rest) - len(next)
		rest = next
	}
	if strings.HasPrefix(rest, "#") {
		return yamlLine{dash: -1, column: out.column, value: rest}
	}
	if m := yamlKey.FindStringSubmatch(rest); m != nil {
		out.key, rest = m[1], rest[len(m[0]):]
	}
	out.value = strings.TrimSpace(rest)
	return out
}

// bareKey is a key without its quotes.
func bareKey(key string) string { return strings.Trim(key, `"'`) }

// within reports whether the keys around the cursor are these.
func (p *yamlPlace) within(path ...string) bool { return slices.Equal(p.path, path) }

// keys are those of the document at a path, in order.
func (p *yamlPlace) keys(path ...string) []string {
	var out []string
	for i, l := range p.lines {
		if l.key != "" && slices.Equal(p.above(i, l), path) {
			out = append(out, bareKey(l.key))
		}
	}
	return out
}

// scalar is the value behind a path of keys, "" without one.
func (p *yamlPlace) scalar(path ...string) string {
	last := len(path) - 1
	for i, l := range p.lines {
		if bareKey(l.key) == path[last] && l.key != "" && slices.Equal(p.above(i, l), path[:last]) {
			return strings.Trim(strings.TrimSpace(strings.SplitN(l.value, " #", 2)[0]), `"'`)
		}
	}
	return ""
}
