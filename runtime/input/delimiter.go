package input

import "bytes"

// delimiterOf chooses the delimiter that most of the first lines have as often as
// the first line, and of several, the one that is most frequent there.
func delimiterOf(head []byte) byte {
	best, bestScore := byte(','), 0
	for _, d := range []byte(",;\t|") {
		counts := delimiters(head, d)
		if len(counts) == 0 || counts[0] == 0 {
			continue
		}
		alike := 0
		for _, n := range counts {
			if n == counts[0] {
				alike++
			}
		}
		if score := alike<<16 + min(counts[0], 1<<16-1); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// delimiters counts d in each of the first ten records, outside of quotes.
func delimiters(head []byte, d byte) (counts []int) {
	quoted, n, any := false, 0, false
	for _, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == d:
			n++
		case c == '\n' && any:
			if counts = append(counts, n); len(counts) == 10 {
				return counts
			}
			n, any = 0, false
			continue
		}
		any = any || c != '\n' && c != '\r'
	}
	if any && len(counts) == 0 {
		counts = append(counts, n)
	}
	return counts
}

// sniffCSV wants text whose first lines have a delimiter, equally often.
func sniffCSV(head []byte) bool {
	head = textHead(head)
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	counts := delimiters(head, delimiterOf(head))
	if len(counts) == 0 || counts[0] == 0 {
		return false
	}
	for _, n := range counts {
		if n != counts[0] {
			return false
		}
	}
	return true
}
