package lang

// This file is the half of the token pass that decides what a name is.

// identifier writes a word that is not in backquotes.
func (t *tagger) identifier(text string) {
	switch {
	case t.state == member && !t.startsStageAnyway(t.i):
		t.operandName()
	case t.labelHere():
		t.label()
	case text == "cased" && t.misplaced():
		t.dropCased(t.i)
	case text == "not":
		t.not()
	case operatorWords[text]:
		t.operatorWord(text)
	case t.state == done || t.state == named:
		t.afterOperand(text)
	case (t.state == open || t.state == member) && t.startsStageAnyway(t.i):
		t.restart()
	case t.state == fresh && t.mode == staging:
		t.stage()
	default:
		t.operandName()
	}
}

// plainName writes a name in backquotes.
func (t *tagger) plainName() {
	switch {
	case t.state == member:
		t.operandName()
	case t.labelHere():
		t.label()
	case t.mode == staging && (t.state == fresh || t.state == done && len(t.brackets) == 0):
		t.stage()
	case t.state == done && t.inner(0):
		t.state = fresh
		t.operandName()
	default:
		t.operandName()
	}
}

// inner reports whether the token n places ahead stands in a block, outside of
// all brackets.
func (t *tagger) inner(n int) bool {
	return t.mode == listing && len(t.brackets) == 0 && t.peek(n).kind != end
}

// afterOperand writes a word that follows a complete operand or a stage's name.
func (t *tagger) afterOperand(text string) {
	if len(t.brackets) > 0 {
		if t.in[t.i].first && t.mode >= staging {
			t.restart() // a bracket was never closed
		} else {
			t.operandName()
		}
		return
	}
	if t.mode == header && t.state == named && t.place != inTest {
		t.operandName() // the declaration's own name
		return
	}
	if w := clauses[text]; w != nil && w.In&t.here() != 0 && !(t.state == named && t.operandFollows(w)) {
		t.clauseName(w)
		return
	}
	switch {
	case t.state == named:
		t.operandName()
	case t.mode == staging:
		t.stage()
	case t.mode == listing:
		t.state = fresh
		t.operandName()
	case t.mode <= valuing && t.in[t.i].first:
		t.begin("")
	default:
		t.operandName()
	}
}

// here is the place at hand, for the clause words.
func (t *tagger) here() place {
	switch t.mode {
	case header:
		return inHead
	case staging, listing:
		return t.place
	}
	return 0
}

// operandFollows reports whether what stands behind the word at hand, right after
// a stage's name, shows that the word is an operand: `when count > 5`, not
// `given every 2h`. A + or - does when space follows it: `when max - min > 5`, not
// `given from -1h`.
func (t *tagger) operandFollows(w *word) bool {
	next := t.peek(1)
	text := t.text(next)
	switch next.kind {
	case operator:
		return !(text == "-" || text == "+") || t.peek(2).start > next.end
	case assign:
		return true
	case ident:
		return operatorWords[text] || text == "not" && t.word(t.peek(2)) == "in"
	case punct:
		switch text {
		case "(":
			return w.Function
		case "[":
			return w.Flag
		case "{", "}":
			return !w.Flag
		}
		return true
	case end:
		return !w.Flag
	}
	return false
}

func (t *tagger) clauseName(w *word) {
	t.operators = 0
	if w.Flag {
		t.write(flagWord)
		t.state = done
		return
	}
	t.write(clauseWord)
	t.state, t.argument, t.clause = open, true, true
}

func (t *tagger) stage() {
	t.operators = 0
	t.write(stageName)
	t.state, t.argument = named, true
}

// startsStageAnyway finds a stage where an operand is missing: an operator, a
// comma, a dot or a clause word ends its line, and the name that starts the next
// line, token i, is followed on that line by what cannot follow an operand. This
// is the only place in which a line end counts. A correct rule is affected only
// if it goes on over a line and then has a second stage on the same line.
func (t *tagger) startsStageAnyway(i int) bool {
	next := t.in[min(i+1, len(t.in)-1)]
	if t.mode < staging || !t.in[i].first || next.first {
		return false
	}
	if t.mode == listing {
		return next.kind == assign
	}
	switch next.kind {
	case ident:
		text := t.text(next)
		w := clauses[text]
		return !operatorWords[text] && text != "not" && (w == nil || w.In&t.here() == 0)
	case str, literal, quoted:
		return true
	}
	return t.is(next, "[")
}

