package stdlib

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/detlang/det/lang"
	"github.com/detlang/det/lang/ast"
	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// value is a constant of the language with its type.
type value struct {
	x any
	t types.Type
}

// parse reads an expression.
func parse(t *testing.T, expr string) ast.Expr {
	t.Helper()
	var diags diag.List
	file := lang.Parse(source.New("example.det", "const x = "+expr+"\n"), &diags)
	for _, d := range diags.All {
		t.Fatalf("%s: %s", expr, d.Message)
	}
	return file.Decls[0].(*ast.Const).Value
}

// evaluate computes an expression of constants: calls by their kernels over one
// row, and the few operators that examples use.
func evaluate(expr ast.Expr, funcs map[string]*Func) (value, error) {
	switch e := ast.Unparen(expr).(type) {
	case *ast.Literal:
		return value{e.Value, typeOf(e.Value)}, nil
	case *ast.ListExpr:
		list, t := []any{}, types.ListOf(types.Null)
		for _, el := range e.Elems {
			v, err := evaluate(el, funcs)
			if err != nil {
				return value{}, err
			}
			list, t.Elem = append(list, v.x), v.t.Kind
		}
		return value{list, t}, nil
	case *ast.Unary:
		v, err := evaluate(e.X, funcs)
		switch x := v.x.(type) {
		case int64:
			return value{-x, v.t}, err
		case float64:
			return value{-x, v.t}, err
		case time.Duration:
			return value{-x, v.t}, err
		}
		return value{}, fmt.Errorf("cannot negate %v", v.x)
	case *ast.Binary:
		return evaluateBinary(e, funcs)
	case *ast.Call:
		f := funcs[e.Fun.Name]
		if f == nil {
			return value{}, fmt.Errorf("no function %s", e.Fun.Name)
		}
		var args []value
		for _, a := range e.Args {
			v, err := evaluate(a.Value, funcs)
			if err != nil {
				return value{}, err
			}
			args = append(args, v)
		}
		return call(f, args)
	}
	return value{}, fmt.Errorf("unexpected %T", expr)
}

func evaluateBinary(e *ast.Binary, funcs map[string]*Func) (value, error) {
	x, err := evaluate(e.X, funcs)
	if err != nil {
		return value{}, err
	}
	y, err := evaluate(e.Y, funcs)
	if err != nil {
		return value{}, err
	}
	switch e.Op {
	case "==":
		return value{x.x == y.x, types.TBool}, nil
	case "<":
		return value{x.x.(int64) < y.x.(int64), types.TBool}, nil
	case "-":
		return value{x.x.(int64) - y.x.(int64), types.TInt}, nil
	}
	return value{}, fmt.Errorf("unexpected operator %s", e.Op)
}

func typeOf(x any) types.Type {
	switch x.(type) {
	case bool:
		return types.TBool
	case int64:
		return types.TInt
	case float64:
		return types.TFloat
	case string:
		return types.TString
	case time.Duration:
		return types.TDuration
	case time.Time:
		return types.TTimestamp
	case netip.Addr:
		return types.TIP
	case netip.Prefix:
		return types.TNetwork
	case nil:
		return types.TNull
	}
	return types.TInvalid
}

// call checks the arguments against the signature and runs the kernel over one
// row.
func call(f *Func, args []value) (value, error) {
	var consts []any
	var columns []*vec.Vec
	var ts []types.Type
	for i, a := range args {
		p := f.Sig.Params[min(i, len(f.Sig.Params)-1)]
		if i >= len(f.Sig.Params) && !p.Variadic {
			return value{}, fmt.Errorf("%s takes %d arguments", f.Name, len(f.Sig.Params))
		}
		if !types.Accepts(p.Type, a.t) {
			return value{}, fmt.Errorf("%s: %s cannot be %s", f.Name, p.Name, a.t)
		}
		consts, columns, ts = append(consts, a.x), append(columns, column(a.t, a.x)), append(ts, a.t)
	}
	if n := len(args); n < len(f.Sig.Params) && !f.Sig.Params[n].Optional {
		return value{}, fmt.Errorf("%s needs %s", f.Name, f.Sig.Params[n].Name)
	}
	t := f.Sig.Fixed
	if f.Sig.Result != nil {
		t = f.Sig.Result(ts)
	}
	kernel, err := f.Bind(consts)
	if err != nil {
		return value{}, err
	}
	out := kernel(columns, 1, nil)
	if out.Kind != types.Null && t.Kind != types.Null && out.Kind != t.Kind {
		return value{}, fmt.Errorf("%s gives %s instead of %s", f.Name, out.Kind, t)
	}
	return value{constantOf(out.Kind, out.Value(0)), t}, nil
}

// column is a column of one kind from constants; a network has no column.
func column(t types.Type, xs ...any) *vec.Vec {
	if t.Kind == types.Network || t.Kind == types.Null {
		return vec.Nulls(len(xs))
	}
	rows := make([]any, len(xs))
	for i, x := range xs {
		switch x := x.(type) {
		case time.Time:
			rows[i] = x.UnixMicro()
		case time.Duration:
			rows[i] = x.Microseconds()
		default:
			rows[i] = x
		}
	}
	v := vec.Of(t.Kind, rows...)
	if t.Kind == types.List && v.Child.Kind != t.Elem { // nothing present in it tells its kind
		v.Child = vec.Of(t.Elem, make([]any, v.Child.N)...)
	}
	return v
}

// constantOf is what a column of a kind has in a row, as the language has
// constants.
func constantOf(k types.Kind, x any) any {
	us, ok := x.(int64)
	switch {
	case ok && k == types.Timestamp:
		return time.UnixMicro(us).UTC()
	case ok && k == types.Duration:
		return time.Duration(us) * time.Microsecond
	}
	return x
}
