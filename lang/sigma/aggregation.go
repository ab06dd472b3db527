package sigma

import "github.com/detlang/det/lang/ast"

func (r *rule) aggregation(d *node, c *condition, s *selections, x ast.Expr) {
	r.diags.Errorf("D0913", c.words[c.i].at, "conditions that count are not turned into rules yet")
}
