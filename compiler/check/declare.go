package check

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/detlang/det/compiler/plan"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/op"
)

func lineOf(id *ast.Ident) string {
	line, _ := id.At.File.Position(id.At.Start)
	return strconv.Itoa(line)
}

func durationValue(v any) (time.Duration, bool) {
	d, ok := v.(time.Duration)
	return d, ok
}

func (c *checker) constant(m *module, x *ast.Const) *plan.Const {
	e := c.expr(&scope{mod: m}, x.Value)
	if e == nil {
		return nil
	}
	v, ok := c.opts.Fold(e)
	if !ok {
		c.diags.Errorf("D0206", x.Value.Span(), "the value of a const must be known when the rule is compiled")
		return nil
	}
	t := valueType(v)
	t.Unit = e.Type().Unit
	return &plan.Const{Value: v, T: t, At: x.At}
}

// list reads a list's values, from the rule file or from a text file with one
// value a line.
func (c *checker) list(m *module, x *ast.ListDecl) *plan.Const {
	want := types.TInvalid
	if x.Type != nil {
		t, ok := types.Named(x.Type.Name)
		if x.Type.Name == "network" {
			t, ok = types.TNetwork, true
		}
		if !ok {
			c.diags.Errorf("D0213", x.Type.At, "unknown type %s", x.Type.Name).Hint = typeHint(&ast.Name{Ident: *x.Type})
			return nil
		}
		want = t
	}
	if x.From != nil {
		return c.listFile(m, x, want)
	}
	e := c.expr(&scope{mod: m}, x.Value)
	if e == nil {
		return nil
	}
	k, ok := e.(*plan.Const)
	if !ok || k.T.Kind != types.List {
		c.diags.Errorf("D0204", x.Value.Span(), "a list is written [\"a\", \"b\"], but this is %s", e.Type())
		return nil
	}
	if want.Kind == types.Invalid {
		return k
	}
	vals := k.Value.([]any)
	out := make([]any, len(vals))
	for i, v := range vals {
		w, err := readAs(v, want.Kind)
		if err == nil && !types.Accepts(want, valueType(w)) && !(want.Kind == types.IP && isPrefix(w)) && !(want.Kind == types.Network && isAddr(w)) {
			err = fmt.Errorf("%s is no %s", plan.FormatValue(v), want)
		}
		if err != nil {
			c.diags.Errorf("D0207", x.Value.Span(), "%s", err)
			return nil
		}
		out[i] = w
	}
	return &plan.Const{Value: out, T: valueType(out), At: x.At}
}

func (c *checker) listFile(m *module, x *ast.ListDecl, want types.Type) *plan.Const {
	name, _ := x.From.Value.(string)
	data, err := c.opts.Read(m.file.Source, name)
	if err != nil {
		c.diags.Errorf("D0802", x.From.At, "cannot read the list: %s", err)
		return nil
	}
	if want.Kind == types.Invalid {
		want = types.TString
	}
	var out []any
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		v, err := parseText(line, want.Kind)
		if err != nil {
			c.diags.Errorf("D0804", x.From.At, "%s, line %d: %s", name, i+1, err)
			return nil
		}
		out = append(out, v)
	}
	t := types.ListOf(want.Kind)
	if len(out) > 0 {
		t = valueType(out)
	}
	return &plan.Const{Value: out, T: t, At: x.At}
}

// parseText reads a cell of a data file as a kind.
func parseText(s string, want types.Kind) (any, error) {
	switch want {
	case types.Int:
		v, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no int", s)
		}
		return v, nil
	case types.Float:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no float", s)
		}
		return v, nil
	case types.Bool:
		v, err := strconv.ParseBool(s)
		if err != nil {
			return nil, fmt.Errorf("%q is no bool", s)
		}
		return v, nil
	case types.Network:
		return readAs(s, types.IP)
	}
	return readAs(s, want)
}

