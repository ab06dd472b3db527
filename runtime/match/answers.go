package match

// answers is what one pattern said of the values of a dictionary: two bits a code,
// the first that it was asked, the second what it said.
type answers []uint64

// of is the answer for a code, from ask if it is not known.
func (a *answers) of(code int32, ask func() bool) bool {
	at, shift := int(code>>5), code&31*2
	if at >= len(*a) {
		*a = append(*a, make([]uint64, max(at+1, len(*a)*3/2)-len(*a))...)
	}
	w := &(*a)[at]
	if *w>>shift&1 == 0 {
		*w |= 1 << shift
		if ask() {
			*w |= 2 << shift
		}
	}
	return *w>>shift&2 != 0
}

func (a *answers) size() int { return 8 * len(*a) }
