package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func texts(list ...string) *vec.Vec {
	v := &vec.Vec{Kind: types.String, N: len(list), Offs: []int32{0}}
	for _, s := range list {
		v.Bytes = append(v.Bytes, s...)
		v.Offs = append(v.Offs, int32(len(v.Bytes)))
	}
	return v
}

func indexOf(t testing.TB, conds ...Cond) *Index {
	t.Helper()
	ix := New()
	for _, c := range conds {
		if _, err := ix.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return ix
}

// TestMatchFolds has the letters that ASCII folding forgets.
func TestMatchFolds(t *testing.T) {
	ix := indexOf(t,
		Text{Column: 0, Op: Contains, Patterns: []string{"MASK"}},
		Text{Column: 0, Op: EndsWith, Patterns: []string{"straße"}},
		Text{Column: 0, Op: Equal, Patterns: []string{"ΣΊΣΥΦΟΣ"}},
		Text{Column: 0, Op: Contains, Patterns: []string{"MASK"}, Cased: true},
	)
	m := ix.Matcher()
	m.Match([]*vec.Vec{texts("mask", "ma\u017f\u212a", "xMASKx", "HAUPTSTRAßE", "HAUPTSTRASSE", "σίσυφος", "")}, 7)
	for rule, want := range [][]int32{{0, 1, 2}, {3}, {5}, {2}} {
		if got, maybe := m.Rows(rule); !slices.Equal(got, want) || len(maybe) > 0 {
			t.Errorf("rule %d: got %v and %v, want %v", rule, got, maybe, want)
		}
	}
}

// TestMatchFindsWordsBeyondASCII: of a long word a part is looked for, wherever in it
// the character stands that is not ASCII.
func TestMatchFindsWordsBeyondASCII(t *testing.T) {
	words := []string{"–encodedcommand", "powershell –enc", "whoami /priv―", "日本語のテキスト", "é12345", "12345é"}
	var conds []Cond
	for _, w := range words {
		for op := Contains; op <= EndsWith; op++ {
			conds = append(conds, Text{Column: 0, Op: op, Patterns: []string{w}})
		}
	}
	var list []string
	for _, w := range words {
		upper := strings.ToUpper(w)
		list = append(list, w, upper, "é"+w, w+"é", "x "+upper+" y", w[1:]+"é", w[:len(w)-1], "é"+strings.Replace(w, "1", "2", 1))
	}
	m := indexOf(t, conds...).Matcher()
	m.Match([]*vec.Vec{texts(list...)}, len(list))
	for rule, c := range conds {
		c := c.(Text)
		holds := [...]func(s, w string) bool{strings.Contains, strings.HasPrefix, strings.HasSuffix}[c.Op-Contains]
		var want []int32
		for i, s := range list {
			if holds(strings.ToLower(s), c.Patterns[0]) {
				want = append(want, int32(i))
			}
		}
		if got, maybe := m.Rows(rule); !slices.Equal(got, want) || len(maybe) > 0 {
			t.Errorf("%s %q: got %v and %v, want %v", c.Op, c.Patterns[0], got, maybe, want)
		}
	}
}

// TestMatchLeavesWhatItDoesNotKnow: rows in which all else holds are for others to
// judge, and no more.
func TestMatchLeavesWhatItDoesNotKnow(t *testing.T) {
	a := Text{Column: 0, Op: Equal, Patterns: []string{"a"}}
	b := Text{Column: 0, Op: Equal, Patterns: []string{"b"}}
	ix := indexOf(t, All{a, Outside{}}, Any{a, All{b, Not{Outside{}}}}, Outside{}, Any{a, Outside{}}, All{Not{a}, Outside{}, Present{0}})
	m := ix.Matcher()
	m.Match([]*vec.Vec{texts("a", "b", "c")}, 3)
	for rule, want := range [][2][]int32{{nil, {0}}, {{0}, {1}}, {nil, {0, 1, 2}}, {{0}, {1, 2}}, {nil, {1, 2}}} {
		hold, maybe := m.Rows(rule)
		if !slices.Equal(hold, want[0]) || !slices.Equal(maybe, want[1]) {
			t.Errorf("rule %d: got %v and %v, want %v", rule, hold, maybe, want)
		}
	}
	for rule, want := range []bool{true, true, false, false, true} {
		if got := ix.Finds(rule); got != want {
			t.Errorf("rule %d: found %t", rule, got)
		}
	}
}

// TestMatchForgets runs over ever new values and tuples: what is held stays bounded,
// and the answers stay right.
func TestMatchForgets(t *testing.T) {
	var conds []Cond
	for i := range 64 {
		for c := range 2 {
			conds = append(conds, Text{Column: c, Op: Contains, Patterns: []string{fmt.Sprintf("<%d>", i)}})
		}
	}
	m := indexOf(t, conds...).Matcher()
	m.limit = 1 << 20
	n := 0
	for range 4 {
		var rows [2][]string
		for range 4096 {
			n++
			for c := range rows {
				text := ""
				for bit := range 24 {
					if (n*2654435761>>c)>>bit&1 == 1 {
						text += fmt.Sprintf("<%d>", bit*2)
					}
				}
				rows[c] = append(rows[c], text)
			}
		}
		cols := []*vec.Vec{texts(rows[0]...), texts(rows[1]...)}
		m.Match(cols, 4096)
		if s := m.Stats(); s.Held > 16*m.limit {
			t.Fatalf("%d bytes are held", s.Held)
		}
		for r, c := range conds {
			hold, _ := m.Rows(r)
			for _, row := range hold {
				if !oracle(c, cols, int(row), nil) {
					t.Fatalf("rule %d holds in %q", r, cols[c.(Text).Column].Text(int(row)))
				}
			}
		}
	}
	if s := m.Stats(); s.Forgotten == 0 {
		t.Errorf("nothing was forgotten: %+v", s)
	}
}

// TestMatchRoutes: rules of a log that a row is not of are not held against it.
func TestMatchRoutes(t *testing.T) {
	var conds []Cond
	for i := range 40 {
		log := fmt.Sprintf("log%d", i%4)
		conds = append(conds, All{
			Text{Column: 0, Op: Equal, Patterns: []string{log}},
			Text{Column: 1, Op: Contains, Patterns: []string{"word"}},
		})
	}
	ix := indexOf(t, conds...)
	if r := ix.Report(); !slices.Equal(r.Routes, []int{0}) || r.Predicates != 5 || r.Asked != 80 {
		t.Errorf("got %+v", r)
	}
	m := ix.Matcher()
	m.Match([]*vec.Vec{texts("log1", "LOG2", "other", "log1"), texts("a word", "words", "word", "x")}, 4)
	if got := len(m.Hits()); got != 20 {
		t.Errorf("%d rules have rows, want those of two logs", got)
	}
	if s := m.Stats(); s.Routes != 3 || s.Judged != 30 { // ten for each tuple of a known log
		t.Errorf("got %+v", s)
	}
}

// BenchmarkMatch is about 1,000 rules of two words over values that repeat.
func BenchmarkMatch(b *testing.B) {
	var conds []Cond
	for i := range 1000 {
		conds = append(conds, All{
			Text{Column: 0, Op: EndsWith, Patterns: []string{fmt.Sprintf(`\tool%d.exe`, i%200)}},
			Text{Column: 1, Op: Contains, Patterns: []string{fmt.Sprintf("--flag%d", i), "-enc"}},
		})
	}
	var images, commands []string
	for i := range 8192 {
		images = append(images, fmt.Sprintf(`C:\Windows\System32\tool%d.exe`, i%500))
		commands = append(commands, fmt.Sprintf(`C:\Windows\System32\tool%d.exe --flag%d --id %d`, i%500, i%1500, i))
	}
	cols := []*vec.Vec{texts(images...), texts(commands...)}
	m := indexOf(b, conds...).Matcher()
	for b.Loop() {
		m.Match(cols, len(images))
	}
	b.ReportMetric(float64(b.N*len(images))/b.Elapsed().Seconds(), "rows/s")
}
