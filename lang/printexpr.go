package lang

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
)

// expression sets x where operators of at least this level may stand, in
// parentheses if its own is looser.
func (p *printer) expression(x ast.Expr, level int) doc {
	switch x := x.(type) {
	case *ast.Name:
		return p.operandName(&x.Ident)
	case *ast.Select:
		return concat(p.expression(x.X, signLevel), p.leaf("."+p.spelling(x.Sel), x.Sel.At))
	case *ast.Literal:
		return p.literal(x)
	case *ast.ListExpr:
		return p.list(x)
	case *ast.Call:
		return p.call(x)
	case *ast.Paren:
		return p.paren(x.X, x.At)
	case *ast.Unary:
		return p.unary(x, level)
	case *ast.Binary:
		if levels[x.Op] < level {
			return p.paren(x, source.Span{})
		}
		return p.binary(x, hanging)
	}
	return text("")
}

func (p *printer) paren(x ast.Expr, at source.Span) doc {
	lead, open := p.lead(at), p.word("(", at)
	var within doc
	if b, ok := x.(*ast.Binary); ok {
		within = p.binary(b, 0)
	} else {
		within = p.expression(x, orLevel)
	}
	return concat(lead, groupOf(open, indent(inner, soft, within), p.closing(false, soft, ")", at)))
}

func (p *printer) unary(x *ast.Unary, level int) doc {
	if x.Op != "not" {
		return concat(p.word(x.Op, x.At), p.expression(x.X, signLevel))
	}
	if level > notLevel {
		return p.paren(x, source.Span{})
	}
	return concat(p.word("not", x.At), text(" "), p.expression(x.X, notLevel))
}

// binary sets x and the operators to its left of the same level as one chain.
// Those of logic break all or none, and their lines stand in by in; those of
// arithmetic break where they must; comparisons do not.
func (p *printer) binary(x *ast.Binary, in int) doc {
	level := levels[x.Op]
	var chain []*ast.Binary
	first := ast.Expr(x)
	for b, ok := x, true; ok && levels[b.Op] == level && (len(chain) == 0 || level != compareLevel); b, ok = first.(*ast.Binary) {
		chain = append(chain, b)
		first = b.X
	}
	below := level
	if level == compareLevel {
		below++
	}
	parts := []doc{p.expression(first, below)}
	for i := len(chain) - 1; i >= 0; i-- {
		b := chain[i]
		switch {
		case level == compareLevel:
			parts = append(parts, text(" "), p.operator(b), text(" "), p.expression(b.Y, level+1))
		case level < compareLevel:
			parts = append(parts, p.logic(b, in))
		default:
			parts = append(parts, hang, p.operator(b), text(" "), p.expression(b.Y, level+1))
		}
	}
	return groupOf(parts...)
}

// logic sets and or or, with its right operand, on a line of its own. A comment
// behind the operator goes to the line before.
func (p *printer) logic(b *ast.Binary, in int) doc {
	remarks, behind := concat(p.before(b.OpAt.Start)...), doc{}
	if !b.OpAt.IsZero() {
		if c := p.behind(b.OpAt.End); c != nil {
			behind = p.aside(c)
		}
	}
	return concat(behind, indent(in, line, remarks, p.operator(b), text(" "), p.expression(b.Y, levels[b.Op]+1)))
}

func (p *printer) operator(b *ast.Binary) doc {
	words := []string{b.Op}
	switch {
	case b.Not && b.Op == "is":
		words = append(words, "not")
	case b.Not:
		words = []string{"not", b.Op}
	}
	if b.Quant != "" {
		words = append(words, b.Quant)
	}
	if b.Cased {
		words = append(words, "cased")
	}
	return p.leaf(strings.Join(words, " "), b.OpAt)
}

func (p *printer) list(x *ast.ListExpr) doc {
	lead, open := p.lead(x.At), p.word("[", x.At)
	if len(x.Elems) == 0 {
		return concat(lead, open, p.closing(true, restart, "]", x.At))
	}
	elems := make([]doc, 0, 3*len(x.Elems))
	for i, e := range x.Elems {
		if i > 0 {
			elems = append(elems, text(","))
		}
		elems = append(elems, p.breakBefore(e.Span(), i), p.expression(e, orLevel))
	}
	return concat(lead, groupOf(open, indent(inner, elems...), choice("", ","), p.closing(false, soft, "]", x.At)))
}

