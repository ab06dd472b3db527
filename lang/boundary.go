package lang

// This file is the part of the token pass that finds where declarations start and
// end, also where braces are lost.

// begin starts a declaration with the word at hand; "" starts unknown text.
func (t *tagger) begin(word string) {
	t.finish()
	t.segments = append(t.segments, segment{from: len(t.out), unknown: word == ""})
	t.state, t.argument, t.clause, t.depth, t.told = open, false, false, 0, false
	t.brackets, t.operators = t.brackets[:0], 0
	switch word {
	case "":
		t.mode = lost
		t.lose(t.in[t.i])
		return
	case "import":
		t.mode = importing
	case "const", "list", "fn":
		t.mode = naming
	default:
		t.mode, t.state, t.place = header, named, declarations[word]
	}
	t.write(keyword)
}

// finish ends the declaration at hand.
func (t *tagger) finish() {
	if n := len(t.segments); n > 0 && t.segments[n-1].to == 0 {
		t.segments[n-1].to, t.segments[n-1].over = len(t.out), t.told
	}
	t.mode = outside
}

// startsDeclaration reports whether the word of a declaration starts one here.
// Inside of an unfinished one it must look like the head of another: then the
// unfinished one ends here.
func (t *tagger) startsDeclaration(tok token, word string) bool {
	if _, ok := declarations[word]; !ok {
		return false
	}
	switch t.mode {
	case outside:
		return true
	case lost:
		return t.depth == 0 && tok.first || t.unclosed && t.startsLine(tok) && t.looksLikeHead(t.i)
	case importing, valuing:
		return t.state == done && len(t.brackets) == 0 || tok.first && t.looksLikeHead(t.i)
	case naming:
		return tok.first && t.looksLikeHead(t.i)
	case header:
		return tok.first && t.looksLikeHead(t.i) && (t.state == named || t.state == done || t.unclosed)
	default:
		return t.unclosed && t.startsLine(tok) && t.looksLikeHead(t.i)
	}
}

// startsLine reports whether tok stands in the first column.
func (t *tagger) startsLine(tok token) bool {
	return tok.start == 0 || t.file.Text[tok.start-1] == '\n'
}

// looksLikeHead reports whether token i and those behind it are the head of a
// declaration.
func (t *tagger) looksLikeHead(i int) bool {
	word := t.word(t.in[i])
	name, after := t.in[min(i+1, len(t.in)-1)], t.in[min(i+2, len(t.in)-1)]
	switch {
	case name.first:
		return false
	case word == "import", declarations[word] != 0 && t.is(name, "{"):
		return true
	}
	if name.kind != ident && name.kind != quoted && name.kind != str {
		return false
	}
	switch word {
	case "const":
		return t.is(after, "=")
	case "fn":
		return t.is(after, "(")
	case "list":
		return t.is(after, "=") || after.kind == ident
	}
	w := clauses[t.word(after)]
	return t.is(after, "{") || w != nil && w.In&inHead != 0
}

// lose writes text that belongs to no declaration, up to the end of its braces.
func (t *tagger) lose(tok token) {
	if t.is(tok, "{") {
		t.depth++
	} else if t.is(tok, "}") {
		t.depth--
	}
	t.write(tok.kind)
	if t.depth < 0 || t.depth == 0 && t.is(tok, "}") {
		t.finish()
	}
}

// name writes what stands before the = of const, list and fn: names only.
func (t *tagger) name(tok token) {
	switch {
	case tok.kind == quoted:
		t.write(ident)
	case t.word(tok) == "from" && t.peek(1).kind == str:
		t.write(clauseWord)
	case t.is(tok, "{"), t.is(tok, "}"):
		t.brace(tok)
	default:
		t.write(tok.kind)
		if tok.kind == assign || tok.kind == str {
			t.mode, t.state = valuing, open
		}
		if tok.kind == str {
			t.state = done
		}
	}
}

// brace opens or closes a body or a block.
func (t *tagger) brace(tok token) {
	t.brackets, t.clause = t.brackets[:0], false
	if t.is(tok, "{") {
		t.depth++
		t.write(punct)
		switch t.mode {
		case header:
			t.mode = staging
		case staging:
			t.mode = listing
		case importing, naming, valuing:
			t.mode = lost
		}
		t.state = fresh
		return
	}
	if t.mode < staging {
		t.begin("")
		return
	}
	t.depth--
	t.write(punct)
	t.state = fresh
	switch t.depth {
	case 0:
		t.finish()
	case 1:
		t.mode = staging
	}
}

// paired reports whether all braces pair up.
func (t *tagger) paired() bool {
	depth := 0
	for _, tok := range t.in {
		if t.is(tok, "{") {
			depth++
		} else if t.is(tok, "}") {
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}
