package lang

import (
	"testing"
)

// TestPrecedence reads expressions; the parentheses of the dump show what binds.
func TestPrecedence(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a or b and c", "(or a (and b c))"},
		{"a and b or c", "(or (and a b) c)"},
		{"a or b or c", "(or (or a b) c)"},
		{"not a and b", "(and (not a) b)"},
		{"not a == b", "(not (== a b))"},
		{"a and not b == c or d", "(or (and a (not (== b c))) d)"},
		{"not not a", "(not (not a))"},
		{"a + b * c - d", "(- (+ a (* b c)) d)"},
		{"a - b - c", "(- (- a b) c)"},
		{"a / b % c", "(% (/ a b) c)"},
		{"-a * b", "(* (- a) b)"},
		{"- - a", "(- (- a))"},
		{"a - -b", "(- a (- b))"},
		{"a + b < c * d", "(< (+ a b) (* c d))"},
		{"a == b and c != d", "(and (== a b) (!= c d))"},
		{"(a or b) and c", "(and «(or a b)» c)"},
		{"a in [1, 2] or b", "(or (in a [1 2]) b)"},
		{"a not in b", "(not-in a b)"},
		{"not a in b", "(not (in a b))"},
		{"a is null and b is not null", "(and (is a null) (not-is b null))"},
		{"a contains b", "(contains a b)"},
		{`a contains any ["x", "y"]`, `(contains-any a ["x" "y"])`},
		{`a endswith all cased b`, `(endswith-all-cased a b)`},
		{`a like cased "x*" or b matches 'y'`, `(or (like-cased a "x*") (matches b "y"))`},
		{"a.b.c == d", "(== (. (. a b) c) d)"},
		{"usual.p(95) > 3", "(> (usual.p 95) 3)"},
		{"f(x).y.g(z).n", "(. ((. (f x) y).g z) n)"},
		{"f()", "(f)"},
		{"f(a, b: 1, c = 2,)", "(f a b=1 c=2)"},
		{"[a, [b, -1], f(c),]", "[a [b (- 1)] (f c)]"},
		{"`a b` == `in`", "(== `a b` `in`)"},
		{"any == all", "(== any all)"},
		{"min(a) + max", "(+ (min a) max)"},
		{"a //c\n and //d\n b", "(and a b)"},
		{"a not // c\n in // d\n [1]", "(not-in a [1])"},
	}
	for _, tt := range tests {
		if got := dump(parseClean(t, "const x = "+tt.text)); got != "const x = "+tt.want+"\n" {
			t.Errorf("%s is %s, want %s", tt.text, got, tt.want)
		}
	}
}

// TestStages tells names from clauses and stages.
func TestStages(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"clauses after an operand", "window 1h sliding by a, b early min 3", "window <1h0m0s> :sliding :by a b :early :min 3"},
		{"a clause after the name", "sequence by user within 10m", "sequence :by user :within <10m0s>"},
		{"a clause word as an operand", "when min > 3", "when (> min 3)"},
		{"and after operators", "when a > min and max == floor", "when (and (> a min) (== max floor))"},
		{"and as a function", "when min(x) > 3", "when (> (min x) 3)"},
		{"and in a sum", "when max - min > 3", "when (> (- max min) 3)"},
		{"and with members", "when stage.min > 3", "when (> (. stage min) 3)"},
		{"and before in", "when key not in [1] and category in [2]", "when (and (not-in key [1]) (in category [2]))"},
		{"and before a comma", "let key, per = on", "let key per=on"},
		{"and in brackets", "let x = f(by, over: every)", "let x=(f by over=every)"},
		{"and after a clause word", "window 1h by rule, key per stage", "window <1h0m0s> :by rule key :per stage"},
		{"and in backquotes", "when a > 3 `by` x", "when (> a 3)\n  by x"},
		{"a sign makes no operand", "keep -1 over +1h", "keep (- 1) :over (+ <1h0m0s>)"},
		{"a flag as an operand", "when early == 1", "when (== early 1)"},
		{"another rule's alerts", "from rule failed", "from :rule failed"},
		{"a rule's name", "from rules", "from rules"},
		{"stages on one line", `id "x" level high status stable`, "id \"x\"\n  level high\n  status stable"},
		{"techniques", "attack [T1105, T1059.001]", "attack [T1105 `T1059.001`]"},
		{"a label", "param k = 3.0", "param k=3f"},
		{"a declaration's word", "rule x model y", "rule x\n  model y"},
		{"entries without commas", "sequence by a { x = b repeat 5 not y = c within 5m z = d }", "sequence :by a\n    x = b :repeat 5\n    not y = c :within <5m0s>\n    z = d"},
		{"entries with commas", "window 1h { x = count(), count > 5, not y, z: 1, }", "window <1h0m0s>\n    x = (count)\n    (> count 5)\n    (not y)\n    z = 1"},
		{"a clause's comma", "sequence { x = b by c, d, y = e }", "sequence\n    x = b :by c d\n    y = e"},
		{"labels like words", "window 1h { min = min(x) by = 3, not = 4, in: 5 }", "window <1h0m0s>\n    min = (min x)\n    by = 3\n    `not` = 4\n    `in` = 5"},
		{"an empty block", "window 1h { }", "window <1h0m0s>\n    {}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := dump(parseClean(t, "rule r { "+tt.body+" }")), "rule r\n  "+tt.want+"\n"; got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// TestPlaces checks that a word is a clause only where its row says so.
func TestPlaces(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"schema", `schema s open from "x" time ts { key string from "k" by string one_of ["a"] optional min int stage string doc "d" }`,
			"schema s :open :from \"x\" :time ts\n  key string :from \"k\"\n  by string :one_of [\"a\"] :optional\n  min int\n  stage string :doc \"d\"\n"},
		{"table", `table t key host from "t.csv" { host string over int row ["a", 1] }`,
			"table t :key host :from \"t.csv\"\n  host string\n  over int\n  row [\"a\" 1]\n"},
		{"test", `test "t" for r { given every 2h for 35d { a: 1 } expect alert at +35d1h because x expect nothing else expect 3 alerts }`,
			"test \"t\" :for r\n  given :every <2h0m0s> :for <840h0m0s>\n    a = 1\n  expect alert :at (+ <841h0m0s>) :because x\n  expect nothing :else\n  expect 3 :alerts\n"},
		{"filter", "filter f for r { when a by b }", "filter f :for r\n  when a :by b\n"},
		{"model", "model m { kind forest from x features [a, b] every 1d }", "model m\n  kind forest\n  from x\n  features [a b] :every <24h0m0s>\n"},
		{"names", "rule open { when x }\nrule for { when x }", "rule open\n  when x\nrule for\n  when x\n"},
		{"lists", "list a string[] = []\nlist from from \"x\"\nlist b ip from 'y'\nlist c from 'z'", "list a `string[]` = []\nlist from from \"x\"\nlist b ip from \"y\"\nlist c from \"z\"\n"},
		{"declarations in a line", "import a.b import \"c\" const d = 1 fn e() = d rule f { when d } rule g { when d }",
			"import a.b\nimport \"c\"\nconst d = 1\nfn e() = d\nrule f\n  when d\nrule g\n  when d\n"},
		{"a byte order mark", "\ufeffconst a = 1", "const a = 1\n"},
		{"line ends of Windows", "rule a {\r\n  when x // c\r\n  when y\r\n}\r\n", "rule a\n  when x\n  when y\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := dump(parseClean(t, tt.text)); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}
