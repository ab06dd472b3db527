package input

// oddity is a value of a columnar file that did not become what was wanted.
type oddity struct {
	row  int // of the lane that was read to
	item int // of the row's list
	outcome
	value
}

// copied is v with text of its own.
func (v value) copied() value {
	v.text = append([]byte(nil), v.text[:min(len(v.text), maxRejectText)]...)
	return v
}

// keepOdd leaves the oddities of the given rows, which ascend, and numbers them
// by their place in rows.
func keepOdd(odd []oddity, rows []int32) []oddity {
	kept := odd[:0]
	i := 0
	for _, o := range odd {
		for i < len(rows) && int(rows[i]) < o.row {
			i++
		}
		if i < len(rows) && int(rows[i]) == o.row {
			o.row = i
			kept = append(kept, o)
		}
	}
	return kept
}

// reject says in words what is wrong with a value of a column. row is its record
// number, and whole says that the record is set aside for it.
func (o oddity) reject(source string, c Column, row int64, whole bool) Reject {
	r := Reject{
		Source: source, Row: row, Cause: BadValue, Field: c.Name, Text: o.text, Whole: whole,
		Detail: unreadable(o.value, c.Type),
	}
	switch {
	case o.outcome == mended:
		r.Cause, r.Detail = BadText, "text that is not UTF-8"
	case whole:
		r.Cause = BadTime
	}
	return r
}
