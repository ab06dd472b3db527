package match

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/detlang/det/runtime/vec"
)

// predicate is one test of one column; equal tests of all rules are one predicate.
type predicate struct {
	kind   predicateKind
	column int32 // in Index.columns
	op     Op    // of words and pattern
	words  []string
	set    map[string]struct{} // of many words that the text may equal
	nums   []int64
	// match is the test of a pattern.
	match func(s string) bool
	cond  Cond // as it was given, for people
}

type predicateKind uint8

const (
	present predicateKind = iota // the column is not missing
	words                        // the folded text is, holds, begins or ends with a word
	number                       // the number is one of nums
	pattern                      // match says so: known only when it is asked
)

// maxWords is the most words that a predicate may look for and still be found by
// them; beyond, it is a pattern.
const maxWords = 1024

// fewWords is how many words a text is compared with one by one.
const fewWords = 8

// holds decides a present text; folded is the same text folded.
func (p *predicate) holds(text, folded string) bool {
	switch {
	case p.kind == pattern:
		return p.match(text)
	case p.set != nil:
		_, ok := p.set[folded]
		return ok
	}
	for _, w := range p.words {
		switch p.op {
		case Equal:
			if folded == w {
				return true
			}
		case Contains:
			if strings.Contains(folded, w) {
				return true
			}
		case StartsWith:
			if strings.HasPrefix(folded, w) {
				return true
			}
		case EndsWith:
			if strings.HasSuffix(folded, w) {
				return true
			}
		}
	}
	return false
}

func (p *predicate) cost() int32 {
	if p.kind == pattern {
		return patternCost
	}
	return textCost
}

// formula is the formula of a condition, or of its complement.
func (ix *Index) formula(x Cond, neg bool) (formula, error) {
	switch x := x.(type) {
	case Const:
		return formula{op: fixed, neg: bool(x) == neg}, nil
	case Not:
		return ix.formula(x.X, !neg)
	case All:
		return ix.list(and, x, neg)
	case Any:
		return ix.list(or, x, neg)
	case Outside:
		ix.outside = append(ix.outside, x)
		return formula{op: outside, neg: neg, pred: int32(len(ix.outside) - 1), cost: outsideCost}, nil
	case Present:
		return ix.leaf(predicate{kind: present, column: ix.column(x.Column)}, x, neg), nil
	case Number:
		if len(x.Values) == 0 {
			return formula{op: fixed, neg: !neg}, nil
		}
		return ix.leaf(predicate{kind: number, column: ix.column(x.Column), nums: x.Values}, x, neg), nil
	case Text:
		return ix.text(x, neg)
	}
	return formula{}, fmt.Errorf("unexpected condition %T", x)
}

func (ix *Index) list(op formulaOp, xs []Cond, neg bool) (formula, error) {
	kids := make([]formula, len(xs))
	for i, x := range xs {
		var err error
		if kids[i], err = ix.formula(x, neg); err != nil {
			return formula{}, err
		}
	}
	if neg {
		op = op.dual()
	}
	return connect(op, kids), nil
}

// text is a test of text: a predicate of words, or a pattern behind the words that
// every text that passes must hold.
func (ix *Index) text(x Text, neg bool) (formula, error) {
	if len(x.Patterns) == 0 {
		return formula{op: fixed, neg: !neg}, nil
	}
	folded, plain := make([]string, len(x.Patterns)), !x.Cased && x.Op <= EndsWith
	for i, p := range x.Patterns {
		if folded[i] = vec.FoldString(p); !utf8.ValidString(p) {
			plain = false
		}
		if p == "" && x.Op >= Contains && x.Op <= EndsWith {
			return ix.formula(Present{x.Column}, neg) // every text holds the empty one
		}
	}
	column := ix.column(x.Column)
	if plain && (x.Op == Equal || len(folded) <= maxWords) {
		return ix.leaf(wordsOf(column, x.Op, folded), x, neg), nil
	}
	p := predicate{kind: pattern, column: column, op: x.Op}
	literals, err := p.prepare(x)
	if err != nil {
		return formula{}, err
	}
	kids := []formula{ix.leaf(p, x, neg)}
	if len(literals) > 0 {
		// That a word is there is known for less than the pattern costs.
		lit := Text{Column: x.Column, Op: Contains, Patterns: literals}
		kids = append(kids, ix.leaf(wordsOf(column, Contains, literals), lit, neg))
	}
	if neg {
		return connect(or, kids), nil // of the complements
	}
	return connect(and, kids), nil
}

