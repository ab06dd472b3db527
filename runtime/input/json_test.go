package input

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/lang/types"
)

func TestJSONRecords(t *testing.T) {
	const both = ""
	tests := []struct {
		name, format, text string
		req                Request
		rows, rejects      string
	}{
		{"lines", both, "{\"a\":1}\n{\"a\":2}\n", request("a int"), "[[1] [2]]", "[]"},
		{"no newline at the end", both, `{"a":1}`, request("a int"), "[[1]]", "[]"},
		{"CRLF and blank lines", both, "{\"a\":1}\r\n\r\n \n{\"a\":2}\r\n", request("a int"), "[[1] [2]]", "[]"},
		{"one line", both, `{"a":1}{"a":2} {"a":3}`, request("a int"), "[[1] [2] [3]]", "[]"},
		{"many lines each", both, "{\n  \"a\": 1,\n  \"b\": {\n  }\n}\n{\n  \"a\": 2\n}\n", request("a int"), "[[1] [2]]", "[]"},
		{"spaces that differ", both, "{\"a\":1,\"b\":2}\n{\"a\": 1 , \"b\" :2 }\n{ \"a\" :1,\"b\":  2}\n{\"a\":1,\"b\":2}", request("a int", "b int"), "[[1 2] [1 2] [1 2] [1 2]]", "[]"},
		{"byte order mark", both, "\xEF\xBB\xBF{\"a\":1}\n", request("a int"), "[[1]]", "[]"},
		{"empty", both, "", request("a int"), "[]", "[]"},
		{"spaces", both, " \n\n", request("a int"), "[]", "[]"},
		{"no columns", both, "{}\n{}", request(), "[[] []]", "[]"},

		{"absent, null, empty", both, `{"b":1}{"a":null}{"a":""}`, request("a string"), "[[<nil>] [<nil>] []]", "[]"},
		{"empty text is no number", both, `{"a":""}`, request("a int"), "[[<nil>]]", "[]"},
		{"escapes", both, `{"a":"x\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00"}`, request("a string"), "[[x\"\\/\b\f\n\r\tAé😀]]", "[]"},
		{"lone surrogates", both, `{"a":"\ud800x"}{"a":"\udc00\ud800"}{"a":"\ud800\u0041"}`, request("a string"), "[[\uFFFDx] [\uFFFD\uFFFD] [\uFFFDA]]", "[0:1 bad_utf8 a 1:1 bad_utf8 a 2:1 bad_utf8 a]"},
		{"escaped replacement character", both, `{"a":"\ufffd\\\\\\\\\\"}`, request("a string"), `[[` + "\uFFFD" + `\\\\\]]`, "[]"},
		{"not UTF-8", both, "{\"a\":\"x\xFFy\xC3\"}\n{\"a\":\"\xE9t\xC3\xA9\"}", request("a string"), "[[x\uFFFDy\uFFFD] [\uFFFDté]]", "[0:1 bad_utf8 a 1:2 bad_utf8 a]"},
		{"escaped NUL", both, `{"a":"x\u0000y"}`, request("a string"), "[[x\x00y]]", "[]"},
		{"raw NUL", both, "{\"a\":\"x\x00y\"}\n{\"a\":\"z\"}", request("a string"), "[[z]]", "[0:1 malformed]"},
		{"escaped field name", both, `{"\u0061":"x","b\n":"y"}`, request("a string"), "[[x]]", "[]"},
		{"field that repeats", both, `{"a":1,"b":0,"a":2}{"a":1,"a":null}`, request("a int"), "[[2] [<nil>]]", "[]"},
		{"object that repeats", both, `{"a":{"b":1},"a":{"c":2}}`, request("b int a.b", "c int a.c"), "[[<nil> 2]]", "[]"},

		{"path", both, `{"a":{"x":0,"b":{"c":7}}}`, request("v int a.b.c"), "[[7]]", "[]"},
		{"dotted name", both, `{"a.b":1}{"a":{"b":2}}{"a.b":3,"a":{"b":4}}{"a":{"b":5},"a.b":6}`, request("a.b int"), "[[1] [2] [3] [6]]", "[]"},
		{"several paths", both, `{"x":1}{"y":2}{"y":3,"x":4}{"y":5,"x":null}`, request("v int x|y"), "[[1] [2] [4] [5]]", "[]"},
		{"path through a scalar", both, `{"a":5}{"a":"b"}{"a":[1,2]}`, request("v int a.b"), "[[<nil>] [<nil>] [<nil>]]", "[]"},
		{"first of an array of objects", both, `{"a":[{"x":1},{"b":2},{"b":3}]}`, request("v int a.b"), "[[2]]", "[]"},
		{"all of an array of objects", both, `{"a":[{"b":1},{"b":[2,3]},{"c":0},{"b":null},[{"b":4}]]}{"a":[]}{"a":{"b":[]}}{"b":1}`, request("v int[] a.b"), "[[[1 2 3 4]] [<nil>] [[]] [<nil>]]", "[]"},
		{"pairs of name and value", both, `{"d":[{"Name":"x y","Value":1},{"Name":"n"},{"Name":"n","Value":{"m":"z"}}]}{"d":[{"Value":3,"k":[],"Name":"x\u0020y"},{"@Name":"n","#text":4}]}{"d":[{"Name":7,"Value":1},{"Name":"x y","value":1},{}]}`, Request{Columns: []Column{{Name: "a", Type: types.TInt, Paths: [][]string{{"d", "x y"}}}, {Name: "b", Type: types.TString, Paths: [][]string{{"d", "n", "m"}, {"d", "n"}}}}, Time: -1}, "[[1 z] [3 4] [<nil> <nil>]]", "[]"},
		{"fields before pairs", both, `{"d":[{"Name":"Value","Value":1}]}{"d":{"Name":"k","Value":1}}`, request("n string d.Name", "v string d.Value", "k string d.k"), "[[Value 1 <nil>] [k 1 <nil>]]", "[]"},
		{"list", both, `{"a":[1,null,"3"]}{"a":[]}{"a":9}{"a":null}`, request("a int[]"), "[[[1 <nil> 3]] [[]] [[9]] [<nil>]]", "[]"},
		{"list with an element that does not fit", both, `{"a":[1,"x",[2]]}`, request("a int[]"), "[[[1 <nil> <nil>]]]", "[0:1 bad_value a]"},
		{"list that repeats", both, `{"a":[1,2],"a":[3]}{"a":[{"b":1},{"b":2,"b":3}]}`, request("a int[]", "v int[] a.b"), "[[[3] <nil>] [[<nil> <nil>] [1 3]]]", "[1:1 bad_value a]"},
		{"nested as text", both, `{"a": {"x" : [1, "a b\" c"]}}{"a":[ ]}{"a":[1, {"b": 2}]}`, request("a string", "b int a.b"), `[[{"x":[1,"a b\" c"]} <nil>] [[] <nil>] [[1,{"b":2}] 2]]`, "[]"},
		{"objects in a list of text", both, `{"a":[{"x": 1}, "y", [2, 3]]}`, request("a string[]"), `[[[{"x":1} y [2,3]]]]`, "[]"},

		{"numbers as text", both, `{"a":1.50}{"a":-0e+7}{"a":true}{"a":false}`, request("a string"), "[[1.50] [-0e+7] [true] [false]]", "[]"},
		{"large integers", both, `{"a":9007199254740993}{"a":9223372036854775807}{"a":-9223372036854775808}{"a":9223372036854775808}`, request("a int"), "[[9007199254740993] [9223372036854775807] [-9223372036854775808] [<nil>]]", "[3:1 bad_value a]"},

		{"broken line", both, "{\"a\":1}\n{\"a\":}\n{\"a\":3}\n", request("a int"), "[[1] [3]]", "[1:2 malformed]"},
		{"cut line", both, "{\"a\":1}\n{\"a\":2,\n{\"a\":3}\n", request("a int"), "[[1] [3]]", "[1:2 malformed]"},
		{"cut line that swallows others", both, "{\"a\":[0,\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n", request("a int"), "[[2] [3] [4]]", "[0:1 malformed]"},
		{"cut in a string", both, "{\"a\":\"x\n{\"a\":\"y\"}\n", request("a string"), "[[y]]", "[0:1 malformed]"},
		{"cut at the end", both, "{\"a\":1}\n{\"a\":2", request("a int"), "[[1]]", "[1:2 malformed]"},
		{"broken over many lines", both, "{\n \"a\": x,\n \"b\": 1\n}\n{\"a\":2}\n", request("a int"), "[[2]]", "[0:1 malformed]"},
		{"text between records", both, "hello\n{\"a\":1}\nworld\n", request("a int"), "[[1]]", "[0:1 malformed 2:3 malformed]"},
		{"text behind a record", both, "{\"a\":1} x\n{\"a\":2}\n", request("a int"), "[[1] [2]]", "[1:1 malformed]"},
		{"scalars", both, "1\n\"x\"\nnull\n{}\n", request("a int"), "[[<nil>]]", "[0:1 malformed 1:2 malformed 2:3 malformed]"},
		{"unwanted parts are checked", both, "{\"b\":[1,]}\n{\"b\":{\"c\":01}}\n{\"b\":\"\\x\"}\n{\"b\":{\"c\":\"\t\"}}\n{\"b\":nul}\n{}\n", request("a int"), "[[<nil>]]", "[0:1 malformed 1:2 malformed 2:3 malformed 3:4 malformed 4:5 malformed]"},

		{"array under ndjson", "ndjson", "[{\"a\":1}]\n{\"a\":2}\n", request("a int"), "[[2]]", "[0:1 malformed]"},
		{"array", "json", "[{\"a\":1},\n{\"a\":2}]", request("a int"), "[[1] [2]]", "[]"},
		{"empty array", "json", " [ ] ", request("a int"), "[]", "[]"},
		{"array a line", "json", "[{\"a\":1}]\n[{\"a\":2}]\n{\"a\":3}\n", request("a int"), "[[1] [2] [3]]", "[]"},
		{"array with other elements", "json", `[{"a":1},2,[{"a":3}],{"a":4}]`, request("a int"), "[[1] [4]]", "[1:1 malformed 2:1 malformed]"},
		{"array with a broken element", "json", "[{\"a\":1},\n{\"a\":tru,\"b\":[\"]\"]},\n{\"a\":3}]", request("a int"), "[[1] [3]]", "[1:2 malformed]"},
		{"array that is not closed", "json", `[{"a":1},{"a":2}`, request("a int"), "[[1] [2]]", "[2:1 malformed]"},
		{"array with a trailing comma", "json", `[{"a":1},]`, request("a int"), "[[1]]", "[1:1 malformed]"},
		{"two arrays on a line", "json", `[][]`, request("a int"), "[]", "[0:1 malformed]"},
	}
	for _, tt := range tests {
		for _, format := range []string{"ndjson", "json"} {
			if tt.format != both && tt.format != format {
				continue
			}
			t.Run(tt.name+"/"+format, func(t *testing.T) {
				for _, batch := range []int{0, 1, 2} {
					req := tt.req
					req.BatchRows = batch
					got := readText(t, format, tt.text, req)
					if d := cmp.Diff(tt.rows, fmt.Sprint(got.rows)); d != "" {
						t.Errorf("rows (-want +got)\n%s", d)
					}
					if d := cmp.Diff(tt.rejects, fmt.Sprint(got.rejects)); d != "" {
						t.Errorf("rejects (-want +got)\n%s", d)
					}
				}
			})
		}
	}
}
