package op

// All is the table of stages, in the order in which a rule usually has them.
func All() []Spec {
	return []Spec{from, where, let, lookup, window, baseline, peers, sequence, firstSeen, rare, when, throttle, risk}
}
