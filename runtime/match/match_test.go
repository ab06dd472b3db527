package match

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// generator makes conditions and batches whose values are likely to meet.
type generator struct {
	rng   *rand.Rand
	texts int // columns of text; then one of numbers, then one of floats
}

var atoms = []string{
	"a", "b", "ab", "A", "K", "\u212a", "ſ", "s", "İ", "i", "ß", "é", "É", "\\", "/", ".exe", "cmd", "-e", " ", "x", "σ", "ς", "Σ", "日本",
	"\xff", "\xe2\x84", "powershell", "*", "?",
}

func (g *generator) word(n int) string {
	var b strings.Builder
	for range g.rng.IntN(n + 1) {
		b.WriteString(atoms[g.rng.IntN(len(atoms))])
	}
	return b.String()
}

func (g *generator) cond(depth int) Cond {
	if depth > 0 && g.rng.IntN(3) > 0 {
		list := make([]Cond, g.rng.IntN(4))
		for i := range list {
			list[i] = g.cond(depth - 1)
		}
		switch g.rng.IntN(5) {
		case 0, 1:
			return All(list)
		case 2, 3:
			return Any(list)
		}
		return Not{g.cond(depth - 1)}
	}
	switch g.rng.IntN(14) {
	case 0:
		return Const(g.rng.IntN(2) == 0)
	case 1:
		return Present{g.rng.IntN(g.texts + 2)}
	case 2, 3:
		return Number{g.texts, []int64{g.rng.Int64N(4), g.rng.Int64N(4)}[:1+g.rng.IntN(2)]}
	case 4:
		return Outside{}
	}
	t := Text{Column: g.rng.IntN(g.texts), Op: Op(g.rng.IntN(6)), Cased: g.rng.IntN(5) == 0}
	count := 1 + g.rng.IntN(3)
	if g.rng.IntN(20) == 0 {
		count = 12
	}
	for range count {
		w := g.word(3)
		if t.Op == Matches {
			w = regexp.QuoteMeta(strings.ToValidUTF8(w, "z"))
			if g.rng.IntN(2) == 0 {
				w = "(?i)" + w + ".*a"
			}
		}
		t.Patterns = append(t.Patterns, w)
	}
	return t
}

// column makes n texts, as a dictionary or plainly.
func (g *generator) column(n int, pool []string, dict *vec.Interner) *vec.Vec {
	if g.rng.IntN(12) == 0 {
		return vec.Nulls(n)
	}
	v := &vec.Vec{Kind: types.String, N: n}
	if g.rng.IntN(2) == 0 {
		v.Valid = vec.NewBitmap(n)
		for i := range n {
			if g.rng.IntN(4) > 0 {
				v.Valid.Set(i)
			}
		}
	}
	pick := func() string {
		if g.rng.IntN(6) == 0 {
			return g.word(6)
		}
		return pool[g.rng.IntN(len(pool))]
	}
	if dict == nil {
		v.Offs = make([]int32, n+1)
		for i := range n {
			v.Bytes = append(v.Bytes, pick()...)
			v.Offs[i+1] = int32(len(v.Bytes))
		}
		return v
	}
	v.Codes = make([]int32, n)
	for i := range n {
		v.Codes[i] = dict.Code(pick())
	}
	v.Dict = dict.Dict()
	return v
}

// oracle judges one row as the language says, with nothing remembered.
func oracle(x Cond, cols []*vec.Vec, row int, outside func(row int) bool) bool {
	switch x := x.(type) {
	case Const:
		return bool(x)
	case Not:
		return !oracle(x.X, cols, row, outside)
	case All:
		for _, y := range x {
			if !oracle(y, cols, row, outside) {
				return false
			}
		}
		return true
	case Any:
		for _, y := range x {
			if oracle(y, cols, row, outside) {
				return true
			}
		}
		return false
	case Present:
		return !cols[x.Column].Missing(row)
	case Number:
		for _, n := range x.Values {
			if !cols[x.Column].Missing(row) && cols[x.Column].I64[row] == n {
				return true
			}
		}
		return false
	case Outside:
		return outside(row)
	case Text:
		if cols[x.Column].Missing(row) {
			return false
		}
		for _, p := range x.Patterns {
			if oracleText(x.Op, cols[x.Column].Text(row), p, x.Cased) {
				return true
			}
		}
		return false
	}
	panic(fmt.Sprintf("unexpected condition %T", x))
}

