package stdlib

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

func jsonFuncs() []Func {
	return []Func{{
		Name: "json_extract",
		Doc: "The value at a path of a JSON text, as text: a string without its quotes, a number as written, an object or a list as JSON. Missing where the text is not JSON, the path leads nowhere, or null is there.\n\n" +
			"A path is keys and places: user.roles[0]. A key with dots stands in brackets and quotes: tags[\"app.name\"]. Of equal keys in one object the first counts.",
		Sig: takes(types.TString, text("s"), fixed(text("path"))), Bind: jsonExtract, Cost: 1000,
		Examples: examples(`json_extract("{\"user\": {\"roles\": [\"admin\", \"dev\"]}}", "user.roles[1]")`, `"dev"`, `json_extract("{\"n\": 9007199254740993}", "n")`, `"9007199254740993"`,
			`json_extract("{\"a.b\": true}", "[\"a.b\"]")`, `"true"`, `json_extract("{\"a\": {\"é\": [1,2]}}", "a")`, `"{\"é\":[1,2]}"`, `json_extract("{\"a\": null}", "a")`, `null`, `json_extract("{\"a\": 1", "a")`, `null`, `json_extract("", "a")`, `null`),
	}}
}

// step is a key of an object or, if it has none, a place in a list.
type step struct {
	key   string
	place int
	keyed bool
}

// parsePath reads a path: key {"." key | "[" number "]" | "[" quoted "]"}.
func parsePath(path string) ([]step, error) {
	rest := strings.TrimPrefix(path, "$")
	var steps []step
	for rest != "" {
		if in, ok := strings.CutPrefix(rest, "["); ok {
			if quoted, err := strconv.QuotedPrefix(in); err == nil {
				key, _ := strconv.Unquote(quoted)
				steps = append(steps, step{key: key, keyed: true})
				in = in[len(quoted):]
			} else {
				end := max(strings.IndexByte(in, ']'), 0)
				place, err := strconv.ParseUint(in[:end], 10, 31)
				if err != nil {
					return nil, fmt.Errorf("in the path %q, a place in brackets is a number from 0, or a key in double quotes", path)
				}
				steps = append(steps, step{place: int(place)})
				in = in[end:]
			}
			if rest, ok = strings.CutPrefix(in, "]"); !ok {
				return nil, fmt.Errorf("in the path %q, a [ is not closed", path)
			}
			continue
		}
		rest = strings.TrimPrefix(rest, ".")
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		if end == 0 {
			return nil, fmt.Errorf("in the path %q, a key is empty", path)
		}
		steps = append(steps, step{key: rest[:end], keyed: true})
		rest = rest[end:]
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("the path is empty: write the keys, such as user.name")
	}
	return steps, nil
}

func jsonExtract(consts []any) (vec.Kernel, error) {
	path, _ := consts[1].(string)
	steps, err := parsePath(path)
	if err != nil {
		return nil, err
	}
	var parser fastjson.Parser
	return vec.TextMap(capped(func(s string) (string, bool) {
		if !json.Valid([]byte(s)) { // the parser alone lets some errors through
			return "", false
		}
		v, err := parser.Parse(s)
		if err != nil {
			return "", false
		}
		for _, st := range steps {
			if v = st.take(v); v == nil {
				return "", false
			}
		}
		switch v.Type() {
		case fastjson.TypeNull:
			return "", false
		case fastjson.TypeString:
			b, err := v.StringBytes()
			return string(b), err == nil
		}
		return string(v.MarshalTo(nil)), true
	})), nil
}

// take is the value at one step, nil if there is none.
func (st step) take(v *fastjson.Value) *fastjson.Value {
	if st.keyed {
		if v.Type() != fastjson.TypeObject {
			return nil
		}
		return v.Get(st.key)
	}
	if list := v.GetArray(); st.place < len(list) {
		return list[st.place]
	}
	return nil
}
