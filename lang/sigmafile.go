package lang

import (
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
	for i, tree := range sigma.Trees(files, others, diags) {
		blocks := 0
		for _, d := range tree.Decls {
			if _, ok := d.(*ast.Block); ok {
				blocks++
			}
		}
		if blocks > 0 {
			out[i] = imported(tree, sigma.Comments(tree.Source))
		}
	}
	return out
}

// imported writes one tree. It writes every stage by itself, as a program's tree is
// written, puts the comments before them, and formats the whole.
func imported(tree *ast.File, comments []*ast.Comment) string {
	var b strings.Builder
	for _, d := range tree.Decls {
		block, ok := d.(*ast.Block)
		if !ok {
			b.WriteString(Print(&ast.File{Source: source.New("", ""), Decls: []ast.Decl{bareDecl(d)}}))
			continue
		}
		end := block.At.End
		if d == tree.Decls[len(tree.Decls)-1] {
			end = len(tree.Source.Text)
		}
		var own []*ast.Comment
		for len(comments) > 0 && comments[0].At.Start < end {
			own, comments = append(own, comments[0]), comments[1:]
		}
		importedBlock(&b, block, own)
	}
	name := tree.Source.Name + ".det"
	text, _ := Format(source.New(name, b.String()), &diag.List{})
	return text
}

func importedBlock(b *strings.Builder, block *ast.Block, comments []*ast.Comment) {
	before := make([][]*ast.Comment, len(block.Body)+1)
	for _, c := range comments {
		i := stageOf(block.Body, c)
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

// stageOf is the stage that a comment of the YAML goes before: the one whose line it
// stands on, or whose values it stands in; else the next.
func stageOf(body []*ast.Stage, c *ast.Comment) int {
	line, column := c.At.File.Position(c.At.Start)
	next, last := len(body), -1
	nextLine, lastLine := 1<<30, 0
	for i, st := range body {
		l, _ := st.At.File.Position(st.At.Start)
		if l >= line && l < nextLine {
			next, nextLine = i, l
		}
		if l <= line && l > lastLine {
			last, lastLine = i, l
		}
	}
	if nextLine == line || last < 0 || next == len(body) && last < 0 {
		return next
	}
	if next < len(body) {
		if _, k := body[next].At.File.Position(body[next].At.Start); column <= k {
			return next
		}
	}
	return last
}
