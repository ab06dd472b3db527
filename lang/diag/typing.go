package diag

// exampleSchema is what the examples of the catalogue read.
const exampleSchema = `schema web {
  time timestamp
  ip ip
  user string
  method string one_of ["GET", "POST"]
  bytes int
}

`

// rule is an example: a rule over exampleSchema with these lines as its pipeline.
func rule(lines string) string {
	return exampleSchema + "rule example {\n  from web\n" + lines + "}\n"
}

// typing are the codes of types and units.
var typing = []Code{
	{
		ID: "D0201", Title: "a condition is not true or false",
		When:  "A value that is no bool stands where a condition is wanted: after where and when, and beside and, or and not.",
		Why:   "Whether a text or a number counts as true differs from language to language, so it is written out.",
		Wrong: rule("  when user\n"),
		Right: rule("  when user is not null\n"),
	},
	{
		ID: "D0202", Title: "arithmetic on values that have none",
		When:  "An arithmetic operator stands between types for which it means nothing.",
		Why:   "Numbers, durations and times can be calculated with. Texts are joined with concat.",
		Wrong: rule("  when bytes + user > 5\n"),
		Right: rule("  when bytes + 1 > 5\n"),
	},
	{
		ID: "D0203", Title: "values that cannot be compared",
		When:  "A comparison, or a text operator, stands between types that never match.",
		Why:   "It would be false for every event, and nobody would notice.",
		Wrong: rule("  when ip > 10\n"),
		Right: rule("  when ip in 10.0.0.0/8\n"),
	},
	{
		ID: "D0204", Title: "an argument of the wrong type",
		When:  "A function, an aggregate or a clause is given a value of a type that it does not take.",
		Why:   "Its result would be missing for every event.",
		Wrong: rule("  when length(bytes) > 5\n"),
		Right: rule("  when length(user) > 5\n"),
	},
	{
		ID: "D0205", Title: "wrong number or names of arguments",
		When:  "A call has too many or too few arguments, or names one that does not exist.",
		Why:   "`det funcs NAME` prints what a function takes.",
		Wrong: rule("  when length(user, 5) > 5\n"),
		Right: rule("  when length(user) > 5\n"),
	},
	{
		ID: "D0206", Title: "a constant is wanted",
		When:  "A list, a pattern, a duration or another value that prepares a rule depends on the event.",
		Why:   "Patterns and lists are made ready once, when the rule is compiled; that is what makes them fast.",
		Wrong: rule("  when user matches method\n"),
		Right: rule("  when user matches '^adm'\n"),
	},
	{
		ID: "D0207", Title: "a text that cannot be read as what it is compared with",
		When:  "A text stands for an address, a network, a time or a duration, and is none.",
		Why:   "No event could ever match it.",
		Wrong: rule("  when ip == \"10.0.0.256\"\n"),
		Right: rule("  when ip == \"10.0.0.25\"\n"),
	},
	{
		ID: "D0208", Title: "a value that the field never has (warning)",
		When:  "A field whose values are known is compared with another one.",
		Why:   "The test is false for every event: most often the value is misspelt.",
		Wrong: rule("  when method == \"PSOT\"\n"),
		Right: rule("  when method == \"POST\"\n"),
	},
	{
		ID: "D0209", Title: "a function refuses a constant",
		When:  "A regular expression, a time zone, a layout or the like cannot be used.",
		Why:   "Regular expressions are those of RE2: they match in linear time and have neither look-around nor back-references.",
		Wrong: rule("  when user matches 'a(?=b)'\n"),
		Right: rule("  when user matches 'ab'\n"),
	},
	{
		ID: "D0210", Title: "a list of several types",
		When:  "The elements of a list have different types, or one of them is null.",
		Why:   "A value is compared with all elements alike.",
		Wrong: rule("  when user in [\"ann\", 5]\n"),
		Right: rule("  when user in [\"ann\", \"5\"]\n"),
	},
	{
		ID: "D0211", Title: "statistics are no value",
		When:  "The name of a baseline or of a peer group stands where a number is wanted.",
		Why:   "It holds several numbers: n, mean, stddev, median, mad, min, max and percentiles such as p95.",
		Wrong: rule("  window 1h by user { hits = count() }\n  baseline usual of hits over 30d\n  when hits > usual\n"),
		Right: rule("  window 1h by user { hits = count() }\n  baseline usual of hits over 30d\n  when hits > usual.p95\n"),
	},
	{
		ID: "D0212", Title: "a fn that does not fit its arguments",
		When:  "The body of a fn is wrong for the arguments of this call; the error inside it is told as well.",
		Why:   "A fn has no types of its own: its body is checked where it is called.",
		Wrong: "fn big(x) = x > 5\n\n" + rule("  when big(user)\n"),
		Right: "fn big(x) = x > 5\n\n" + rule("  when big(bytes)\n"),
	},
	{
		ID: "D0213", Title: "unknown type",
		When:  "A schema, a table or a list names a type that does not exist.",
		Why:   "The types are bool, int, float, string, timestamp, duration, ip, and list(string) and the like.",
		Wrong: "schema web {\n  time timestamp\n  user text\n}\n",
		Right: "schema web {\n  time timestamp\n  user string\n}\n",
	},
	{
		ID: "D0214", Title: "a hole in a title that cannot be filled",
		When:  "A title has {…} with a name that the alert does not have, or with something that is no expression.",
		Why:   "Titles may use the keys and values of the alert, and the event's fields where there is no window.",
		Wrong: rule("  title \"{usr} on {method}\"\n  when user == \"ann\"\n"),
		Right: rule("  title \"{user} with {method}\"\n  when user == \"ann\"\n"),
	},
	{
		ID: "D0301", Title: "unknown name",
		When:  "A name is no field of the schema, no let, param, const or list.",
		Why:   "A misspelt field would never match. In an open schema any field may be named.",
		Wrong: rule("  when usr == \"ann\"\n"),
		Right: rule("  when user == \"ann\"\n"),
	},
	{
		ID: "D0302", Title: "unknown function",
		When:  "Something is called that is neither a function nor a fn.",
		Why:   "`det funcs` lists the functions.",
		Wrong: rule("  when lenght(user) > 5\n"),
		Right: rule("  when length(user) > 5\n"),
	},
	{
		ID: "D0303", Title: "unknown schema",
		When:  "`from` names a schema that is neither declared nor imported.",
		Why:   "The schema says which fields there are and what types they have.",
		Wrong: "rule example {\n  from web\n  when user == \"ann\"\n}\n",
		Right: rule("  when user == \"ann\"\n"),
	},
	{
		ID: "D0304", Title: "a name with two meanings",
		When:  "A name is declared twice, or a let is called like a field.",
		Why:   "A reader could not tell which of them is meant.",
		Wrong: rule("  let user = \"ann\"\n  when method == \"GET\"\n"),
		Right: rule("  let admin = user == \"ann\"\n  when admin\n"),
	},
	{
		ID: "D0305", Title: "unknown member",
		When:  "Behind the dot stands something that the value does not have.",
		Why:   "Baselines and peer groups have n, mean, stddev, median, mad, min, max, warm, and p0 to p100.",
		Wrong: rule("  window 1h by user { hits = count() }\n  baseline usual of hits over 30d\n  when hits > usual.average\n"),
		Right: rule("  window 1h by user { hits = count() }\n  baseline usual of hits over 30d\n  when hits > usual.mean\n"),
	},
	{
		ID: "D0306", Title: "the field is gone",
		When:  "Behind a window a field of the event is read.",
		Why:   "A window stands for many events. It keeps its keys and what it computes.",
		Wrong: rule("  window 1h by ip { hits = count() }\n  when hits > 5 and user == \"ann\"\n"),
		Right: rule("  where user == \"ann\"\n  window 1h by ip { hits = count() }\n  when hits > 5\n"),
	},
	{
		ID: "D0307", Title: "unknown rule",
		When:  "`from rule` or a test names a rule that is not in the set.",
		Why:   "Rules are found by name among all files that are compiled together.",
		Wrong: "rule example {\n  from rule other\n  when level == \"high\"\n}\n",
		Right: "rule example {\n  from risk\n  when level == \"high\"\n}\n",
	},
	{
		ID: "D0308", Title: "unknown table",
		When:  "`lookup` names a table that is neither declared nor imported.",
		Why:   "The table says which columns it has and where its rows are.",
		Wrong: rule("  lookup assets by user\n  when owner == \"ann\"\n"),
		Right: "table assets {\n  login string\n  owner string\n  row [\"svc\", \"ann\"]\n}\n\n" + rule("  lookup assets by user\n  when owner == \"ann\"\n"),
	},
	{
		ID: "D0309", Title: "a field of an open schema that looks misspelt (warning)",
		When:  "A rule over an open schema names a field that the schema does not know but that resembles one.",
		Why:   "Open schemas admit every field, so a misspelt one is silently missing in every event.",
		Wrong: "schema win open {\n  time timestamp\n  CommandLine string\n}\n\nrule example {\n  from win\n  when ComandLine contains \"x\"\n}\n",
		Right: "schema win open {\n  time timestamp\n  CommandLine string\n}\n\nrule example {\n  from win\n  when CommandLine contains \"x\"\n}\n",
	},
	{
		ID: "D0310", Title: "a name that two imports declare",
		When: "A name is declared by more than one of the imports.",
		Why:  "Write it with the import's name before it: windows.process_creation.",
	},
	{
		ID: "D0311", Title: "a name of another kind",
		When:  "A schema, a table, a rule or a fn is named where a value is wanted, or the other way round.",
		Why:   "Each kind of declaration has its place.",
		Wrong: rule("  when user == web\n"),
		Right: rule("  when user == \"web\"\n"),
	},
}

