package sigma

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	yamlast "github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// Limits on what a file may cost, whoever wrote it. Aliases are followed, so that
// a few lines of YAML can stand for very many nodes: it is those that count.
const (
	maxFile     = 64 << 20 // bytes
	maxDocument = 1 << 20  // bytes
	maxValue    = 64 << 10 // bytes of one text
	maxNodes    = 100_000  // in a document, aliases followed
	maxDepth    = 60
	maxBrackets = 1000 // open at once, those in texts counted as well
)

// part is the text of one YAML document within a file.
type part struct {
	start int // offset in the file
	text  string
}

// byteOrderMark is what some editors write at the start of a file.
const byteOrderMark = "\ufeff"

// parts cuts a file at its lines of three dashes, so that one broken document
// does not hide the others.
func parts(text string) []part {
	var out []part
	start, off := 0, 0
	if strings.HasPrefix(text, byteOrderMark) {
		start, off = len(byteOrderMark), len(byteOrderMark)
	}
	for line := range strings.Lines(text[off:]) {
		if l := strings.TrimRight(line, "\r\n"); l == "---" || strings.HasPrefix(l, "--- ") || l == "..." {
			out = append(out, part{start, text[start:off]})
			start = off + 3
		}
		off += len(line)
	}
	return append(out, part{start, text[start:]})
}

// reader turns a document of goccy/go-yaml into nodes.
type reader struct {
	file    *source.File
	first   int // line of the file at which the document starts, from 0
	start   int // its offset
	anchors map[string]yamlast.Node
	columns map[int][]int32 // where the code points of a line begin, by its number
	nodes   int
	diags   *diag.List
	failed  bool
}

// read parses one document; nil where it is empty, or cannot be read.
func read(f *source.File, p part, diags *diag.List) *node {
	whole := source.Span{File: f, Start: p.start, End: p.start}
	if len(p.text) > maxDocument {
		diags.Errorf("D0901", whole, "the document has %d KiB; a rule has at most %d", len(p.text)>>10, maxDocument>>10)
		return nil
	}
	if !utf8.ValidString(p.text) {
		diags.Errorf("D0901", whole, "the document is not UTF-8 text")
		return nil
	}
	if n, ok := readBlock(f, p); ok {
		if n.form == null {
			return nil
		}
		return n
	}
	return readLibrary(f, p, diags)
}

// readLibrary parses a document with the YAML library.
func readLibrary(f *source.File, p part, diags *diag.List) *node {
	r := &reader{file: f, start: p.start, anchors: map[string]yamlast.Node{}, diags: diags}
	line, _ := f.Position(p.start)
	r.first = line - 1
	if at := tooDeep(p.text); at >= 0 {
		r.fail(source.Span{File: f, Start: p.start + at, End: p.start + at + 1}, "it is nested more than %d levels deep", maxDepth)
		return nil
	}
	file, err := r.parse(p.text)
	if err != nil {
		r.broken(err)
		return nil
	}
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if n := r.node(d.Body, 0); !r.failed && n.form != null {
			return n
		}
		return nil
	}
	return nil
}

// parse runs the YAML parser. What makes it panic is broken, too.
func (r *reader) parse(text string) (f *yamlast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML cannot be read")
		}
	}()
	return parser.ParseBytes([]byte(text), 0)
}

// tooDeep finds where a text is nested deeper than any parser that calls itself
// should be asked to follow, or -1. Brackets in quotes count as well, which is why
// so many are let pass.
func tooDeep(text string) int {
	open := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '[', '{':
			if open++; open > maxBrackets {
				return i
			}
		case ']', '}':
			open = max(0, open-1)
		case '\n':
			j, marks := i+1, 0
			for j+1 < len(text) && (text[j] == ' ' || (text[j] == '-' || text[j] == '?' || text[j] == ':') && text[j+1] == ' ') {
				if text[j] != ' ' {
					marks++
				}
				j++
			}
			if marks > maxDepth || j-i > 50*maxDepth {
				return i + 1
			}
		}
	}
	return -1
}

func (r *reader) fail(at source.Span, format string, args ...any) {
	if !r.failed {
		r.diags.Errorf("D0901", at, format, args...)
	}
	r.failed = true
}

// broken tells what the YAML parser found.
func (r *reader) broken(err error) {
	var se *yaml.SyntaxError
	var de *yaml.DuplicateKeyError
	switch {
	case errors.As(err, &se) && se.Token != nil:
		r.fail(r.span(se.Token), "this is no YAML: %s", se.Message)
	case errors.As(err, &de) && de.Token != nil:
		r.fail(r.span(de.Token), "this is no YAML: %s", de.Message)
	default:
		r.fail(source.Span{File: r.file, Start: r.start, End: r.start}, "this is no YAML: %s", err)
	}
}

