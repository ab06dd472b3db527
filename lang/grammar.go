package lang

import (
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// The grammar: one struct a production, named as grammar.ebnf prints it. It is
// LL(1), because the token pass has told the names apart, and flat: precedence is
// made while lowering, so that a chain of operators costs no depth.

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
		Type    *lexer.Token `parser:"( @Ident (?= '=':Assign | 'from':Ident) )?"`
		Value   *expression  `parser:"( '=':Assign @@"`
		From    *lexer.Token `parser:"| 'from':Ident @String )"`
	}
	function struct {
		Keyword lexer.Token   `parser:"@'fn':Keyword"`
		Name    lexer.Token   `parser:"@Ident '(':Punct"`
		Params  []lexer.Token `parser:"@(Ident (',':Punct Ident)*)? ')':Punct"`
		Body    *expression   `parser:"'=':Assign @@"`
	}
	heading struct {
		Keyword lexer.Token  `parser:"@('rule':Keyword | 'test':Keyword | 'schema':Keyword | 'table':Keyword | 'filter':Keyword | 'model':Keyword)"`
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
		Name    lexer.Token  `parser:"@Stage"`
		Args    []*argument  `parser:"(@@ (',':Punct @@)*)?"`
		Clauses []*clause    `parser:"@@*"`
		Open    *lexer.Token `parser:"( @'{':Punct"`
		Items   []*item      `parser:"  @@*"`
		Close   *lexer.Token `parser:"  @'}':Punct )?"`
	}
	item struct {
		Not     *lexer.Token `parser:"@Absent?"`
		Label   *lexer.Token `parser:"(@Label Assign)?"`
		Value   *expression  `parser:"@@"`
		Clauses []*clause    `parser:"@@*"`
		Comma   *lexer.Token `parser:"@Separator?"`
	}
	clause struct {
		Flag *lexer.Token `parser:"  @Flag"`
		Word *lexer.Token `parser:"| @Clause"`
		Args []*argument  `parser:"  @@ (',':Punct @@)*"`
	}
	argument struct {
		Label *lexer.Token `parser:"(@Label Assign)?"`
		Value *expression  `parser:"@@"`
	}
	expression struct {
		First operand  `parser:"@@"`
		Rest  []*infix `parser:"@@*"`
	}
	infix struct {
		Operator lexer.Token `parser:"@Operator"`
		Operand  operand     `parser:"@@"`
	}
	operand struct {
		Prefix  []lexer.Token `parser:"@(Prefix*)"`
		Atom    *lexer.Token  `parser:"( @(Ident | String | Literal | Values)"`
		Call    *invocation   `parser:"| @@"`
		Group   *group        `parser:"| @@"`
		Array   *array        `parser:"| @@ )"`
		Members []*selection  `parser:"@@*"`
	}
	selection struct {
		Name *lexer.Token `parser:"'.':Punct ( @Ident"`
		Call *invocation  `parser:"          | @@ )"`
	}
	invocation struct {
		Name  lexer.Token  `parser:"@Call '(':Punct"`
		Args  []*argument  `parser:"(@@ (',':Punct @@)*)?"`
		Comma *lexer.Token `parser:"@Separator?"`
		Close lexer.Token  `parser:"@')':Punct"`
	}
	group struct {
		Open  lexer.Token `parser:"@'(':Punct"`
		Value *expression `parser:"@@"`
		Close lexer.Token `parser:"@')':Punct"`
	}
	array struct {
		Open  lexer.Token   `parser:"@'[':Punct"`
		Elems []*expression `parser:"(@@ (',':Punct @@)*)?"`
		Comma *lexer.Token  `parser:"@Separator?"`
		Close lexer.Token   `parser:"@']':Punct"`
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
