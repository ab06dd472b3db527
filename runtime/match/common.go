package match

import (
	"sync"
	"sync/atomic"
)

// common is what all matchers that learn together know of one column.
type common struct {
	sets numbered

	mu   sync.Mutex
	last *codes // of the dictionary that was met last
}

func newCommon(present int32) *common {
	c := &common{last: &codes{}}
	c.sets.begin(present)
	return c
}

// of is what is known of a dictionary's values.
func (c *common) of(dict uint64) *codes {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.dict != dict {
		c.last = &codes{dict: dict}
	}
	return c.last
}

// codes is what is known of the values of a dictionary. Any number of matchers may ask
// and tell at once; what is lost is found out again.
type codes struct {
	dict  uint64
	sets  growing[int32] // by code, one more than the number of its set; 0 is not known yet
	mu    sync.Mutex
	asked map[int32]*answers // by predicate
}

// room is the sets of at least n codes.
func (c *codes) room(n int) []int32 { return c.sets.room(n, atomic.LoadInt32) }

// answers is what a predicate said of the values.
func (c *codes) answers(pred int32) *answers {
	c.mu.Lock()
	defer c.mu.Unlock()
	said := c.asked[pred]
	if said == nil {
		if c.asked == nil {
			c.asked = map[int32]*answers{}
		}
		said = &answers{}
		c.asked[pred] = said
	}
	return said
}

// size is the memory in bytes.
func (c *codes) size() int {
	n := 4 * len(c.sets.all())
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.asked {
		n += a.size()
	}
	return n
}