// span is where a token stands. The parser counts lines and columns in code points
// from the start of the document; its offsets are not reliable.
func (r *reader) span(t *token.Token) source.Span {
	if t == nil || t.Position == nil {
		return source.Span{File: r.file, Start: r.start, End: r.start}
	}
	line, rest := r.first+t.Position.Line, t.Position.Column-1
	off := r.file.LineStart(line)
	if line == r.first+1 {
		off = r.start
	}
	end := len(r.file.Text)
	if line < r.file.Lines() {
		end = r.file.LineStart(line+1) - 1
	}
	off = min(r.column(line, off, end, rest), end)
	long := len(strings.TrimSpace(t.Origin))
	if t.Type == token.StringType || long == 0 {
		long = len(t.Value)
	}
	stop := off + min(long, max(0, end-off))
	return source.Span{File: r.file, Start: off, End: stop}
}

// column is the offset of a code point of a line, counted from 0, whose text starts
// at from and ends at to. A line is looked through once, however many tokens it has.
func (r *reader) column(line, from, to, n int) int {
	starts, ok := r.columns[line]
	if !ok {
		text := r.file.Text[from:to]
		starts = make([]int32, 0, len(text))
		for i := range text {
			starts = append(starts, int32(i))
		}
		if r.columns == nil {
			r.columns = map[int][]int32{}
		}
		r.columns[line] = starts
	}
	if n < 0 || n >= len(starts) {
		return to
	}
	return from + int(starts[n])
}

// node turns a YAML node and all below it into ours.
func (r *reader) node(y yamlast.Node, depth int) *node {
	n := &node{at: r.span(y.GetToken())}
	if r.nodes++; r.nodes > maxNodes {
		r.fail(n.at, "its aliases stand for more than %d values", maxNodes)
		return n
	}
	if depth > maxDepth {
		r.fail(n.at, "it is nested more than %d levels deep", maxDepth)
		return n
	}
	switch y := y.(type) {
	case *yamlast.NullNode:
	case *yamlast.MappingNode:
		r.mapping(n, y.Values, depth)
	case *yamlast.MappingValueNode:
		r.mapping(n, []*yamlast.MappingValueNode{y}, depth)
	case *yamlast.SequenceNode:
		n.form = sequence
		for _, v := range y.Values {
			if r.failed {
				break
			}
			n.items = append(n.items, r.node(v, depth+1))
		}
	case *yamlast.AnchorNode:
		n = r.node(y.Value, depth+1)
		r.anchors[y.Name.GetToken().Value] = y.Value
	case *yamlast.AliasNode:
		of, ok := r.anchors[y.Value.GetToken().Value]
		if !ok {
			r.fail(n.at, "there is no anchor &%s before this", y.Value.GetToken().Value)
			return n
		}
		at := n.at
		n = r.node(of, depth+1)
		n.at = at
	case *yamlast.TagNode:
		tag := y.Start.Value
		if y.Value == nil {
			return n
		}
		n = r.node(y.Value, depth+1)
		if tag == "!!str" {
			n.plain = false
		}
	case *yamlast.LiteralNode:
		r.scalar(n, y.Value.Value, false)
	case *yamlast.StringNode:
		quoted := y.Token.Type == token.SingleQuoteType || y.Token.Type == token.DoubleQuoteType
		r.scalar(n, y.Value, !quoted)
	default:
		r.scalar(n, y.GetToken().Value, true)
	}
	return n
}

func (r *reader) scalar(n *node, text string, plain bool) {
	if !n.set(text, plain) {
		r.fail(n.at, "a text has %d KiB; at most %d are read", len(text)>>10, maxValue>>10)
	}
}

func (r *reader) mapping(n *node, values []*yamlast.MappingValueNode, depth int) {
	n.form = mapping
	if len(values) > 0 {
		n.at = r.span(values[0].Key.GetToken())
	}
	have := map[string]bool{}
	for _, v := range values {
		if r.failed {
			return
		}
		if v.Key.IsMergeKey() {
			r.merge(n, v.Value, depth, have)
			continue
		}
		var key yamlast.Node = v.Key
		if k, ok := key.(*yamlast.MappingKeyNode); ok && k.Value != nil {
			key = k.Value
		}
		f := field{key: r.node(key, depth+1), value: r.node(v.Value, depth+1)}
		if f.key.form > scalar {
			r.fail(f.key.at, "a key must be a text, not %s", f.key.form)
			return
		}
		if have[f.key.text] {
			r.fail(f.key.at, "the key %s stands here twice", f.key.text)
			return
		}
		have[f.key.text] = true
		n.fields = append(n.fields, f)
	}
}

// merge adds the entries of a merged mapping (<<: *name) that are not there yet.
func (r *reader) merge(n *node, value yamlast.Node, depth int, have map[string]bool) {
	of := r.node(value, depth+1)
	if of.form == null { // also what the library makes of a key that ends in <<
		r.fail(of.at, "<< takes maps, not %s; a key that ends in << stands in quotes", of.form)
		return
	}
	for _, m := range of.list() {
		if m.form != mapping {
			r.fail(m.at, "<< takes maps, not %s", m.form)
			return
		}
		for _, f := range m.fields {
			if !have[f.key.text] {
				have[f.key.text] = true
				n.fields = append(n.fields, f)
			}
		}
	}
}