func wordsOf(column int32, op Op, folded []string) predicate {
	slices.Sort(folded)
	p := predicate{kind: words, column: column, op: op, words: slices.Compact(folded)}
	if op == Equal && len(p.words) > fewWords {
		p.set = make(map[string]struct{}, len(p.words))
		for _, w := range p.words {
			p.set[w] = struct{}{}
		}
	}
	return p
}

// prepare makes the test of a pattern predicate. literals are words of which every
// text that passes holds one, folded; none if they are not known.
func (p *predicate) prepare(x Text) (literals []string, err error) {
	tests := make([]func(string) bool, len(x.Patterns))
	for i, text := range x.Patterns {
		var t vec.Pattern
		if x.Op == Equal {
			t = equalTo(text, x.Cased)
		} else if t, err = vec.NewPattern(textOps[x.Op], text, x.Cased); err != nil {
			return nil, err
		}
		tests[i] = t.Test
		literals = append(literals, t.Literal)
	}
	for _, l := range literals {
		if l == "" || len(literals) > maxWords || !utf8.ValidString(l) {
			literals = nil
			break
		}
	}
	p.match = func(s string) bool {
		for _, t := range tests {
			if t(s) {
				return true
			}
		}
		return false
	}
	return literals, nil
}

var textOps = map[Op]vec.TextOp{
	Contains: vec.Contains, StartsWith: vec.StartsWith, EndsWith: vec.EndsWith, Like: vec.IsLike, Matches: vec.Matches,
}

func equalTo(text string, cased bool) vec.Pattern {
	if cased {
		return vec.Pattern{Test: func(s string) bool { return s == text }, Literal: vec.FoldString(text)}
	}
	return vec.Pattern{Test: func(s string) bool { return vec.EqualFold(s, text) }, Literal: vec.FoldString(text)}
}

// leaf is the formula of a predicate, which it adds unless there is an equal one.
func (ix *Index) leaf(p predicate, x Cond, neg bool) formula {
	key := p.key(x)
	id, ok := ix.byKey[key]
	if !ok {
		p.cond = x
		id = int32(len(ix.preds))
		ix.byKey[key] = id
		ix.preds = append(ix.preds, p)
		col := &ix.columns[p.column]
		col.preds = append(col.preds, id)
		if p.kind == present {
			col.present = id
		}
	}
	return formula{op: test, neg: neg, pred: id, cost: p.cost()}
}

// key tells the predicate from all others.
func (p *predicate) key(x Cond) string {
	list, cased := p.words, byte(0)
	if t, ok := x.(Text); ok && p.kind == pattern {
		if list = t.Patterns; t.Cased {
			cased = 1
		}
	}
	b := binary.AppendUvarint([]byte{byte(p.kind), byte(p.op), cased}, uint64(p.column))
	for _, w := range list {
		b = append(binary.AppendUvarint(b, uint64(len(w))), w...)
	}
	for _, n := range p.nums {
		b = binary.AppendVarint(b, n)
	}
	return string(b)
}

// column is the index's own number of a column.
func (ix *Index) column(at int) int32 {
	i, ok := ix.byPlace[at]
	if !ok {
		i = int32(len(ix.columns))
		ix.byPlace[at] = i
		ix.columns = append(ix.columns, column{at: at, present: -1})
	}
	return i
}