// schema reads the fields of a schema.
func (c *checker) schema(b *ast.Block) *types.Schema {
	out := &types.Schema{Name: b.Name.Name}
	for _, cl := range b.Clauses {
		switch cl.Word.Name {
		case "open":
			out.Open = true
		case "time":
			if len(cl.Args) == 1 {
				out.Time, _ = dotted(cl.Args[0].Value)
			}
		default:
			c.diags.Errorf("D0402", cl.Word.At, "a schema has no %s here", cl.Word.Name).Hint = "between the name and the brace there may stand: open, time"
		}
	}
	var timeAt *ast.Stage
	for _, st := range b.Body {
		if len(st.Args) == 1 {
			if l, ok := st.Args[0].Value.(*ast.Literal); ok && st.Name.Name == "doc" {
				out.Doc, _ = l.Value.(string)
				continue
			}
			if n, ok := st.Args[0].Value.(*ast.Name); ok && st.Name.Name == "time" {
				if _, isType := types.Named(n.Name); !isType {
					out.Time, timeAt = n.Name, st
					continue
				}
			}
		}
		f, ok := c.field(st)
		if !ok {
			continue
		}
		if out.Find(f.Name) >= 0 {
			c.diags.Errorf("D0304", st.Name.At, "the schema has a field %s already", f.Name)
			continue
		}
		out.Fields = append(out.Fields, f)
	}
	if out.Time == "" {
		c.findTime(b, out)
	} else if i := out.Find(out.Time); i < 0 || out.Fields[i].Type.Kind != types.Timestamp {
		at := b.Name.At
		if timeAt != nil {
			at = timeAt.At
		}
		c.diags.Errorf("D0410", at, "the time field %s must be a timestamp of this schema", out.Time)
	}
	return out
}

// findTime takes the field called time, or else the only timestamp.
func (c *checker) findTime(b *ast.Block, s *types.Schema) {
	n := 0
	for _, f := range s.Fields {
		if f.Type.Kind == types.Timestamp {
			n++
			if n == 1 || f.Name == "time" {
				s.Time = f.Name
			}
		}
	}
	if n != 1 && s.Time != "time" {
		d := c.diags.Errorf("D0410", b.Name.At, "schema %s has %d timestamps: which is the time of the event?", s.Name, n)
		d.Hint = "add the line: time FIELD"
		if n == 0 {
			d.Message = "schema " + s.Name + " has no timestamp, so its events have no time"
			d.Hint = "add a field, such as: time timestamp"
		}
	}
}

func (c *checker) field(st *ast.Stage) (types.Field, bool) {
	f := types.Field{Name: st.Name.Name}
	if len(st.Args) != 1 {
		c.diags.Errorf("D0407", st.At, "a field is written: name type").Hint = "the types are " + strings.Join(types.TypeNames, ", ") + ", list(string)"
		return f, false
	}
	t, ok := fieldType(st.Args[0].Value)
	if !ok {
		at := st.Args[0].Value.Span()
		c.diags.Errorf("D0213", at, "unknown type %s", at.Text()).Hint = typeHint(st.Args[0].Value)
		return f, false
	}
	f.Type = t
	for _, cl := range st.Clauses {
		switch cl.Word.Name {
		case "from":
			for _, a := range cl.Args {
				if s, ok := c.literalText(a.Value); ok {
					f.Paths = append(f.Paths, splitPath(s))
				}
			}
		case "one_of":
			for _, a := range cl.Args {
				v, ok := c.constValue(&scope{mod: &module{}}, a.Value)
				if !ok {
					continue
				}
				f.Enum = append(f.Enum, texts(v)...)
			}
		case "doc":
			if len(cl.Args) == 1 {
				f.Doc, _ = c.literalText(cl.Args[0].Value)
			}
		case "optional":
			f.Optional = true
		case "key":
		default:
			c.diags.Errorf("D0402", cl.Word.At, "a field has no %s", cl.Word.Name).Hint = "a field may have: from, one_of, doc, optional"
		}
	}
	return f, true
}

func (c *checker) literalText(x ast.Expr) (string, bool) {
	if l, ok := x.(*ast.Literal); ok {
		if s, ok := l.Value.(string); ok {
			return s, true
		}
	}
	c.diags.Errorf("D0204", x.Span(), "this must be a text in quotes")
	return "", false
}

// splitPath splits a path at its dots; a backslash keeps the dot after it.
func splitPath(s string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '.':
			b.WriteByte('.')
			i++
		case s[i] == '.':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(s[i])
		}
	}
	return append(out, b.String())
}

// fieldType reads a type as it stands in a schema: string, or list(string).
func fieldType(x ast.Expr) (types.Type, bool) {
	switch x := x.(type) {
	case *ast.Name:
		return types.Named(x.Name)
	case *ast.Call:
		if x.Fun.Name == "list" && len(x.Args) == 1 {
			if t, ok := fieldType(x.Args[0].Value); ok && t.Kind != types.List {
				return types.ListOf(t.Kind), true
			}
		}
	}
	return types.TInvalid, false
}

// foreignTypes are what other languages call our types.
var foreignTypes = map[string]string{
	"text": "string", "str": "string", "varchar": "string", "keyword": "string", "char": "string",
	"integer": "int", "long": "int", "bigint": "int", "int64": "int", "uint64": "int", "short": "int",
	"double": "float", "decimal": "float", "real": "float", "float64": "float", "number": "int or float",
	"boolean": "bool", "flag": "bool",
	"date": "timestamp", "datetime": "timestamp", "time": "timestamp",
	"interval": "duration", "timespan": "duration",
	"address": "ip", "inet": "ip", "ipv4": "ip", "ipv6": "ip", "ip_address": "ip", "cidr": "ip",
	"strings": "list(string)", "ints": "list(int)", "ips": "list(ip)",
}

