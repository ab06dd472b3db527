package match

import (
	"slices"
	"sync"
	"unsafe"
)

// numbered gives a number to every set of predicates of a column that held together
// for some value. Any number of matchers may ask at once.
type numbered struct {
	mu   sync.RWMutex
	ids  map[string]int32
	list [][]int32 // by number: predicates, ascending; what is there does not change
	held int       // predicates in all sets
}

// The numbers that every column has.
const (
	missing int32 = iota // of a row without a value
	plain                // of a value that has nothing but that it is there
)

// begin puts the two sets in that every column has.
func (s *numbered) begin(present int32) {
	s.ids, s.list = map[string]int32{}, make([][]int32, 2)
	if present >= 0 {
		s.list[plain] = []int32{present}
	}
}

// number is the number of a set other than the two; preds are ascending, and copied
// if the set is new.
func (s *numbered) number(preds []int32) int32 {
	key := keyOf(preds)
	s.mu.RLock()
	id, ok := s.ids[key]
	s.mu.RUnlock()
	if ok {
		return id
	}
	own := slices.Clone(preds)
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := s.ids[key]; ok {
		return id
	}
	id = int32(len(s.list))
	s.ids[keyOf(own)] = id
	s.list = append(s.list, own)
	s.held += len(own)
	return id
}

// keyOf is the bytes of a set, which it shares.
func keyOf(preds []int32) string {
	return unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(preds))), 4*len(preds))
}

// all is the sets so far.
func (s *numbered) all() [][]int32 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clip(s.list)
}

// setBytes is about what a set takes beside its predicates and rules.
const setBytes = 160

func (s *numbered) size() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return 8*s.held + setBytes*len(s.list)
}

// sets is what one matcher knows of the sets of a column.
type sets struct {
	numbered *numbered
	list     [][]int32 // of numbered, as far as they were asked for
	rules    [][]int32 // by number: the rules that they are witnesses of; nil until asked
	held     int       // rules in all sets
}

func newSets(n *numbered) *sets { return &sets{numbered: n} }

// of is the predicates of a set, ascending.
func (s *sets) of(id int32) []int32 {
	if int(id) >= len(s.list) {
		s.list = s.numbered.all()
		s.rules = append(s.rules, make([][]int32, len(s.list)-len(s.rules))...)
	}
	return s.list[id]
}

// found is the rules that the predicates of a set are witnesses of, ascending.
func (s *sets) found(id int32, finds [][]int32) []int32 {
	preds := s.of(id)
	if s.rules[id] == nil {
		rules := []int32{}
		for _, p := range preds {
			rules = append(rules, finds[p]...)
		}
		slices.Sort(rules)
		s.rules[id] = slices.Compact(rules)
		s.held += len(s.rules[id])
	}
	return s.rules[id]
}

func (s *sets) size() int { return 8*s.held + s.numbered.size() }