// units are the codes of numbers per time.
var units = []Code{
	{
		ID: "D0501", Title: "numbers per different times",
		When:  "A count over one length of time meets a count over another.",
		Why:   "A count per hour held against a mean per day is off by 24, and fires never or always.",
		Wrong: rule("  window 1h by user { hits = count() }\n  when hits > rate(100, 1d)\n"),
		Right: rule("  window 1h by user { hits = count() }\n  when hits > rate(100, 1h)\n"),
	},
	{
		ID: "D0502", Title: "a product or quotient without a meaning",
		When:  "Two numbers per time are multiplied, or a plain number is divided by one.",
		Why:   "The result is per time squared, or a time, and nothing it could be compared with.",
		Wrong: rule("  window 1h by user { hits = count(), size = sum(bytes) }\n  when hits * size > 5\n"),
		Right: rule("  window 1h by user { hits = count(), size = sum(bytes) }\n  when size / hits > 5\n"),
	},
	{
		ID: "D0503", Title: "per needs a number per time",
		When:  "per(x, 1d) is given a number that is not per any time.",
		Why:   "It converts counts and sums of windows. A constant gets its period with rate(100, 1h).",
		Wrong: rule("  when per(bytes, 1d) > 5\n"),
		Right: rule("  window 1h by user { hits = count() }\n  when per(hits, 1d) > 100\n"),
	},
}
