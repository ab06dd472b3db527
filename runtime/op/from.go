package op

var from = Spec{
	Name: "from",
	Doc:  "Names what the rule reads: a schema, `rule NAME` for the alerts of another rule, or `risk` for what all rules add to the scores of entities. The compiler connects it, so it has no operator.",
	Head: []Param{{Name: "source", Kind: Bind, Doc: "a schema, a rule, or risk"}},
}
