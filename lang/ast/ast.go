// Package ast is the tree as written: what a rule file says, with the place of
// every word, before names and types are known.
//
// Every line inside a declaration has one shape, the Stage: a name, arguments,
// keyword clauses and an optional block. The metadata of a rule, its pipeline,
// the fields of a schema and the steps of a test are all Stages, so a new stage
// is a row in a table and never a change here.
package ast

import (
	"net/netip"
	"time"

	"github.com/detlang/det/lang/source"
)

// File is one parsed rule file. Decls holds what could be parsed, in order.
type File struct {
	Source   *source.File
	Decls    []Decl
	Comments []*Comment // all comments, in order of their place
}

// Comment is one line comment, from its slashes to before the line end.
type Comment struct {
	Text string
	At   source.Span
}

// Decl is a top-level declaration.
type Decl interface {
	decl()
	Span() source.Span
	DeclName() *Ident // nil for an import
}

// Ident is a name as written. Name has the quoting backticks removed.
type Ident struct {
	Name string
	At   source.Span
}

// Import: import std.windows | import "shared/lists.det"
type Import struct {
	Path []*Ident // a standard-library path, or
	File *Literal // a file, relative to the importing one
	At   source.Span
}

// Const: const limit = 5
type Const struct {
	Name  *Ident
	Value Expr
	At    source.Span
}

// ListDecl: list admins = ["ann", "bob"] | list bad_ips ip from "bad.txt"
type ListDecl struct {
	Name  *Ident
	Type  *Ident // element type, nil when it follows from the values
	Value Expr   // nil when From is given
	From  *Literal
	At    source.Span
}

// Fn: fn is_admin(user) = user in admins
type Fn struct {
	Name   *Ident
	Params []*Ident
	Body   Expr
	At     source.Span
}

// Block is a declaration whose body is a list of stages. Keyword tells which:
// schema, table, rule, test, model or filter.
//
//	rule NAME { … }      schema NAME [open] [from "glob"] { … }      test "title" for RULE { … }
type Block struct {
	Keyword *Ident
	Name    *Ident   // nil for a test
	Title   *Literal // a test's title
	Clauses []*Clause
	Body    []*Stage
	At      source.Span
	Close   source.Span // the closing brace
	// Lent says of a rule that its `generate false` is for the rules that read it:
	// where all of those have errors, it sends its alerts after all.
	Lent bool
}

func (*Import) decl()   {}
func (*Const) decl()    {}
func (*ListDecl) decl() {}
func (*Fn) decl()       {}
func (*Block) decl()    {}

func (d *Import) Span() source.Span   { return d.At }
func (d *Const) Span() source.Span    { return d.At }
func (d *ListDecl) Span() source.Span { return d.At }
func (d *Fn) Span() source.Span       { return d.At }
func (d *Block) Span() source.Span    { return d.At }

func (d *Import) DeclName() *Ident   { return nil }
func (d *Const) DeclName() *Ident    { return d.Name }
func (d *ListDecl) DeclName() *Ident { return d.Name }
func (d *Fn) DeclName() *Ident       { return d.Name }
func (d *Block) DeclName() *Ident    { return d.Name }

// Stage: NAME [arg {"," arg}] {clause} ["{" {item} "}"]
type Stage struct {
	Name    *Ident
	Args    []*Arg
	Clauses []*Clause
	Items   []*Item
	HasBody bool // a block was written, though it may be empty
	At      source.Span
	Close   source.Span // the block's closing brace
}

// Arg is an argument: an expression, or name = expression (in calls also
// name: expression).
type Arg struct {
	Name  *Ident
	Value Expr
}

// Clause is a keyword and its arguments: by ip, user · over 90d · early
type Clause struct {
	Word *Ident
	Args []*Arg
	At   source.Span
}

// Item is one entry of a stage's block: [not] [name = | name:] expr {clause}
//
// Not is set only before a name (not reset = …); without a name, not belongs to
// the expression.
type Item struct {
	Not     bool
	Name    *Ident
	Value   Expr
	Clauses []*Clause
	At      source.Span
}

// Clause finds a stage's clause by its word, or nil.
func (s *Stage) Clause(word string) *Clause {
	for _, c := range s.Clauses {
		if c.Word.Name == word {
			return c
		}
	}
	return nil
}

// Expr is an expression.
type Expr interface {
	expr()
	Span() source.Span
}

// Name: attempts
type Name struct {
	Ident
}

// Select: usual.mean · event.user.name
type Select struct {
	X   Expr
	Sel *Ident
}

// Literal is a constant. Value holds bool, int64, float64, string,
// time.Duration, time.Time, netip.Addr, netip.Prefix, or nil for null. Cased
// text and raw text are plain strings; Raw is the text as written.
type Literal struct {
	Value any
	Raw   string
	At    source.Span
}

// ListExpr: ["a", "b"]
type ListExpr struct {
	Elems []Expr
	At    source.Span
}

// Call: count() · zscore(failed, usual) · usual.p(95)
type Call struct {
	On   Expr // what stands before the dot of usual.p(95), or nil
	Fun  *Ident
	Args []*Arg
	At   source.Span
}

// Unary: not x · -x · +35d
type Unary struct {
	Op string // "not", "-" or "+"
	X  Expr
	At source.Span
}

// Binary: x and y · a == b · CommandLine contains all cased ["x", "y"]
//
// Op is one of: or and == != < <= > >= in contains startswith endswith like
// matches is + - * / %. Not is "x not in y" or "x is not null" written as one
// operator. Quant is "any" or "all" where a text operator takes a list; Cased
// asks for the exact text. A chain of and or or may have any length: a walk goes
// down X in a loop. At is kept, since a chain whose every link asked its operands
// for their places would take quadratic time; zero, it follows from them.
type Binary struct {
	Op    string
	OpAt  source.Span
	Not   bool
	Quant string
	Cased bool
	X, Y  Expr
	At    source.Span
}

// Paren keeps parentheses that the author wrote.
type Paren struct {
	X  Expr
	At source.Span
}

// Bad stands where an expression could not be parsed; its error was told.
type Bad struct{ At source.Span }

func (*Name) expr()     {}
func (*Select) expr()   {}
func (*Literal) expr()  {}
func (*ListExpr) expr() {}
func (*Call) expr()     {}
func (*Unary) expr()    {}
func (*Binary) expr()   {}
func (*Paren) expr()    {}
func (*Bad) expr()      {}

func (x *Name) Span() source.Span     { return x.At }
func (x *Select) Span() source.Span   { return x.X.Span().To(x.Sel.At) }
func (x *Literal) Span() source.Span  { return x.At }
func (x *ListExpr) Span() source.Span { return x.At }
func (x *Call) Span() source.Span     { return x.At }
func (x *Unary) Span() source.Span    { return x.At }
func (x *Binary) Span() source.Span {
	if x.At.IsZero() {
		return x.X.Span().To(x.Y.Span())
	}
	return x.At
}
func (x *Paren) Span() source.Span { return x.At }
func (x *Bad) Span() source.Span   { return x.At }

// The dynamic types of Literal.Value, kept here so that the list is checked.
var _ = []any{false, int64(0), float64(0), "", time.Duration(0), time.Time{}, netip.Addr{}, netip.Prefix{}}

// Unparen strips parentheses.
func Unparen(x Expr) Expr {
	for {
		p, ok := x.(*Paren)
		if !ok {
			return x
		}
		x = p.X
	}
}