// typeHint says what a type that does not exist is called here.
func typeHint(x ast.Expr) string {
	all := "the types are " + strings.Join(types.TypeNames, ", ") + ", list(string)"
	switch x := ast.Unparen(x).(type) {
	case *ast.ListExpr:
		if len(x.Elems) == 1 {
			if t, ok := fieldType(x.Elems[0]); ok {
				return "a list is written: list(" + t.String() + ")"
			}
		}
		return "a list is written: list(string)"
	case *ast.Call:
		if name := strings.ToLower(x.Fun.Name); len(x.Args) == 1 && (name == "list" || name == "array" || name == "set") {
			if t, ok := fieldType(x.Args[0].Value); ok && t.Kind != types.List {
				return "a list is written: list(" + t.String() + ")"
			}
			return typeHint(x.Args[0].Value)
		}
	case *ast.Name:
		name := strings.ToLower(x.Name)
		if name == "list" || name == "array" || name == "set" {
			return "a list says what it holds: list(string)"
		}
		if ours := foreignTypes[name]; ours != "" {
			return "it is called " + ours + " here"
		}
		if h := hint(name, types.TypeNames); h != "" {
			return h
		}
	}
	return all
}

// table reads a table's columns and rows, from the rule file or from a CSV file.
func (c *checker) table(m *module, b *ast.Block) *op.Table {
	var fields []types.Field
	var rows [][]any
	ok := true
	for _, st := range b.Body {
		if st.Name.Name == "row" {
			r, good := c.tableRow(m, st, fields)
			ok = ok && good
			rows = append(rows, r)
			continue
		}
		f, good := c.field(st)
		ok = ok && good
		fields = append(fields, f)
	}
	var from *ast.Literal
	key := ""
	for _, cl := range b.Clauses {
		switch {
		case cl.Word.Name == "from" && len(cl.Args) == 1:
			from, _ = cl.Args[0].Value.(*ast.Literal)
		case cl.Word.Name == "key" && len(cl.Args) == 1:
			key, _ = dotted(cl.Args[0].Value)
		default:
			c.diags.Errorf("D0402", cl.Word.At, "a table has no %s here", cl.Word.Name).Hint = "write: table NAME key COLUMN from \"file.csv\" { … }"
			ok = false
		}
	}
	if len(fields) == 0 {
		c.diags.Errorf("D0410", b.Name.At, "table %s has no columns", b.Name.Name).Hint = "write a line for each: host string"
		return nil
	}
	if !ok {
		return nil
	}
	if from != nil {
		rows = c.tableFile(m, from, fields)
		if rows == nil {
			return nil
		}
	}
	at := 0
	var cols []runtime.Column
	for i, f := range fields {
		cols = append(cols, runtime.Column{Name: f.Name, Type: f.Type})
		if f.Name == key {
			at = i
		}
	}
	if key != "" && cols[at].Name != key {
		c.diags.Errorf("D0410", b.Name.At, "table %s has no column %s to be its key", b.Name.Name, key)
		return nil
	}
	return op.NewTable(b.Name.Name, cols, at, rows)
}

func (c *checker) tableRow(m *module, st *ast.Stage, fields []types.Field) ([]any, bool) {
	var vals []any
	if len(st.Args) == 1 {
		if l, ok := st.Args[0].Value.(*ast.ListExpr); ok {
			for _, e := range l.Elems {
				v, ok := c.constValue(&scope{mod: m}, e)
				if !ok {
					return nil, false
				}
				vals = append(vals, v)
			}
		}
	}
	if len(vals) != len(fields) {
		c.diags.Errorf("D0804", st.At, "a row has a value for each of the %s: row [a, b]", count(len(fields), "column"))
		return nil, false
	}
	for i, f := range fields {
		v, err := readAs(vals[i], f.Type.Kind)
		if n, isInt := v.(int64); isInt && f.Type.Kind == types.Float {
			v = float64(n)
		}
		if err == nil && !types.Accepts(f.Type, valueType(v)) {
			err = fmt.Errorf("%s is %s, but this is %s", f.Name, f.Type, valueType(v))
		}
		if err != nil {
			c.diags.Errorf("D0804", st.Args[0].Value.(*ast.ListExpr).Elems[i].Span(), "%s", err)
			return nil, false
		}
		vals[i] = v
	}
	return vals, true
}
