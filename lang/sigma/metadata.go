package sigma

import (
	"regexp"
	"strings"

	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/source"
)

// braces doubles braces, which have a meaning in titles of the language.
var braces = strings.NewReplacer("{", "{{", "}", "}}")

// metadata turns what a rule says of itself. The title shows as it is: braces have
// no meaning in it. Keys that the language has no place for are left out.
func (r *rule) metadata() {
	root := r.doc.root
	if t := root.get("title"); t != nil && t.form == scalar {
		title := braces.Replace(t.line())
		r.add(stage("title", root.place("title"), text(title, t.at)))
	}
	for _, key := range []string{"id", "level", "status", "description", "author", "date", "modified", "license"} {
		v := root.get(key)
		switch {
		case v == nil || v.form != scalar:
		case key == "level" || key == "status":
			r.add(stage(key, root.place(key), name(strings.ToLower(v.line()), v.at)))
		default:
			r.add(stage(key, root.place(key), text(strings.TrimSpace(v.text), v.at)))
		}
	}
	for _, key := range []string{"references", "falsepositives", "tags"} {
		if l := r.metaList(root.get(key)); len(l.Elems) > 0 {
			r.add(stage(key, root.place(key), l))
		}
	}
	if l := attack(root.get("tags")); len(l.Elems) > 0 {
		r.add(stage("attack", root.place("tags"), l))
	}
	if r.doc.lent() {
		r.add(stage("generate", root.at, literal(false, root.at)))
	}
}

func (r *rule) metaList(n *node) *ast.ListExpr {
	l := &ast.ListExpr{}
	if n == nil {
		return l
	}
	l.At = n.at
	for _, v := range n.list() {
		if v.form == scalar {
			l.Elems = append(l.Elems, text(v.line(), v.at))
		}
	}
	return l
}

// attackTag is a technique, tactic, group or software of ATT&CK.
var attackTag = regexp.MustCompile(`^(?i:attack\.(t[0-9]{4}(?:\.[0-9]{3})?|ta[0-9]{4}|[gs][0-9]{4}))$`)

// tactics are the ids of the tactics by their name in tags (ATT&CK for Enterprise).
var tactics = map[string]string{
	"reconnaissance": "TA0043", "resource-development": "TA0042", "initial-access": "TA0001", "execution": "TA0002",
	"persistence": "TA0003", "privilege-escalation": "TA0004", "defense-evasion": "TA0005", "credential-access": "TA0006",
	"discovery": "TA0007", "lateral-movement": "TA0008", "collection": "TA0009", "command-and-control": "TA0011",
	"exfiltration": "TA0010", "impact": "TA0040",
}

// id is an ATT&CK id as a word.
func id(s string, at source.Span) ast.Expr { return &ast.Name{Ident: *ident(s, at)} }

// attack are the ATT&CK ids that tags name.
func attack(tags *node) *ast.ListExpr {
	l := &ast.ListExpr{}
	if tags == nil {
		return l
	}
	l.At = tags.at
	for _, t := range tags.list() {
		s := strings.ToLower(t.line())
		if m := attackTag.FindStringSubmatch(s); m != nil {
			l.Elems = append(l.Elems, id(strings.ToUpper(m[1]), t.at))
		} else if tactic := tactics[strings.ReplaceAll(strings.TrimPrefix(s, "attack."), "_", "-")]; tactic != "" && strings.HasPrefix(s, "attack.") {
			l.Elems = append(l.Elems, id(tactic, t.at))
		}
	}
	return l
}
