package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/detlang/det"
)

// shape is what a value of the layer format may be.
type shape func(at string, v any) []string

// property is one of an object: its name, whether it must be there, and its shape.
type property struct {
	name     string
	required bool
	shape    shape
}

// layerShape is version 4.5 of the layer format, as its description has it
// (mitre-attack/attack-navigator, layers/spec/v4.5/layerformat.md).
func layerShape() shape {
	metadata := listOf(objectOf(property{"name", true, aText()}, property{"value", true, aText()}))
	return objectOf(
		property{"name", true, aText()},
		property{"versions", false, objectOf(
			property{"attack", false, matching(`^\d+(\.\d+)?$`)},
			property{"navigator", true, atLeast(4, 9, 0)},
			property{"layer", true, oneOf("4.5")},
		)},
		property{"domain", true, oneOf("enterprise-attack", "mobile-attack", "ics-attack")},
		property{"description", false, aText()},
		property{"sorting", false, numberIn(0, 3)},
		property{"layout", false, objectOf(
			property{"layout", false, oneOf("side", "flat", "mini")},
			property{"showID", false, aBool()},
			property{"showName", false, aBool()},
			property{"showAggregateScores", false, aBool()},
			property{"countUnscored", false, aBool()},
			property{"aggregateFunction", false, oneOf("average", "min", "max", "sum")},
			property{"expandedSubtechniques", false, oneOf("none", "all", "annotated")},
		)},
		property{"hideDisabled", false, aBool()},
		property{"techniques", false, listOf(objectOf(
			property{"techniqueID", true, matching(`^T\d{4}(\.\d{3})?$`)},
			property{"tactic", false, aText()},
			property{"comment", false, aText()},
			property{"enabled", false, aBool()},
			property{"score", false, numberIn(0, 1e9)},
			property{"color", false, matching(`^(|#[0-9a-fA-F]{6,8})$`)},
			property{"metadata", false, metadata},
			property{"showSubtechniques", false, aBool()},
		))},
		property{"gradient", false, aGradient()},
		property{"legendItems", false, listOf(objectOf(property{"label", true, aText()}, property{"color", true, aText()}))},
		property{"metadata", false, metadata},
	)
}

// objectOf has some properties and no others.
func objectOf(properties ...property) shape {
	return func(at string, v any) []string {
		m, ok := v.(map[string]any)
		if !ok {
			return []string{at + " is no object"}
		}
		var wrong []string
		for _, p := range properties {
			if x, ok := m[p.name]; ok {
				wrong = append(wrong, p.shape(at+"."+p.name, x)...)
			} else if p.required {
				wrong = append(wrong, at+" has no "+p.name)
			}
		}
		for name := range m {
			if !slices.ContainsFunc(properties, func(p property) bool { return p.name == name }) {
				wrong = append(wrong, at+" has a "+name+", which the format does not know")
			}
		}
		return wrong
	}
}

func listOf(of shape) shape {
	return func(at string, v any) []string {
		l, ok := v.([]any)
		if !ok {
			return []string{at + " is no list"}
		}
		var wrong []string
		for i, x := range l {
			wrong = append(wrong, of(fmt.Sprintf("%s[%d]", at, i), x)...)
		}
		return wrong
	}
}

func aText() shape { return matching("") }

func matching(pattern string) shape {
	re := regexp.MustCompile(pattern)
	return func(at string, v any) []string {
		if s, ok := v.(string); !ok || !re.MatchString(s) {
			return []string{fmt.Sprintf("%s is %v", at, v)}
		}
		return nil
	}
}

func oneOf(values ...string) shape {
	return matching("^(" + strings.ReplaceAll(strings.Join(values, "|"), ".", `\.`) + ")$")
}

func aBool() shape {
	return func(at string, v any) []string {
		if _, ok := v.(bool); !ok {
			return []string{fmt.Sprintf("%s is %v", at, v)}
		}
		return nil
	}
}

func numberIn(low, high float64) shape {
	return func(at string, v any) []string {
		if n, ok := v.(float64); !ok || n < low || n > high {
			return []string{fmt.Sprintf("%s is %v", at, v)}
		}
		return nil
	}
}

