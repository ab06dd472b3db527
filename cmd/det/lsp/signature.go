package lsp

import (
	"strings"

	"github.com/detlang/det/compiler/check"
	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
)

// signatureHelp shows what the call around an offset takes, or, outside of calls,
// the stage.
func (d *document) signatureHelp(off int) (any, error) {
	if d.sigma() {
		return nil, nil
	}
	c := d.cursor(off)
	if c.remark {
		return nil, nil
	}
	name, argument := c.calling()
	if name != "" {
		if f, ok := callables()[name]; ok {
			return help(f.name+f.signature, f.doc, argument), nil
		}
		if tree := d.near(off).tree(); tree != nil {
			for _, decl := range tree.Decls {
				if f, ok := decl.(*ast.Fn); ok && f.Name.Name == name {
					var params []string
					for _, p := range f.Params {
						params = append(params, p.Name)
					}
					return help(name+"("+strings.Join(params, ", ")+")", "`= "+f.Body.Span().Text()+"`", argument), nil
				}
			}
		}
		return nil, nil
	}
	if spec := stages()[c.stage]; spec != nil && !c.block && c.word == "rule" {
		out := &signatureHelp{Signatures: []signatureInfo{{Label: check.Usage(spec), Documentation: doc(spec.Doc), Parameters: []parameterInfo{}}}}
		for _, p := range spec.Head {
			out.Signatures[0].Parameters = append(out.Signatures[0].Parameters, parameterInfo{Label: strings.ToUpper(p.Name), Documentation: doc(p.Doc)})
		}
		for _, cl := range spec.Clauses {
			if cl.Word == c.clause {
				out.ActiveParameter = len(out.Signatures[0].Parameters)
			}
			out.Signatures[0].Parameters = append(out.Signatures[0].Parameters, parameterInfo{Label: cl.Word, Documentation: doc(cl.Doc)})
		}
		return out, nil
	}
	return nil, nil
}

// calling is the innermost call that is open at the cursor, and which argument the
// cursor is in.
func (c *cursor) calling() (name string, argument int) {
	depth := 0
	for i := len(c.before) - 1; i >= 0; i-- {
		t := c.before[i]
		if t.Kind == lang.TokenStage || t.Kind == lang.TokenDeclaration {
			return "", 0
		}
		if t.Kind != lang.TokenPunct {
			continue
		}
		switch t.At.Text() {
		case ")", "]":
			depth++
		case ",":
			if depth == 0 {
				argument++
			}
		case "(", "[":
			if depth > 0 {
				depth--
				continue
			}
			if t.At.Text() == "(" && i > 0 && c.before[i-1].Kind == lang.TokenCall {
				return c.before[i-1].At.Text(), argument
			}
			argument = 0
		case "{", "}":
			return "", 0
		}
	}
	return "", 0
}

// help is the signature of a function, name(first type, second type) result, with
// its parameters.
func help(label, text string, argument int) *signatureHelp {
	info := signatureInfo{Label: label, Documentation: doc(text), Parameters: []parameterInfo{}}
	if open, end := strings.IndexByte(label, '('), closing(label); open >= 0 && end > open+1 {
		for _, p := range split(label[open+1 : end]) {
			info.Parameters = append(info.Parameters, parameterInfo{Label: p})
		}
	}
	if n := len(info.Parameters); n > 0 {
		argument = min(argument, n-1)
	}
	return &signatureHelp{Signatures: []signatureInfo{info}, ActiveParameter: argument}
}

// closing is where the first parenthesis of a signature closes, or -1.
func closing(s string) int {
	depth := 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// split cuts parameters at the commas between them.
func split(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(s[start:]))
}
