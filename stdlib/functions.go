package stdlib

// topic is a table of functions on one subject.
type topic struct {
	name  string
	funcs []Func
}

// topics are the tables, in the order of the manual.
func topics() []topic {
	return []topic{
		{"text", textFuncs()},
		{"similarity", similarityFuncs()},
		{"path", pathFuncs()},
		{"regex", regexFuncs()},
		{"encoding", encodingFuncs()},
		{"url", urlFuncs()},
		{"domain", domainFuncs()},
		{"net", netFuncs()},
		{"hashing", hashingFuncs()},
		{"json", jsonFuncs()},
		{"time", timeFuncs()},
		{"math", mathFuncs()},
		{"statistics", statisticsFuncs()},
		{"list", listFuncs()},
		{"missing", missingFuncs()},
		{"conversion", conversionFuncs()},
	}
}

// Functions are all the functions of the language, by topic and, within one, in
// the order of the manual.
func Functions() []Func {
	var all []Func
	for _, t := range topics() {
		for _, f := range t.funcs {
			f.Topic = t.name
			all = append(all, f)
		}
	}
	return all
}