// atLeast is a version of three numbers.
func atLeast(least ...int) shape {
	return func(at string, v any) []string {
		s, _ := v.(string)
		var have []int
		for _, part := range strings.Split(s, ".") {
			n, err := strconv.Atoi(part)
			if err != nil {
				return []string{fmt.Sprintf("%s is %v", at, v)}
			}
			have = append(have, n)
		}
		if len(have) != len(least) || slices.Compare(have, least) < 0 {
			return []string{fmt.Sprintf("%s is %s, less than %v", at, s, least)}
		}
		return nil
	}
}

// aGradient has at least two colours, for values from a smaller to a greater one.
func aGradient() shape {
	form := objectOf(
		property{"colors", true, listOf(matching(`^#[0-9a-fA-F]{6,8}$`))},
		property{"minValue", true, numberIn(-1e9, 1e9)},
		property{"maxValue", true, numberIn(-1e9, 1e9)},
	)
	return func(at string, v any) []string {
		wrong := form(at, v)
		m, _ := v.(map[string]any)
		colors, _ := m["colors"].([]any)
		low, _ := m["minValue"].(float64)
		high, _ := m["maxValue"].(float64)
		if len(colors) < 2 || low >= high {
			wrong = append(wrong, fmt.Sprintf("%s has %d colours for %v to %v", at, len(colors), low, high))
		}
		return wrong
	}
}

// layers are the layers of some rule sets, as they are printed.
func layers(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, rules := range map[string][]det.RuleInfo{
		"nothing": {},
		"one":     {{Name: "a", Attack: []string{"T1110.001"}}},
		"many":    {{Name: "a", Attack: []string{"T1110.001", "T1059", "TA0006"}}, {Name: "b", Attack: []string{"T1110", "T1059.001"}}, {Name: "c", Attack: []string{"T9999"}}},
	} {
		data, err := json.Marshal(newTechniqueCoverage(rules).layer())
		if err != nil {
			t.Fatal(err)
		}
		out[name] = data
	}
	return out
}

// TestNavigatorLayer holds layers against the description of their format.
func TestNavigatorLayer(t *testing.T) {
	for name, data := range layers(t) {
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		if wrong := layerShape()(name, v); len(wrong) > 0 {
			t.Errorf("%s\n%s", strings.Join(wrong, "\n"), data)
		}
	}
	for _, broken := range []string{
		`{"domain":"enterprise-attack"}`,
		`{"name":"x","domain":"enterprise"}`,
		`{"name":"x","domain":"ics-attack","versions":{"layer":"4.4","navigator":"5.1.0"}}`,
		`{"name":"x","domain":"ics-attack","techniques":[{"techniqueID":"1110"}]}`,
		`{"name":"x","domain":"ics-attack","gradient":{"colors":["#ffffff","#000000"],"minValue":1,"maxValue":1}}`,
		`{"name":"x","domain":"ics-attack","colour":"red"}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(broken), &v); err != nil {
			t.Fatal(err)
		}
		if len(layerShape()("layer", v)) == 0 {
			t.Errorf("%s goes unnoticed", broken)
		}
	}
}

// readLayers reads layers with the library of MITRE, which refuses what has another
// form, and prints the scores that it finds.
const readLayers = `
import sys
from mitreattack.navlayers import Layer
for name in sys.argv[1:]:
    layer = Layer(strict=True)
    layer.from_file(name)
    d = layer.to_dict()
    if d is None:
        sys.exit(name + " is no layer")
    print(d["domain"], *sorted("%s=%d" % (t["techniqueID"], t["score"]) for t in d.get("techniques", [])))
`

// TestNavigatorPeer has MITRE's own library read the layers.
func TestNavigatorPeer(t *testing.T) {
	if exec.Command("python3", "-c", "import mitreattack.navlayers").Run() != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("python3 has no mitreattack-python")
		}
		t.Skip("python3 has no mitreattack-python")
	}
	args, want := []string{"-c", readLayers}, []string{}
	all := layers(t)
	for _, x := range []struct{ name, want string }{
		{"nothing", "enterprise-attack"},
		{"one", "enterprise-attack T1110.001=1 T1110=1"},
		{"many", "enterprise-attack T1059.001=1 T1059=2 T1110.001=1 T1110=2"},
	} {
		name := filepath.Join(t.TempDir(), x.name+".json")
		if err := os.WriteFile(name, all[x.name], 0o644); err != nil {
			t.Fatal(err)
		}
		args, want = append(args, name), append(want, x.want)
	}
	out, err := exec.Command("python3", args...).CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != strings.Join(want, "\n") {
		t.Errorf("%v\n%s\nnot\n%s", err, got, strings.Join(want, "\n"))
	}
}
