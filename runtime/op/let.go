package op

import "github.com/detlang/det/lang/types"

var let = Spec{
	Name:  "let",
	Doc:   "Names an expression over the row. What stands later reads it by that name, and an alert shows it if the condition reads it. The compiler puts the expression where it is read, so it has no operator.",
	Parts: true,
	Head:  []Param{{Name: "name = expression", Kind: Expr, Type: types.TAny, Doc: "a name and what it stands for"}},
}
