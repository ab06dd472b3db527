package sigma

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/detlang/det/lang/ast"
)

func validText(s string) bool { return utf8.ValidString(s) }

// networks says that an address lies in a network, or in one of several.
func (r *rule) networks(it *item, target ast.Expr) ast.Expr {
	if it.field == "" {
		r.diags.Errorf("D0904", it.at, "cidr stands behind the name of a field")
		return nil
	}
	var nets []netip.Prefix
	plain := true // a literal of version 6 is written in quotes, and a list is of one kind
	for _, a := range it.texts {
		p, ok := r.network(a.node)
		if !ok {
			return nil
		}
		nets = append(nets, p)
		plain = plain && p.Addr().Is4()
	}
	var list []ast.Expr
	for i, p := range nets {
		if at := it.texts[i].node.at; plain {
			list = append(list, literal(p, at))
		} else {
			list = append(list, text(p.String(), at))
		}
	}
	addr := call("ip", it.at, target)
	at := it.texts[0].node.at
	if len(list) == 1 {
		return operator(addr, "in", list[0], at)
	}
	if it.all {
		var xs []ast.Expr
		for _, n := range list {
			xs = append(xs, operator(addr, "in", n, at))
		}
		return chain("and", xs)
	}
	return operator(addr, "in", &ast.ListExpr{Elems: list, At: at}, at)
}

// network reads a network; an address alone is the network of itself.
func (r *rule) network(v *node) (netip.Prefix, bool) {
	s := strings.TrimSpace(v.text)
	if a, err := netip.ParseAddr(s); err == nil && v.form == scalar {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || v.form != scalar {
		r.diags.Errorf("D0905", v.at, "%q is no network", v.text).Hint = "write 10.0.0.0/8 or fe80::/10"
		return p, false
	}
	if p != p.Masked() {
		r.diags.Errorf("D0905", v.at, "%s has bits behind its mask", s).Hint = "the network is " + p.Masked().String()
		return p, false
	}
	return p, true
}
