package eval

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	xast "github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	xtypes "github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"github.com/detlang/det/lang/types"
)

// Title is a text with holes that are filled once an alert. A hole is an
// expression of expr-lang over the alert's names between braces:
//
//	{failed} failed logins of {upper(login_id)}, usually {round(usual.mean)}
//
// Two braces are one: {{ and }}. Titles run once an alert, never once an event, so
// the convenience of a general language costs nothing.
type Title struct {
	parts []titlePart
}

// titlePart is a piece of text, or a hole if program is set; then text is what was
// written, braces included.
type titlePart struct {
	text    string
	program *vm.Program
}

// titleFunctions are the functions that a hole may call: those whose result is no
// longer than their arguments, and that know neither the clock nor the machine.
var titleFunctions = []string{
	"abs", "ceil", "first", "float", "floor", "hasPrefix", "hasSuffix", "indexOf", "int", "join", "last", "len",
	"lower", "max", "min", "round", "string", "trim", "trimPrefix", "trimSuffix", "upper",
}

// growth looks for what could make a short hole run long or fill the memory: loops,
// ranges, and names for values, with which a text doubles at every step.
type growth struct{ found string }

// Visit notes the node if it is one of those.
func (g *growth) Visit(n *xast.Node) {
	switch x := (*n).(type) {
	case *xast.PredicateNode:
		g.found = "a loop"
	case *xast.VariableDeclaratorNode:
		g.found = "let"
	case *xast.BinaryNode:
		if x.Operator == ".." {
			g.found = "a range"
		}
	}
}

// CompileTitle prepares a title whose holes may use the names given, with their
// types. A name with dots (usual.mean) is written so. Errors are for the author.
func CompileTitle(text string, names map[string]types.Type) (*Title, error) {
	options := []expr.Option{expr.DisableAllBuiltins(), expr.MaxNodes(200), expr.Env(titleEnv(names))}
	for _, f := range titleFunctions {
		options = append(options, expr.EnableBuiltin(f))
	}
	t := &Title{}
	for text != "" {
		i := strings.IndexAny(text, "{}")
		switch {
		case i < 0:
			t.add(text)
			return t, nil
		case i+1 < len(text) && text[i+1] == text[i]: // a brace for itself
			t.add(text[:i+1])
			text = text[i+2:]
			continue
		case text[i] == '}':
			return nil, errors.New("the title has a } without a {: write }} for a brace")
		}
		t.add(text[:i])
		hole, rest, ok := cutHole(text[i+1:])
		if !ok {
			return nil, errors.New("the title has a { without a }: write {{ for a brace")
		}
		var g growth
		program, err := expr.Compile(hole, append(options, expr.Patch(&g))...)
		switch {
		case g.found != "":
			return nil, fmt.Errorf("the title's {%s}: %s is not allowed here", hole, g.found)
		case err != nil:
			return nil, holeError(hole, err, names)
		}
		t.parts = append(t.parts, titlePart{"{" + hole + "}", program})
		text = rest
	}
	return t, nil
}

// add appends plain text.
func (t *Title) add(text string) {
	n := len(t.parts)
	switch {
	case text == "":
	case n > 0 && t.parts[n-1].program == nil:
		t.parts[n-1].text += text
	default:
		t.parts = append(t.parts, titlePart{text: text})
	}
}

// cutHole cuts text after the brace that closes the hole it begins with; braces in
// the hole's strings and maps are its own.
func cutHole(text string) (hole, rest string, ok bool) {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth > 0:
			depth--
		case c == '}':
			return text[:i], text[i+1:], true
		}
	}
	return "", "", false
}

// holeError says what is wrong with a hole in one line.
func holeError(hole string, err error, names map[string]types.Type) error {
	message := err.Error()
	if told := (*file.Error)(nil); errors.As(err, &told) {
		message = told.Message
	}
	if strings.HasPrefix(message, "unknown name") {
		message += "; there are " + strings.Join(slices.Sorted(maps.Keys(names)), ", ")
	}
	return fmt.Errorf("the title's {%s}: %s", hole, message)
}

// titleEnv is the type of the names that a hole may use.
func titleEnv(names map[string]types.Type) xtypes.Map {
	env := xtypes.Map{}
	for name, t := range names {
		at := env
		path := strings.Split(name, ".")
		for _, step := range path[:len(path)-1] {
			inner, ok := at[step].(xtypes.Map)
			if !ok {
				inner = xtypes.Map{}
				at[step] = inner
			}
			at = inner
		}
		if last := path[len(path)-1]; at[last] == nil {
			at[last] = titleType(t.Kind)
		}
	}
	return env
}

// titleType is a kind as expr-lang has it. An ip comes as its text.
func titleType(k types.Kind) xtypes.Type {
	switch k {
	case types.Bool:
		return xtypes.Bool
	case types.Int:
		return xtypes.Int64
	case types.Float:
		return xtypes.Float64
	case types.String, types.IP:
		return xtypes.String
	case types.Timestamp:
		return xtypes.TypeOf(time.Time{})
	case types.Duration:
		return xtypes.TypeOf(time.Duration(0))
	}
	return xtypes.Any
}

// Dynamic reports whether the title has holes.
func (t *Title) Dynamic() bool {
	return slices.ContainsFunc(t.parts, func(p titlePart) bool { return p.program != nil })
}

// Render fills the holes from the alert's values: bool, int64, float64, string,
// time.Time, time.Duration, []any, nil where missing. A hole that cannot be
// computed stays as it was written.
func (t *Title) Render(env map[string]any) string {
	if !t.Dynamic() {
		if len(t.parts) == 0 {
			return ""
		}
		return t.parts[0].text // all of it: what is plain in a row is one part
	}
	nested := Nest(env)
	var b strings.Builder
	for _, p := range t.parts {
		if p.program == nil {
			b.WriteString(p.text)
			continue
		}
		x, err := expr.Run(p.program, nested)
		if err != nil {
			b.WriteString(p.text)
			continue
		}
		b.WriteString(titleText(x))
	}
	return b.String()
}

// Nest turns names with dots into maps of maps.
func Nest(env map[string]any) map[string]any {
	out := make(map[string]any, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) { // a name comes before those below it
		at := out
		path := strings.Split(name, ".")
		for _, step := range path[:len(path)-1] {
			inner, ok := at[step].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[step] = inner
			}
			at = inner
		}
		at[path[len(path)-1]] = env[name]
	}
	return out
}

// titleText is a value as people read it: floats to two digits after the point,
// durations and times as the language writes them.
func titleText(x any) string {
	switch x := x.(type) {
	case nil:
		return "missing"
	case string:
		return x
	case float64:
		return titleNumber(x)
	case time.Duration:
		return types.FormatDuration(x)
	case time.Time:
		return x.UTC().Format(time.RFC3339)
	}
	if v := reflect.ValueOf(x); v.Kind() == reflect.Slice {
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = titleText(v.Index(i).Interface())
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(x)
}

func titleNumber(f float64) string {
	if size := math.Abs(f); f != 0 && (size < 0.1 || size >= 1e15) {
		return strconv.FormatFloat(f, 'g', 2, 64)
	}
	return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
}
