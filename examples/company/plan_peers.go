package company

import (
	"fmt"
	"slices"
	"time"
)

// peerFacts: three mornings on which a whole department fails to log in.
//
//   - Day 2, finance: nine people 2, 3 or 4 times each, nora.blum 30 times. Among
//     ten, nobody can be more than (10−1)/√10 = 2.85 deviations from a mean that
//     he is part of; she stands out only against the other nine.
//   - Day 3, legal: ralf.holm 30 times, but with five peers there is no crowd.
//   - Day 8, finance: everybody 20 to 24 times; nobody stands out.
var peerFacts = slices.Concat(
	morning(2, "finance", []int{2, 3, 4, 2, 3, 4, 2, 3, 4, 30}),
	morning(3, "legal", []int{2, 3, 4, 2, 3, 30}),
	morning(8, "finance", []int{20, 21, 22, 23, 24, 20, 21, 22, 23, 24}),
)

// morning is how often each member of a department is denied between 08:00 and
// 09:00.
func morning(day int, department string, fails []int) []Fact {
	var facts []Fact
	for _, p := range cast {
		if p.department == department {
			n := fails[len(facts)]
			facts = append(facts, Fact{
				Table: "authentication", Who: p.user, What: fmt.Sprintf("is denied %d times in one hour", n),
				Rows: once(day, n), First: clock(8, 5, len(facts)), Every: 100 * time.Second,
				row: denied(p),
			})
		}
	}
	return facts
}

func denied(p person) func(time.Time, int) any {
	return func(at time.Time, _ int) any { return p.login(at, "mail", "DENIED") }
}
