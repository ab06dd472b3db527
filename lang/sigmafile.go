package lang

import (
	"slices"
	"sort"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/sigma"
	"github.com/detlang/det/lang/source"
)

// ImportSigma writes Sigma files in the language, in canonical form: a text a file,
// in their order, "" where a file has no rule that could be turned. Comments are
// kept. others are .det files whose lists the rules use.
func ImportSigma(files []*source.File, others []*ast.File, diags *diag.List) []string {
	out := make([]string, len(files))
	notes := &notes{documents: map[*source.File][]sigma.Document{}, comments: map[*source.File][][]*ast.Comment{}}
	for i, tree := range sigma.Trees(files, others, diags) {
		tree.Decls = slices.DeleteFunc(tree.Decls, func(d ast.Decl) bool {
			block, ok := d.(*ast.Block)
			return ok && !notes.writable(block, diags)
		})
		blocks := 0
		for _, d := range tree.Decls {
			if _, ok := d.(*ast.Block); ok {
				blocks++
			}
		}
		if blocks > 0 {
			out[i] = imported(tree, notes)
		}
	}
	return out
}

// notes are the comments of Sigma files, by the documents that they stand in.
type notes struct {
	documents map[*source.File][]sigma.Document
	comments  map[*source.File][][]*ast.Comment
}

// read reads the comments of a file, once.
func (n *notes) read(f *source.File) {
	if n.documents[f] != nil {
		return
	}
	n.documents[f] = sigma.Documents(f)
	n.comments[f] = make([][]*ast.Comment, len(n.documents[f]))
	for _, c := range sigma.Comments(f) {
		i := n.document(c.At)
		n.comments[f][i] = append(n.comments[f][i], c)
	}
}

// document is the number of the document that holds a place.
func (n *notes) document(at source.Span) int {
	n.read(at.File)
	docs := n.documents[at.File]
	i := sort.Search(len(docs), func(i int) bool { return at.Start < docs[i].At.End })
	return min(i, len(docs)-1)
}

// writable reports whether the language can write a rule, and tells why not.
func (n *notes) writable(block *ast.Block, diags *diag.List) bool {
	places := []source.Span{block.At}
	for _, st := range block.Body {
		places = append(places, st.At)
	}
	for _, at := range places {
		i := n.document(at)
		if why := n.documents[at.File][i].Unwritable; !why.IsZero() {
			diags.Errorf("D0913", why, "a name with a backquote or a line end cannot be written in the language").Hint = "leave the rule as it is: every command takes it"
			return false
		}
	}
	return true
}

// between are the comments of a file from one document up to another, without those
// of filters, which go with the rules.
func (n *notes) between(f *source.File, from, to int) []*ast.Comment {
	var out []*ast.Comment
	for i := from; i <= to; i++ {
		if !n.documents[f][i].Filter {
			out = append(out, n.comments[f][i]...)
		}
	}
	return out
}

// imported writes one tree. It writes every stage by itself, as a program's tree is
// written, puts the comments before them, and formats the whole.
func imported(tree *ast.File, n *notes) string {
	var b strings.Builder
	next := 0 // the first document whose comments were not written
	for i, d := range tree.Decls {
		block, ok := d.(*ast.Block)
		if !ok {
			b.WriteString(Print(&ast.File{Source: source.New("", ""), Decls: []ast.Decl{bareDecl(d)}}))
			continue
		}
		own := n.document(block.At)
		last := own
		if i == len(tree.Decls)-1 {
			last = len(n.documents[tree.Source]) - 1
		}
		importedBlock(&b, block, n, own, n.between(tree.Source, next, last))
		next = last + 1
	}
	name := tree.Source.Name + ".det"
	text, _ := Format(source.New(name, b.String()), &diag.List{})
	return text
}

// importedBlock writes a rule with the comments of its document, whose number is own,
// and those of its filters before what they add.
func importedBlock(b *strings.Builder, block *ast.Block, n *notes, own int, comments []*ast.Comment) {
	before := make([][]*ast.Comment, len(block.Body)+1)
	var mine []*ast.Stage // those of the document itself; nil for those of filters
	told := map[source.Span]bool{}
	for i, st := range block.Body {
		doc := n.document(st.At)
		at := n.documents[st.At.File][doc]
		if st.At.File == block.At.File && doc == own || !at.Filter {
			mine = append(mine, st)
			continue
		}
		if mine = append(mine, nil); !told[at.At] {
			told[at.At] = true
			before[i] = n.comments[st.At.File][doc]
		}
	}
	for _, c := range comments {
		i := stageOf(mine, c)
		before[i] = append(before[i], c)
	}
	bare := &ast.Block{Keyword: &ast.Ident{Name: "rule"}, Name: &ast.Ident{Name: block.Name.Name}}
	head := Print(&ast.File{Source: source.New("", ""), Decls: []ast.Decl{bare}})
	b.WriteString("\n" + strings.TrimSuffix(strings.TrimSpace(head), "}") + "\n")
	for i, st := range block.Body {
		if st.Name.Name == "from" {
			b.WriteByte('\n')
		}
		for _, c := range before[i] {
			b.WriteString(c.Text + "\n")
		}
		bare.Body = []*ast.Stage{bareStage(st)}
		one := Print(&ast.File{Source: source.New("", ""), Decls: []ast.Decl{bare}})
		_, one, _ = strings.Cut(one, "{\n")
		b.WriteString(strings.TrimSuffix(strings.TrimRight(one, "\n"), "}"))
	}
	for _, c := range before[len(block.Body)] {
		b.WriteString(c.Text + "\n")
	}
	b.WriteString("}\n")
}

// stageOf is the number of the stage that a comment of the YAML goes before. One
// behind a value goes with the stage whose values it stands in; one in a line of its
// own with the stage behind it, unless it stands deeper than that.
func stageOf(body []*ast.Stage, c *ast.Comment) int {
	line, column := c.At.File.Position(c.At.Start)
	next, last := len(body), -1
	nextLine, lastLine := 1<<30, 0
	for i, st := range body {
		if st == nil {
			continue
		}
		l, _ := st.At.File.Position(st.At.Start)
		if l >= line && l < nextLine {
			next, nextLine = i, l
		}
		if l <= line && l > lastLine {
			last, lastLine = i, l
		}
	}
	limit := 1 // the column of the keys of the document
	if next < len(body) {
		limit = indented(c.At.File, nextLine)
	}
	alone := indented(c.At.File, line) == column
	if last < 0 || alone && column <= limit {
		return next
	}
	return last
}

// indented is the column of the first character in a line that is no space.
func indented(f *source.File, line int) int {
	text := f.Text[f.LineStart(line):]
	return len(text) - len(strings.TrimLeft(text, " ")) + 1
}
