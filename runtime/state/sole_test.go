package state

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// TestKeysOfOneDictionary looks keys up by code first, and then in other layouts: a key
// has the same id in all of them, and one that has two codes has one id.
func TestKeysOfOneDictionary(t *testing.T) {
	long := "a text that does not fit a cell"
	for _, c := range []struct {
		name  string
		texts []string
		sole  bool
	}{
		{"distinct", []string{"a", "b", long, "d"}, true},
		{"twice", []string{"a", "b", long, "b", long}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := NewKeys([]types.Kind{types.String}, 0)
			codes, want := []int32{}, map[string]int32{}
			for i := len(c.texts) - 1; i >= 0; i-- { // not in the order of codes
				codes = append(codes, int32(i), int32(i))
			}
			check := func(col *vec.Vec) {
				t.Helper()
				out := make([]int32, col.N)
				k.IDs([]*vec.Vec{col}, nil, col.N, out)
				for i, id := range out {
					s := col.Text(i)
					if before, ok := want[s]; ok && before != id {
						t.Errorf("%q has id %d, had %d", s, id, before)
					}
					want[s] = id
				}
			}
			dict := vec.NewDict(c.texts...)
			check(vec.Coded(codes[:4], dict, nil))
			check(vec.Coded(codes, dict, nil))
			if sole := k.sole != (sole{}); sole != c.sole {
				t.Errorf("keys of one dictionary: %v", sole)
			}
			check(plain(long, "b", "a", "x"))
			check(vec.Coded([]int32{0, 1, 2, 3}, vec.NewDict("a", "b", "x", "y"), nil))
			check(vec.Coded(codes, dict, nil))
			ids := map[int32]bool{}
			for _, id := range want {
				ids[id] = true
			}
			if len(ids) != len(want) || k.Len() != len(want) {
				t.Errorf("%d keys have %d ids of %d: %v", len(want), len(ids), k.Len(), want)
			}
		})
	}
}

// TestKeysOfOneDictionaryFull fills a table by code, frees a key and fills it again.
func TestKeysOfOneDictionaryFull(t *testing.T) {
	k := NewKeys([]types.Kind{types.String}, 2)
	dict := vec.NewDict("a", "b", "c")
	ids := func(codes ...int32) string {
		out := make([]int32, len(codes))
		_, overflow := k.IDs([]*vec.Vec{vec.Coded(codes, dict, nil)}, nil, len(codes), out)
		return fmt.Sprint(out, overflow)
	}
	if got := ids(2, 1, 0, 1); got != "[0 1 -2 1] 1" {
		t.Error(got)
	}
	k.Free([]int32{0})
	k.Sweep()
	if got := ids(0, 1, 2); got != "[0 1 -2] 1" {
		t.Error(got)
	}
}

// TestKeysTakenOver gives the newest keys to a dictionary that grew, and to a second one:
// neither puts more than the keys before it into the index.
func TestKeysTakenOver(t *testing.T) {
	k := NewKeys([]types.Kind{types.String}, 0)
	first := vec.NewInterner()
	texts := make([]string, 1000)
	for i := range texts {
		texts[i] = fmt.Sprintf("text %d", 1999-i)
		first.Code(fmt.Sprintf("text %d", i))
		if i%300 == 0 {
			ids(k, vec.Coded([]int32{int32(i)}, first.Dict(), nil))
		}
	}
	ids(k, vec.Coded([]int32{999}, first.Dict(), nil)) // text 999
	if k.sole.dict != first.Dict().ID || k.sole.from != 0 {
		t.Errorf("after a dictionary that grows: %+v", k.sole)
	}
	second := vec.NewDict(texts...)
	got, _, _ := ids(k, vec.Coded([]int32{5, 999, 6, 5}, second, nil)) // text 1994, 1000, 1993, 1994
	if want := "[5 6 7 5]"; fmt.Sprint(got) != want || k.sole != (sole{second.ID, 1000, 5}) {
		t.Errorf("ids %v, want %s; %+v", got, want, k.sole)
	}
	got, _, _ = ids(k, vec.Coded([]int32{0, 1}, vec.NewDict("text 999", "text 1993"), nil))
	if want := "[4 7]"; fmt.Sprint(got) != want {
		t.Errorf("ids %v, want %s", got, want)
	}
}

// TestKeysOfManyDictionaries plays columns of few dictionaries, some of which grow or
// have texts twice, of dictionaries that are met once, and plain ones against a map,
// with keys freed and swept in between.
func TestKeysOfManyDictionaries(t *testing.T) {
	text := rapid.Map(rapid.IntRange(0, 40), func(i int) string { return strings.Repeat("k", i%3*9) + fmt.Sprint(i) })
	rapid.Check(t, func(t *rapid.T) {
		k, model := NewKeys([]types.Kind{types.String}, 0), map[string]int32{}
		grows, dicts := vec.NewInterner(), []*vec.Dict{}
		for range rapid.IntRange(1, 5).Draw(t, "dictionaries") {
			dicts = append(dicts, vec.NewDict(rapid.SliceOfN(text, 1, 60).Draw(t, "texts")...))
		}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			var dict *vec.Dict
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				for s, id := range model {
					if rapid.IntRange(0, 3).Draw(t, "free") == 0 {
						k.Free([]int32{id})
						delete(model, s)
					}
				}
				if rapid.Bool().Draw(t, "sweep") {
					k.Sweep()
				}
				continue
			case 1:
				for range 5 { // of no row
					ids(k, vec.Coded([]int32{0}, vec.NewDict("x"), vec.NewBitmap(1)))
				}
				continue
			case 2:
				dict = vec.NewDict(rapid.SliceOfN(text, 1, 60).Draw(t, "texts")...)
			case 3, 4:
				for _, s := range rapid.SliceOfN(text, 1, 10).Draw(t, "texts") {
					grows.Code(s)
				}
				dict = grows.Dict()
			default:
				dict = rapid.SampledFrom(dicts).Draw(t, "dictionary")
			}
			codes := rapid.SliceOfN(rapid.Int32Range(0, int32(dict.Len()-1)), 1, 100).Draw(t, "codes")
			col := vec.Coded(codes, dict, nil)
			if rapid.IntRange(0, 4).Draw(t, "plain") == 0 {
				values := make([]any, len(codes))
				for i, c := range codes {
					values[i] = dict.Value(c)
				}
				col = plain(values...)
			}
			out, _, _ := ids(k, col)
			for i, c := range codes {
				if want, known := model[dict.Value(c)]; !known {
					model[dict.Value(c)] = out[i]
				} else if out[i] != want {
					t.Fatalf("key %q has id %d, had %d", dict.Value(c), out[i], want)
				}
			}
			taken := map[int32]bool{}
			for s, id := range model {
				if taken[id] || !k.Alive(id) {
					t.Fatalf("id %d of %q is shared or dead", id, s)
				}
				taken[id] = true
			}
		}
		if k.Live() != len(model) {
			t.Fatalf("%d live, want %d", k.Live(), len(model))
		}
	})
}