// startsAnew reports whether token i, behind a dot that ends its line, rather
// starts a stage or a declaration.
func (t *tagger) startsAnew(i int) bool {
	_, ok := declarations[t.word(t.in[i])]
	return t.startsStageAnyway(i) || ok && t.in[i].first && t.looksLikeHead(i)
}

// restart starts a stage, or an entry of a block, in the midst of a broken one.
func (t *tagger) restart() {
	t.brackets = t.brackets[:0]
	if t.mode == staging {
		t.stage()
		return
	}
	t.state = fresh
	if t.labelHere() {
		t.label()
	} else {
		t.operandName()
	}
}

// labelHere reports whether the name at hand is a label: before = or : where an
// argument or an entry of a block starts.
func (t *tagger) labelHere() bool {
	if t.peek(1).kind != assign {
		return false
	}
	switch t.state {
	case fresh:
		return t.mode == listing
	case done:
		return t.inner(1)
	case named:
		return t.mode == staging
	}
	return t.argument
}

func (t *tagger) label() {
	if t.state == done {
		t.state = fresh
	}
	t.startEntry()
	t.write(label)
}

// operandName writes a name that is an operand or part of one.
func (t *tagger) operandName() {
	t.startEntry()
	k, last := t.operandKind(ident), t.i
	if k == value {
		last = t.members()
	}
	if t.is(t.in[last+1], "(") {
		k = call
	}
	if t.operators > maxOperators {
		k = t.tooLong()
	}
	t.writeTo(k, last)
	t.state, t.argument = done, false
}

// operandKind is what a token of kind k is as an operand. The path of an import
// and the words of a heading are no operands.
func (t *tagger) operandKind(k kind) kind {
	if t.mode == importing || t.mode == header && !t.clause {
		return k
	}
	return value
}

// members is the index of the last token of the name at hand with its members.
func (t *tagger) members() int {
	last := t.i
	for t.is(t.in[last+1], ".") && (t.in[last+2].kind == ident || t.in[last+2].kind == quoted) && !t.startsAnew(last+2) {
		last += 2
		t.operators++
	}
	return last
}

// not writes the word not, which is a prefix, half an operator (not in), or the
// sign of an absent step.
func (t *tagger) not() {
	switch {
	case t.state == done && t.word(t.peek(1)) == "in":
		t.joined(t.i + 1)
		return
	case t.state == done && t.inner(0):
		t.state = fresh
	}
	if t.state == fresh && t.mode == listing && t.labelAt(1) {
		t.startEntry()
		t.write(absent)
		t.state, t.argument = open, true
		return
	}
	t.sign()
}

// operatorWord writes a word that is an operator, with the words that belong to
// it: is not, contains any cased.
func (t *tagger) operatorWord(text string) {
	last := t.i
	if text == "is" && t.word(t.peek(1)) == "not" {
		last++
	}
	if textOperators[text] {
		if q := t.word(t.peek(1)); q == "any" || q == "all" {
			last++
		}
		if t.word(t.in[min(last+1, len(t.in)-1)]) == "cased" {
			last++
			if q := t.word(t.in[min(last+1, len(t.in)-1)]); last == t.i+1 && (q == "any" || q == "all") {
				last++
				t.dropCased(last)
			}
		}
	}
	t.joined(last)
}

// misplaced reports whether the word cased at hand, which is not behind a text
// operator, is meant as part of one: it stands behind an operand or before one.
func (t *tagger) misplaced() bool {
	if t.in[t.i].first || t.mode < valuing {
		return false
	}
	next := t.peek(1)
	switch {
	case t.state == done:
		return true
	case t.state == fresh || next.first:
		return false
	case next.kind == ident:
		text := t.text(next)
		return !operatorWords[text] && text != "not" && clauses[text] == nil
	}
	return next.kind == str || next.kind == literal || t.is(next, "[")
}

// dropCased tells that the word cased, or its quantifier, at index i stands where
// it cannot. What is around it is read as if it was not there.
func (t *tagger) dropCased(i int) {
	d := t.diags.Errorf("D0102", t.at(t.in[i]), "`%s` cannot stand here", t.word(t.in[i]))
	if t.word(t.in[i]) == "cased" {
		d.Hint = `cased stands right behind contains, startswith, endswith, like or matches; for a whole text write: x like cased "Ann"`
	} else {
		d.Hint = "write it before cased: contains " + t.word(t.in[i]) + " cased"
	}
}

// joined writes an operator of several words.
func (t *tagger) joined(last int) {
	if word := t.word(t.in[t.i]); word == "and" || word == "or" {
		t.alternative()
		t.writeTo(operator, last)
		t.argument = false
	} else {
		t.count(operator, last)
	}
	t.state = open
}
