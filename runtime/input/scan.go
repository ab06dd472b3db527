package input

// scanner walks over JSON text and checks it against RFC 8259 as it goes; what
// is skipped is checked like what is read, except that text need not be UTF-8.
//
// b[end:] is padding that begins with zero bytes. No token contains a zero byte,
// so every walk stops there without counting: a failure at end or behind it
// means that the text is incomplete, one before it that the text is wrong.
//
// Each method takes an index and returns the index behind what it read, or -1
// after setting at and why.
type scanner struct {
	b   []byte
	end int
	at  int
	why string
}

// maxDepth bounds how deep objects and arrays may nest.
const maxDepth = 1000

func (s *scanner) fail(at int, why string) int {
	s.at, s.why = at, why
	return -1
}

// partial says that the last failure was for want of text.
func (s *scanner) partial() bool { return s.at >= s.end }

func (s *scanner) space(i int) int {
	for {
		switch s.b[i] {
		case ' ', '\t', '\n', '\r':
			i++
		default:
			return i
		}
	}
}

// value skips a value of any kind; b[i] is its first byte.
func (s *scanner) value(i, depth int) int {
	switch c := s.b[i]; c {
	case '"':
		return s.text(i + 1)
	case '{':
		return s.object(i+1, depth+1)
	case '[':
		return s.array(i+1, depth+1)
	case 't':
		return s.word(i, "true")
	case 'f':
		return s.word(i, "false")
	case 'n':
		return s.word(i, "null")
	default:
		return s.number(i)
	}
}

func (s *scanner) object(i, depth int) int {
	if depth > maxDepth {
		return s.fail(i-1, "nested too deep")
	}
	i = s.space(i)
	if s.b[i] == '}' {
		return i + 1
	}
	for {
		if i, _ = s.key(i); i < 0 {
			return i
		}
		if i = s.value(i, depth); i < 0 {
			return i
		}
		i = s.space(i)
		switch s.b[i] {
		case ',':
			i = s.space(i + 1)
		case '}':
			return i + 1
		default:
			return s.fail(i, "a comma or } is missing in an object")
		}
	}
}

func (s *scanner) array(i, depth int) int {
	if depth > maxDepth {
		return s.fail(i-1, "nested too deep")
	}
	i = s.space(i)
	if s.b[i] == ']' {
		return i + 1
	}
	for {
		if i = s.value(i, depth); i < 0 {
			return i
		}
		i = s.space(i)
		switch s.b[i] {
		case ',':
			i = s.space(i + 1)
		case ']':
			return i + 1
		default:
			return s.fail(i, "a comma or ] is missing in an array")
		}
	}
}

// key reads a member's name, the colon and the space around it. name is the
// name as written, between the quotes.
func (s *scanner) key(i int) (next int, name []byte) {
	if s.b[i] != '"' {
		return s.fail(i, "a field name in quotes is missing"), nil
	}
	start := i + 1
	if i = s.text(start); i < 0 {
		return i, nil
	}
	name = s.b[start : i-1]
	i = s.space(i)
	if s.b[i] != ':' {
		return s.fail(i, "a colon is missing after a field name"), nil
	}
	return s.space(i + 1), name
}

func (s *scanner) word(i int, word string) int {
	for j := range len(word) {
		if s.b[i+j] != word[j] {
			return s.fail(i+j, "a value is missing or unknown")
		}
	}
	return i + len(word)
}

func (s *scanner) number(i int) int {
	b := s.b
	if b[i] == '-' {
		i++
	}
	switch {
	case b[i] == '0':
		i++
	case b[i]-'1' <= 8:
		i = s.digits(i)
	default:
		return s.fail(i, "a value is missing or unknown")
	}
	if b[i] == '.' {
		if b[i+1]-'0' > 9 {
			return s.fail(i+1, "a digit is missing in a number")
		}
		i = s.digits(i + 1)
	}
	if b[i]|0x20 == 'e' {
		i++
		if b[i] == '+' || b[i] == '-' {
			i++
		}
		if b[i]-'0' > 9 {
			return s.fail(i, "a digit is missing in a number")
		}
		i = s.digits(i)
	}
	return i
}

func (s *scanner) digits(i int) int {
	for s.b[i]-'0' <= 9 {
		i++
	}
	return i
}
