package main

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/detlang/det"
	"github.com/detlang/det/compiler"
	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// perQuery is how many rules one query asks.
const perQuery = 50

// lower writes the conditions of rules as SQL over the table that createEvents
// makes: each query gives one number, how many hits its rules have together.
func lower(sources []det.Source, have map[string]bool) ([]string, error) {
	var files []*source.File
	for _, s := range sources {
		files = append(files, source.New(s.Name, s.Text))
	}
	l := lowering{have: have}
	var queries, terms []string
	flush := func() {
		if len(terms) > 0 {
			queries = append(queries, "SELECT ("+strings.Join(terms, " + ")+")::BIGINT FROM events")
		}
		terms = nil
	}
	for _, r := range compiler.Compile(files, compiler.Options{}, &diag.List{}).Rules {
		var parts []string
		for _, st := range r.Stages {
			if st.Cond == nil {
				return nil, fmt.Errorf("rule %s has a stage %s, which is no condition", r.Name, st.Spec.Name)
			}
			x, err := l.cond(st.Cond)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", r.Name, err)
			}
			parts = append(parts, x)
		}
		terms = append(terms, "count(*) FILTER ("+strings.Join(parts, " AND ")+")")
		if len(terms) == perQuery {
			flush()
		}
	}
	flush()
	return queries, nil
}

// lowering writes conditions; have are the columns that the events have.
type lowering struct{ have map[string]bool }

func (l *lowering) cond(x plan.Expr) (string, error) {
	switch x := x.(type) {
	case *plan.Named:
		return l.cond(x.X)
	case *plan.Const:
		return fmt.Sprint(x.Value == true), nil
	case *plan.Not:
		y, err := l.cond(x.X)
		return "NOT " + y, err
	case *plan.And:
		return l.list(x.Xs, " AND ")
	case *plan.Or:
		return l.list(x.Xs, " OR ")
	case *plan.Op:
		y, err := l.test(x)
		if x.Not != (x.Op == "!=") {
			y = "NOT " + y
		}
		return y, err
	}
	return "", fmt.Errorf("no SQL for %s", plan.String(x))
}

func (l *lowering) list(xs []plan.Expr, op string) (string, error) {
	var parts []string
	for _, x := range xs {
		y, err := l.cond(x)
		if err != nil {
			return "", err
		}
		parts = append(parts, y)
	}
	return "(" + strings.Join(parts, op) + ")", nil
}

// test is an operator over a column, false where that is missing. Texts are held
// against a column that was put in lower case beforehand.
func (l *lowering) test(x *plan.Op) (string, error) {
	col, ok := x.Args[0].(*plan.Col)
	if !ok {
		return "", fmt.Errorf("no SQL for %s", plan.String(x))
	}
	name := col.Column.Name
	if x.Op == "is" {
		if !l.have[name] {
			return "true", nil
		}
		return "(" + quoteName(name) + " IS NULL)", nil
	}
	if !l.have[name] {
		return "false", nil
	}
	if other, ok := x.Args[1].(*plan.Col); ok && (x.Op == "==" || x.Op == "!=") {
		if !l.have[other.Column.Name] {
			return "false", nil
		}
		return fmt.Sprintf("coalesce(%s = %s, false)", quoteName("lower "+name), quoteName("lower "+other.Column.Name)), nil
	}
	k, ok := x.Args[1].(*plan.Const)
	if !ok {
		return "", fmt.Errorf("no SQL for %s", plan.String(x))
	}
	values, ok := k.Value.([]any)
	if !ok {
		values = []any{k.Value}
	}
	var parts []string
	for _, v := range values {
		text, ok := v.(string)
		if !ok {
			return "", fmt.Errorf("no SQL for %s", plan.String(x))
		}
		column := quoteName("lower " + name)
		if x.Cased || x.Op == "matches" {
			column = quoteName(name)
		} else {
			text = strings.ToLower(text)
		}
		parts = append(parts, fmt.Sprintf(formats[x.Op], column, quoteText(pattern(x.Op, text))))
	}
	join := " OR "
	if x.Quant == "all" {
		join = " AND "
	}
	return "coalesce(" + strings.Join(parts, join) + ", false)", nil
}

// formats are the operators in SQL.
var formats = map[string]string{
	"==": "%s = %s", "!=": "%s = %s", "in": "%s = %s", "contains": "contains(%s, %s)", "startswith": "starts_with(%s, %s)",
	"endswith": "ends_with(%s, %s)", "like": `%s LIKE %s ESCAPE '\'`, "matches": "regexp_matches(%s, %s)",
}

// pattern turns the wildcards of like into those of SQL.
func pattern(op, text string) string {
	if op != "like" {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '*':
			b.WriteByte('%')
		case c == '?':
			b.WriteByte('_')
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`*?\`, text[i+1]) >= 0:
			i++
			if text[i] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(text[i])
		case strings.IndexByte(`%_\`, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// createEvents makes the table events of the texts of a record, as they are and in
// lower case. have tells its columns.
func createEvents(duck *sql.DB, rec arrow.Record) (have map[string]bool, err error) {
	have = map[string]bool{}
	var names, lowered, marks []string
	var cols []*array.String
	for i, col := range rec.Columns() {
		if text, ok := col.(*array.String); ok {
			name := rec.ColumnName(i)
			have[name] = true
			cols = append(cols, text)
			names = append(names, quoteName(name)+" VARCHAR")
			lowered = append(lowered, fmt.Sprintf("lower(%s) AS %s", quoteName(name), quoteName("lower "+name)))
			marks = append(marks, "?")
		}
	}
	if _, err := duck.Exec("CREATE OR REPLACE TABLE raw (" + strings.Join(names, ", ") + ")"); err != nil {
		return nil, err
	}
	insert, err := duck.Prepare("INSERT INTO raw VALUES (" + strings.Join(marks, ", ") + ")")
	if err != nil {
		return nil, err
	}
	defer insert.Close()
	values := make([]any, len(cols))
	for r := range int(rec.NumRows()) {
		for i, col := range cols {
			if values[i] = nil; !col.IsNull(r) {
				values[i] = col.Value(r)
			}
		}
		if _, err := insert.Exec(values...); err != nil {
			return nil, err
		}
	}
	_, err = duck.Exec("CREATE OR REPLACE TABLE events AS SELECT *, " + strings.Join(lowered, ", ") + " FROM raw")
	return have, err
}
