package op

var from = Spec{
	Name: "from",
	Doc:  "Names what the rule reads: a schema, `rule NAME` for the alerts of another rule, or `risk` for what all rules add to the scores of entities. Several schemas, or several rules, are one stream, in order of time: a column is there if one of them has it, and missing in the rows of the others. The compiler connects it, so it has no operator.",
	Head: []Param{{Name: "source", Kind: Bind, Many: true, Optional: true, Doc: "a schema, or several; or risk"}},
	Clauses: []Clause{
		{Word: "rule", Params: []Param{{Name: "name", Kind: Word, Many: true, Doc: "a rule"}}, Doc: "the rules whose alerts are read"},
	},
}