// breakBefore is the break before element i of something in brackets, with the
// comments that stand there.
func (p *printer) breakBefore(at source.Span, i int) doc {
	brk := line
	if i == 0 {
		brk = soft
	}
	if comments := p.before(at.Start); len(comments) > 0 {
		return concat(append([]doc{brk}, comments...)...)
	}
	return brk
}

func (p *printer) call(x *ast.Call) doc {
	dot := ""
	var parts []doc
	if x.On != nil {
		dot = "."
		parts = append(parts, p.expression(x.On, signLevel))
	}
	name := p.spelling(x.Fun)
	if p.named && x.On == nil {
		name = p.leading(x.Fun)
	}
	parts = append(parts, p.leaf(dot+name+"(", x.Fun.At.To(p.find("(", x.Fun.At))))
	if len(x.Args) == 0 {
		return groupOf(append(parts, p.closing(true, restart, ")", x.At))...)
	}
	var args []doc
	for i, a := range x.Args {
		if i > 0 {
			args = append(args, text(","))
		}
		if a.Name != nil {
			args = append(args, p.breakBefore(a.Name.At, i), p.name(a.Name), text(": "))
		} else {
			args = append(args, p.breakBefore(a.Value.Span(), i))
		}
		args = append(args, p.expression(a.Value, orLevel))
	}
	return groupOf(append(parts, indent(inner, args...), choice("", ","), p.closing(false, soft, ")", x.At))...)
}

// name is a name in a place where no clause word can be mistaken for a clause.
func (p *printer) name(id *ast.Ident) doc { return p.leaf(p.spelling(id), id.At) }

// operandName is a name that may be the first word behind a stage's name.
func (p *printer) operandName(id *ast.Ident) doc {
	if p.named {
		return p.leaf(p.leading(id), id.At)
	}
	return p.name(id)
}

// leading spells a name that stands right behind a stage's name.
func (p *printer) leading(id *ast.Ident) string {
	if w := clauses[id.Name]; id.At.IsZero() && w != nil && w.In&p.place != 0 {
		return quote(id.Name)
	}
	return p.spelling(id)
}

// spelling is a name as the author wrote it, or in backquotes where a name made by
// a program needs them.
func (p *printer) spelling(id *ast.Ident) string {
	if !id.At.IsZero() {
		return id.At.Text()
	}
	if oneIdent(id.Name) && id.Name != "any" && id.Name != "all" && id.Name != "cased" {
		return id.Name
	}
	return quote(id.Name)
}

// oneIdent reports whether the scanner reads s as one plain name.
func oneIdent(s string) bool {
	tokens, comments := scan(source.New("", s), &diag.List{})
	return len(tokens) == 2 && tokens[0].kind == ident && int(tokens[0].end) == len(s) && tokens[0].start == 0 &&
		len(comments) == 0 && !reserved(s)
}

func quote(name string) string {
	return "`" + strings.Map(func(r rune) rune {
		if r == '`' || r == '\n' {
			return -1
		}
		return r
	}, name) + "`"
}

func (p *printer) literal(x *ast.Literal) doc {
	if !x.At.IsZero() {
		return p.leaf(x.Raw, x.At)
	}
	return text(spell(x.Value))
}

// spell writes a value as a literal.
func spell(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return spellString(v)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case time.Duration:
		return types.FormatDuration(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case netip.Addr, netip.Prefix:
		if s := fmt.Sprint(v); !isDigit(s[0]) {
			return spellString(s) // fe80::1 is read as a literal only in quotes
		}
	}
	return fmt.Sprint(v)
}

// spellString writes text as a string: raw if it has a backslash and can be, else
// with escapes.
func spellString(s string) string {
	if strings.ContainsRune(s, '\\') && strings.IndexFunc(s, func(r rune) bool { return r == '\'' || !unicode.IsPrint(r) }) < 0 {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case unicode.IsPrint(r) || r == '\u200d' || r == '\u200c':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%X}`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
