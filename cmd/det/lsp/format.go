package lsp

import (
	"slices"
	"strings"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/diag"
)

// format is the edits that bring a document into canonical form, those of a range
// alone where one is given. A document with errors is left as it is.
func (d *document) format(within *span) (any, error) {
	if d.sigma() {
		return []textEdit{}, nil
	}
	text, ok := lang.Format(d.file, &diag.List{})
	if !ok {
		return []textEdit{}, nil
	}
	out := []textEdit{}
	for _, h := range differing(lines(d.file.Text), lines(text)) {
		if within != nil && (h.to < within.Start.Line || h.from > within.End.Line) {
			continue
		}
		out = append(out, textEdit{span{d.lineAt(h.from), d.lineAt(h.to)}, strings.Join(h.text, "")})
	}
	return out, nil
}

// lineAt is the start of a line, or the end of a text that has no such line.
func (d *document) lineAt(n int) position {
	if n >= d.file.Lines() {
		return d.position(len(d.file.Text))
	}
	return position{n, 0}
}

// lines are the lines of a text with their ends.
func lines(text string) []string {
	all := strings.SplitAfter(text, "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// hunk replaces the lines from from to to, which is left out, by others.
type hunk struct {
	from, to int
	text     []string
}

// maxTable bounds the table of a comparison, in cells; what is larger becomes one
// hunk.
const maxTable = 4 << 20

// differing is what turns a into b: a longest common subsequence of lines stays.
func differing(a, b []string) []hunk {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	for len(a) > start && len(b) > start && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	a, b = a[start:], b[start:]
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	if len(a)*len(b) > maxTable {
		return []hunk{{start, start + len(a), b}}
	}
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	var out []hunk
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		from, added := i, j
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && a[i] == b[j]) {
			if j == len(b) || i < len(a) && common[(i+1)*width+j] >= common[i*width+j+1] {
				i++
			} else {
				j++
			}
		}
		out = append(out, hunk{start + from, start + i, slices.Clone(b[added:j])})
	}
	return out
}