// regexps remembers what was compiled.
var regexps = map[string]*regexp.Regexp{}

func oracleText(op Op, text, p string, cased bool) bool {
	if op == Matches {
		re := regexps[p]
		if re == nil {
			re = regexp.MustCompile(p)
			regexps[p] = re
		}
		return re.MatchString(text)
	}
	if op == Like {
		return vec.Like(p, cased)(text)
	}
	if !cased {
		text, p = vec.FoldString(text), vec.FoldString(p)
	}
	switch op {
	case Equal:
		return text == p
	case Contains:
		return strings.Contains(text, p)
	case StartsWith:
		return strings.HasPrefix(text, p)
	}
	return strings.HasSuffix(text, p)
}

// TestMatchAgainstOracle holds the index against a reading of the conditions row by
// row: random rules, random values (missing, empty, not UTF-8, beyond ASCII), in
// batches of many sizes, with dictionaries that stay, grow and change.
func TestMatchAgainstOracle(t *testing.T) {
	seeds := uint64(24)
	if testing.Short() {
		seeds = 8
	}
	for seed := range seeds {
		g := &generator{rng: rand.New(rand.NewPCG(seed, 7)), texts: 3}
		conds := make([]Cond, 1+g.rng.IntN(40))
		for i := range conds {
			conds[i] = g.cond(3)
			if g.rng.IntN(3) > 0 { // most rules are of one log
				conds[i] = All{Text{Column: 0, Op: Equal, Patterns: []string{[]string{"a", "cmd"}[i%2]}}, conds[i]}
			}
		}
		ix := New()
		for _, c := range conds {
			if _, err := ix.Add(c); err != nil {
				t.Fatal(err)
			}
		}
		m := ix.Matcher()
		pool := []string{"", "a", "CMD", "A"}
		for range 20 {
			pool = append(pool, g.word(5))
		}
		dicts := []*vec.Interner{nil, vec.NewInterner(), vec.NewInterner()}
		for range 40 {
			n := g.rng.IntN(300)
			if g.rng.IntN(20) == 0 {
				n = 3000
			}
			same(t, seed, conds, m, g.batch(n, pool, dicts), n)
		}
	}
}

// batch makes the columns of n rows, texts by one of the dictionaries or, where it is
// nil, plainly.
func (g *generator) batch(n int, pool []string, dicts []*vec.Interner) []*vec.Vec {
	cols := make([]*vec.Vec, 0, g.texts+2)
	for c := range g.texts {
		which := g.rng.IntN(len(dicts))
		if c == 1 {
			which = 0
		}
		cols = append(cols, g.column(n, pool, dicts[which]))
	}
	numbers := make([]any, n)
	for i := range numbers {
		if numbers[i] = any(g.rng.Int64N(5)); g.rng.IntN(5) == 0 {
			numbers[i] = nil
		}
	}
	return append(cols, vec.Of(types.Int, numbers...), vec.Of(types.Float, make([]any, n)...))
}

// same holds what a matcher says of a batch against the oracle.
func same(t *testing.T, seed uint64, conds []Cond, m *Matcher, cols []*vec.Vec, n int) {
	t.Helper()
	m.Match(cols, n)
	judgedRight(t, seed, conds, m.Rows, cols, n)
}

// judgedRight holds the rows that were found for each rule against the oracle.
func judgedRight(t *testing.T, seed uint64, conds []Cond, found func(rule int) (hold, maybe []int32), cols []*vec.Vec, n int) {
	t.Helper()
	for r, cond := range conds {
		hold, maybe := found(r)
		got := vec.FromRows(hold, n)
		for _, row := range maybe {
			outside := func(row int) bool { return row%2 == 0 }
			if oracle(cond, cols, int(row), outside) {
				got.Set(int(row))
			}
		}
		for row := range n {
			want := oracle(cond, cols, row, func(row int) bool { return row%2 == 0 })
			if got.Get(row) != want {
				var values []any
				for _, c := range cols {
					values = append(values, c.Value(row))
				}
				t.Fatalf("seed %d, rule %d, row %d of %d: got %t, want %t\n%#v\n%q", seed, r, row, n, !want, want, cond, values)
			}
		}
	}
}
