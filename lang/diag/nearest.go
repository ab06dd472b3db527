package diag

import "strings"

// Nearest is the candidate closest to name by edit distance, if one is close
// enough to be what was meant; letters that differ only in case cost nothing.
func Nearest(name string, candidates []string) (string, bool) {
	best, cost := "", len(name)/3+2
	for _, c := range candidates {
		if d := distance(name, c, cost); d < cost {
			best, cost = c, d
		}
	}
	return best, best != ""
}

// Slip is the candidate that name differs from by a slip of the pen: a letter too
// many, too few or another, two neighbours swapped, the case of letters. Names of ten
// letters may have two slips, of twenty three. Names that differ in digits (param1,
// param2) are different names.
func Slip(name string, candidates []string) (string, bool) {
	best, cost := "", 2+len(name)/10
	for _, c := range candidates {
		if d := distance(name, c, cost); d < cost && len(name) > 2 && digits(name) == digits(c) {
			best, cost = c, d
		}
	}
	return best, best != ""
}

// digits are those of a name.
func digits(name string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, name)
}

// distance is the optimal string alignment distance (edits and swaps of
// neighbours) between a and b, without regard to case, cut off at limit.
func distance(a, b string, limit int) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	if d := len(x) - len(y); d >= limit || -d >= limit {
		return limit
	}
	prev2, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			sub := 1
			if x[i-1] == y[j-1] {
				sub = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+sub)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(y)], limit)
}
