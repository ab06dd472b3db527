package lang

import (
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// The grammar: one struct a production, named as grammar.ebnf prints it. It is
// LL(1), because the token pass has told the names apart, and flat: precedence is
// made while lowering, so that a chain of operators costs no depth. Tokens are
// not captured one by one, which is what costs participle most; where Tokens
// stands, it fills in all tokens of the production, and lowering picks from them.

type (
	file struct {
		Declarations []*declaration `parser:"@@*"`
	}
	declaration struct {
		Block    *block    `parser:"  @@"`
		Constant *constant `parser:"| @@"`
		List     *list     `parser:"| @@"`
		Function *function `parser:"| @@"`
		Import   *include  `parser:"| @@"`
	}
	include struct {
		Keyword lexer.Token   `parser:"@'import':Keyword"`
		Path    []lexer.Token `parser:"( @(Ident ('.':Punct Ident)*)"`
		File    *lexer.Token  `parser:"| @String )"`
	}
	constant struct {
		Keyword lexer.Token `parser:"@'const':Keyword"`
		Name    lexer.Token `parser:"@Ident '=':Assign"`
		Value   *expression `parser:"@@"`
	}
	list struct {
		Keyword lexer.Token  `parser:"@'list':Keyword"`
		Name    lexer.Token  `parser:"@Ident"`
		Type    *lexer.Token `parser:"@Ident?"`
		Value   *expression  `parser:"( '=':Assign @@"`
		From    *lexer.Token `parser:"| 'from':Clause @String )"`
	}
	function struct {
		Keyword lexer.Token   `parser:"@'fn':Keyword"`
		Name    lexer.Token   `parser:"@Ident '(':Punct"`
		Params  []lexer.Token `parser:"@(Ident (',':Punct Ident)*)? ')':Punct"`
		Body    *expression   `parser:"'=':Assign @@"`
	}
	heading struct {
		Keyword lexer.Token  `parser:"@('rule':Keyword | 'test':Keyword | 'schema':Keyword | 'table':Keyword | 'filter':Keyword | 'model':Keyword | 'mapping':Keyword)"`
		Name    *lexer.Token `parser:"@Ident?"`
		Title   *lexer.Token `parser:"@String?"`
		Clauses []*clause    `parser:"@@*"`
	}
	block struct {
		Heading heading     `parser:"@@"`
		Stages  []*stage    `parser:"'{':Punct @@*"`
		Close   lexer.Token `parser:"@'}':Punct"`
	}
	stage struct {
		Tokens  []lexer.Token
		Args    []*expression `parser:"Stage (@@ (',':Punct @@)*)?"`
		Clauses []*clause     `parser:"@@*"`
		Items   []*item       `parser:"('{':Punct @@* '}':Punct)?"`
	}
	item struct {
		Tokens  []lexer.Token
		Value   *expression `parser:"Absent? @@"`
		Clauses []*clause   `parser:"@@* Separator?"`
	}
	clause struct {
		Tokens []lexer.Token
		Args   []*expression `parser:"Clause @@ (',':Punct @@)* | Flag"`
	}
	expression struct { // the token pass finds labels only where an argument or an entry starts
		Tokens    []lexer.Token
		Compounds []*compound `parser:"(Label Assign)? (Value | @@) (Operator (Value | @@))*"`
	}
	compound struct {
		Tokens   []lexer.Token
		Call     *invocation `parser:"  @@"`
		Group    *group      `parser:"| @@"`
		Array    *array      `parser:"| @@"`
		Prefixed *compound   `parser:"| Prefix (Value | @@)"`
	}
	invocation struct {
		Tokens []lexer.Token
		Args   []*expression `parser:"Call '(':Punct (@@ (',':Punct @@)*)? Separator?"`
		Close  lexer.Token   `parser:"@')':Punct"`
		Then   []*selection  `parser:"@@*"`
	}
	selection struct {
		Tokens []lexer.Token
		Call   *invocation `parser:"'.':Punct (Value | @@)"`
	}
	group struct {
		Tokens []lexer.Token
		Value  *expression `parser:"'(':Punct @@ ')':Punct"`
	}
	array struct {
		Tokens []lexer.Token
		Elems  []*expression `parser:"'[':Punct (@@ (',':Punct @@)*)? Separator? ']':Punct"`
	}
)

// parser reads whole files; production makes parsers of their parts from it. A
// lookahead of none means that a choice, once made, stands: that is what LL(1)
// is, and it puts the error where it belongs.
var parser = participle.MustBuild[file](participle.Lexer(definition{}), participle.UseLookahead(0))

var (
	declarationParser = production[declaration]()
	headingParser     = production[heading]()
	stageParser       = production[stage]()
	itemParser        = production[item]()
)

// production is the parser of one production of the grammar.
func production[P any]() *participle.Parser[P] {
	p, err := participle.ParserForProduction[P](parser)
	if err != nil {
		panic(err) // P is not in the grammar: our own invariant
	}
	return p
}

// Grammar is the grammar of the language in EBNF, as the parser prints it, with
// the tokens it names explained. The file grammar.ebnf is this text.
func Grammar() string {
	var b strings.Builder
	b.WriteString("(* The grammar of det, printed from its parser. *)\n\n")
	b.WriteString(parser.String())
	b.WriteString("\n\n(* Tokens. Space and line ends only separate them; // starts a comment.\n\n")
	for _, k := range tokenKinds {
		if name := "<" + strings.ToLower(k.name) + ">"; strings.Contains(parser.String(), name) {
			fmt.Fprintf(&b, "   %-11s %s\n", name, k.doc)
		}
	}
	b.WriteString("*)\n\n(* Clause words, and where they are clauses. A * marks a flag, which takes no argument.\n\n")
	for _, w := range clauseTable {
		name := w.Text
		if w.Flag {
			name += " *"
		}
		fmt.Fprintf(&b, "   %-11s %-18s %s\n", name, w.In, w.Doc)
	}
	b.WriteString("*)\n")
	return b.String()
}
