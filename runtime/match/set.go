package match

import (
	"slices"
	"unsafe"
)

// sets gives a number to every set of predicates of a column that held together for
// some value.
type sets struct {
	ids   map[string]int32
	list  [][]int32 // by number: predicates, ascending
	rules [][]int32 // by number: the rules that they are witnesses of; nil until asked
	held  int       // predicates in all sets
}

// The numbers that every column has.
const (
	missing int32 = iota // of a row without a value
	plain                // of a value that has nothing but that it is there
)

// newSets begins with the two sets that every column has.
func newSets(present int32) *sets {
	s := &sets{ids: map[string]int32{}, list: make([][]int32, 2), rules: make([][]int32, 2)}
	if present >= 0 {
		s.list[plain] = []int32{present}
	}
	s.rules[missing] = []int32{}
	return s
}

// number is the number of a set other than the two; preds are ascending, and copied
// if the set is new.
func (s *sets) number(preds []int32) int32 {
	key := unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(preds))), 4*len(preds))
	if id, ok := s.ids[key]; ok {
		return id
	}
	own := slices.Clone(preds)
	id := int32(len(s.list))
	s.ids[unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(own))), 4*len(own))] = id
	s.list = append(s.list, own)
	s.rules = append(s.rules, nil)
	s.held += len(own)
	return id
}

// found is the rules that the predicates of a set are witnesses of, ascending.
func (s *sets) found(id int32, finds [][]int32) []int32 {
	if s.rules[id] == nil {
		rules := []int32{}
		for _, p := range s.list[id] {
			rules = append(rules, finds[p]...)
		}
		slices.Sort(rules)
		s.rules[id] = slices.Compact(rules)
		s.held += len(s.rules[id])
	}
	return s.rules[id]
}

// setBytes is about what a set takes beside its predicates and rules.
const setBytes = 160

func (s *sets) size() int { return 8*s.held + setBytes*len(s.list) }
