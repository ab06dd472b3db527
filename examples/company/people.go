package company

import (
	"fmt"
	"math"
)

// person is somebody with an account. share is how busy a person is, 1 on average.
type person struct {
	user, department, device, ip string
	share                        float64
}

func (p person) mail() string { return p.user + "@example.com" }

var (
	firsts = []string{
		"adam", "bea", "carl", "dora", "emil", "fay", "gina", "hugo", "iris", "jan", "kai", "lia", "milo",
		"nina", "otto", "pia", "quin", "rita", "sam", "tina", "udo", "vera", "walt", "xena", "yves", "zora",
	}
	lasts = []string{
		"abel", "berg", "cole", "dahl", "ernst", "funk", "gray", "hall", "ivers", "jung", "kern", "lund", "marsh",
		"nolan", "olsen", "park", "quist", "ross", "stone", "thorn", "unger", "voss", "west", "york", "zimmer",
	}
	departments = []string{"engineering", "sales", "support", "operations", "marketing"}
)

// people are the ordinary ones: 120 at scale 1, at least 12. How busy they are
// falls with the square root of the rank.
func people(scale float64) []person {
	n := min(max(12, int(math.Round(120*scale))), len(firsts)*len(lasts))
	all := make([]person, n)
	total := 0.0
	for i := range all {
		all[i] = account(firsts[i%len(firsts)]+"."+lasts[(i/len(firsts)+i)%len(lasts)], departments[i%len(departments)], 100+i)
		all[i].share = 1 / math.Sqrt(float64(i+1))
		total += all[i].share
	}
	for i := range all {
		all[i].share *= float64(n) / total
	}
	return all
}

// account gives a person a notebook and an address by number.
func account(user, department string, number int) person {
	return person{
		user: user, department: department, share: 0.5,
		device: fmt.Sprintf("LT-%04d", number), ip: fmt.Sprintf("10.20.%d.%d", number/250, number%250+1),
	}
}

// cast are the people of the plan. By chance they only log in, successfully;
// everything else about them is planted. Finance has ten people, legal six.
var cast = []person{
	account("anna.finch", "finance", 1), account("boris.finch", "finance", 2), account("clara.moss", "finance", 3),
	account("dirk.moss", "finance", 4), account("elsa.reed", "finance", 5), account("frank.reed", "finance", 6),
	account("greta.sand", "finance", 7), account("hans.sand", "finance", 8), account("ingrid.wood", "finance", 9),
	account("nora.blum", "finance", 10),
	account("lara.stein", "legal", 11), account("mark.stein", "legal", 12), account("nick.bach", "legal", 13),
	account("olga.bach", "legal", 14), account("petra.holm", "legal", 15), account("ralf.holm", "legal", 16),
	account("ann.keller", "sales", 17), account("zoe.frei", "sales", 18), account("qa.robot", "engineering", 19),
	account("svc.backup", "operations", 20), account("lena.vogt", "support", 21), account("eva.lang", "support", 22),
	account("tom.brandt", "engineering", 23), account("ida.frey", "marketing", 24), account("paul.roth", "sales", 25),
	account("sven.adler", "engineering", 26), account("lea.sommer", "marketing", 27), account("kim.neff", "sales", 28),
}

// member finds one of the cast.
func member(user string) person {
	for _, p := range cast {
		if p.user == user {
			return p
		}
	}
	return person{user: user}
}
