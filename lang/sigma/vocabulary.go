package sigma

// Word is a word of Sigma and what it means.
type Word struct{ Name, Doc string }

// Modifiers are all that may stand behind the name of a field.
func Modifiers() []Word {
	out := make([]Word, len(modifiers))
	for i, m := range modifiers {
		out[i] = Word{m.name, m.doc}
	}
	return out
}

// CorrelationTypes are the types that a correlation may have.
func CorrelationTypes() []string {
	var out []string
	for _, m := range measures {
		out = append(out, m.kind)
	}
	return append(out, temporalOrdered)
}

// temporalOrdered is the type of a correlation whose rules fire one after the other.
const temporalOrdered = "temporal_ordered"
