package det_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det"
	"github.com/detlang/det/lang/diag"
)

// referenceScript asks pySigma, the reference implementation, what rules mean: it
// parses them, applies the modifiers and resolves the condition; what is left are
// comparisons of one field with one value, which the script evaluates in two-valued
// logic. It reads {"rules": [YAML], "events": [object]} and writes, for each rule,
// the numbers of the events that it matches, or a text if pySigma refuses it.
const referenceScript = `
import sys, json, re, ipaddress
from sigma.rule import SigmaRule
from sigma.conditions import *
from sigma.types import *

def text(v):
    if isinstance(v, bool): return "true" if v else "false"
    return str(v)

def string(v, s, inside=False):
    out = ""
    for p in v.s:
        if isinstance(p, str): out += re.escape(p)
        elif p == SpecialChars.WILDCARD_MULTI: out += ".*"
        else: out += "."
    flags = re.S if isinstance(v, SigmaCasedString) else re.S | re.I
    return (re.search if inside else re.fullmatch)(out, s, flags) is not None

def number(s):
    try: return float(s)
    except ValueError: return None

def one(v, s, event):
    if isinstance(v, SigmaExpansion): return any(one(x, s, event) for x in v.values)
    if isinstance(v, SigmaExists): return (s is not None) == v.exists
    if isinstance(v, SigmaNull): return s is None
    if s is None: return False
    if isinstance(v, SigmaString): return string(v, s)
    if isinstance(v, SigmaNumber): return s == str(v.number)
    if isinstance(v, SigmaBool): return s == ("true" if v.boolean else "false")
    if isinstance(v, SigmaRegularExpression):
        f = 0
        for x in v.flags:
            f |= {SigmaRegularExpressionFlag.IGNORECASE: re.I, SigmaRegularExpressionFlag.MULTILINE: re.M, SigmaRegularExpressionFlag.DOTALL: re.S}[x]
        return re.search(str(v.regexp), s, f) is not None
    if isinstance(v, SigmaCIDRExpression):
        try: return ipaddress.ip_address(s) in v.network
        except ValueError: return False
    if isinstance(v, SigmaCompareExpression):
        n, m = number(s), float(v.number.number)
        ops = SigmaCompareExpression.CompareOperators if hasattr(SigmaCompareExpression, "CompareOperators") else CompareOperators
        return n is not None and {ops.LT: n < m, ops.LTE: n <= m, ops.GT: n > m, ops.GTE: n >= m}[v.op]
    if isinstance(v, SigmaFieldReference):
        o = event.get(v.field)
        if o is None: return False
        a, b = s.lower(), text(o).lower()
        if v.starts_with and v.ends_with: return b in a
        if v.starts_with: return a.startswith(b)
        if v.ends_with: return a.endswith(b)
        return a == b
    raise TypeError(type(v).__name__)

def holds(c, event):
    if isinstance(c, ConditionAND): return all(holds(x, event) for x in c.args)
    if isinstance(c, ConditionOR): return any(holds(x, event) for x in c.args)
    if isinstance(c, ConditionNOT): return not holds(c.args[0], event)
    if isinstance(c, ConditionFieldEqualsValueExpression):
        s = event.get(c.field)
        return one(c.value, None if s is None else text(s), event)
    if isinstance(c, ConditionValueExpression):
        for s in event.values():
            if s is None: continue
            s = text(s)
            if isinstance(c.value, SigmaString):
                if string(c.value, s, True): return True
            elif isinstance(c.value, SigmaNumber):
                if str(c.value.number) in s: return True
            elif one(c.value, s, event): return True
        return False
    raise TypeError(type(c).__name__)

data = json.load(sys.stdin)
out = []
for y in data["rules"]:
    try:
        conditions = [c.parsed for c in SigmaRule.from_yaml(y).detection.parsed_condition]
        out.append([i for i, e in enumerate(data["events"]) if any(holds(c, e) for c in conditions)])
    except Exception as e:
        out.append(type(e).__name__ + ": " + str(e)[:200])
json.dump(out, sys.stdout)
`

// referenceRules is how many rules are compared; DET_SIGMA_RULES asks for another
// number.
const referenceRules = 300

// TestSigmaReference compares generated rules over generated events with pySigma.
func TestSigmaReference(t *testing.T) {
	if exec.Command("python3", "-c", "import sigma.rule").Run() != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("python3 has no pysigma")
		}
		t.Skip("python3 has no pysigma")
	}
	n := referenceRules
	if s := os.Getenv("DET_SIGMA_RULES"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			t.Fatal(err)
		}
	}
	for seed := uint64(0); n > 0; seed++ {
		referenceRound(t, seed, min(n, 500))
		n -= 500
	}
}

func referenceRound(t *testing.T, seed uint64, n int) {
	g := &sigmaGen{rand.New(rand.NewPCG(seed, 7))}
	var rules []string
	var sources []det.Source
	for i := range n {
		y := g.rule(i)
		rules = append(rules, y)
		sources = append(sources, det.Source{Name: fmt.Sprintf("r%d.yml", i), Text: y})
	}
	events := make([]map[string]any, 60)
	var lines []string
	for i := range events {
		events[i] = g.event()
		line, err := json.Marshal(events[i])
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	question, err := json.Marshal(map[string]any{"rules": rules, "events": events})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", referenceScript)
	cmd.Stdin = bytes.NewReader(question)
	var told bytes.Buffer
	cmd.Stderr = &told
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	var want []any
	if err := json.Unmarshal(answer, &want); err != nil {
		t.Fatal(err)
	}
	set, diags := det.Compiler{}.Sources(sources...)
	refused := map[string]string{}
	for _, d := range diags.All {
		if d.Severity == diag.Error {
			refused[d.Span.File.Name] = d.Message
		}
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	got := sigmaPairs(t, set, file)
	compared, failed := 0, 0
	for i, w := range want {
		if text, ok := w.(string); ok {
			if !strings.HasPrefix(text, "Sigma") {
				t.Fatalf("the script: %s for\n%s", text, rules[i])
			}
			continue // what pySigma refuses has no meaning to compare
		}
		compared++
		id := fmt.Sprintf("00000000-0000-0000-0000-%012d", i)
		var rows []int64
		for _, x := range w.([]any) {
			rows = append(rows, int64(x.(float64)))
		}
		if why := refused[sources[i].Name]; why != "" {
			t.Errorf("refused: %s\n%s", why, rules[i])
		} else if !slices.Equal(rows, got[id]) {
			t.Errorf("seed %d (-pySigma +ours) %s\n%s", seed, cmp.Diff(rows, got[id]), rules[i])
		} else {
			continue
		}
		if failed++; failed > 5 {
			t.FailNow()
		}
	}
	if compared < n*8/10 {
		t.Errorf("only %d of %d rules could be compared", compared, n)
	}
}

// sigmaGen makes rules and events out of few pieces, so that they meet often.
type sigmaGen struct{ *rand.Rand }

func (g *sigmaGen) of(list ...string) string { return list[g.IntN(len(list))] }

func (g *sigmaGen) field() string { return g.of("A", "B", "C", "D") }

// text is a text of an event.
func (g *sigmaGen) text() string {
	var b strings.Builder
	for range g.IntN(4) {
		b.WriteString(g.of("a", "B", "ab", "-f", "/f", "–f", " ", "*", "?", `\`, `\\`, "x.exe", "1", "10", "Zm9v", "foo"))
	}
	return b.String()
}

func (g *sigmaGen) event() map[string]any {
	e := map[string]any{"Channel": "Test"}
	for _, f := range []string{"A", "B", "C", "D"} {
		switch g.IntN(10) {
		case 0:
		case 1:
			e[f] = nil
		case 2:
			e[f] = g.IntN(12)
		case 3:
			e[f] = g.of("10.0.0.1", "10.9.0.1", "192.168.1.1", "true", "")
		default:
			e[f] = g.text()
		}
	}
	return e
}

// pattern is a text of a rule, with wildcards and escapes.
func (g *sigmaGen) pattern() string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(g.of("a", "b", "AB", "-f", "/f", " ", "*", "?", `\*`, `\?`, `\\`, `\`, `\x`, "x.exe", "1", "10", "foo"))
	}
	return b.String()
}

// literal is a text without wildcards, of two characters or more: of one, two forms
// of base64offset are empty, which pySigma finds in everything, and we in nothing.
func (g *sigmaGen) literal() string { return g.of("ab", "foo", "x.exe", "-f", "bash -f") }

func quoteYAML(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// item is a line of a selection.
func (g *sigmaGen) item(f string) string {
	several := func(one func() string) string {
		if g.IntN(2) == 0 {
			return one()
		}
		var list []string
		for range 1 + g.IntN(3) {
			list = append(list, one())
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	quoted := func() string { return quoteYAML(g.pattern()) }
	plain := func() string { return quoteYAML(g.literal()) }
	switch g.IntN(20) {
	case 0, 1:
		return f + ": " + several(func() string {
			switch g.IntN(5) {
			case 0:
				return fmt.Sprint(g.IntN(12))
			case 1:
				return "null"
			case 2:
				return "''"
			}
			return quoted()
		})
	case 2, 3, 4:
		return f + "|contains: " + several(quoted)
	case 5:
		return f + "|startswith: " + several(quoted)
	case 6:
		return f + "|endswith: " + several(quoted)
	case 7:
		return f + "|contains|all: [" + quoted() + ", " + quoted() + "]"
	case 8:
		return f + "|cased: " + several(quoted)
	case 9:
		return f + "|contains|cased: " + several(quoted)
	case 10:
		return f + "|windash|contains: " + several(func() string { return quoteYAML(g.of("-f", "/f", " -f", "a -f", "*-f", "a-f", "-f-f")) })
	case 11:
		return f + "|re: " + several(func() string { return quoteYAML(g.of("a", "^a", "b$", "[0-9]+", "a.*b", `\\`, "foo|x")) })
	case 12:
		return f + "|re|i: " + several(func() string { return quoteYAML(g.of("A", "^B", "FOO", "x.EXE")) })
	case 13:
		return f + "|base64offset|contains: " + several(plain)
	case 14:
		return f + "|" + g.of("base64", "wide|base64offset|contains", "utf16be|base64", "base64|contains") + ": " + several(plain)
	case 15:
		return f + "|exists: " + g.of("true", "false")
	case 16:
		return f + "|" + g.of("lt", "lte", "gt", "gte") + ": " + g.of("1", "5", "10", "7.5")
	case 17:
		return f + "|cidr: " + several(func() string { return g.of("10.0.0.0/8", "10.0.0.0/16", "192.168.0.0/16") })
	case 18:
		return f + "|" + g.of("fieldref", "fieldref|startswith", "fieldref|endswith", "fieldref|contains") + ": " + g.field()
	}
	return f + "|neq: " + several(quoted)
}

func (g *sigmaGen) mapOf(indent string) string {
	var b strings.Builder
	for _, f := range g.Perm(4)[:1+g.IntN(2)] {
		b.WriteString(indent + g.item(string(rune('A'+f))) + "\n")
	}
	return b.String()
}

var selectionNames = []string{"selection_a", "selection_b", "filter_a", "filter_b", "_hidden"}

func (g *sigmaGen) rule(i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: Rule %d\nid: 00000000-0000-0000-0000-%012d\nlogsource:\n  product: windows\ndetection:\n", i, i)
	for _, n := range selectionNames {
		b.WriteString("  " + n + ":\n")
		switch g.IntN(8) {
		case 0:
			for range 1 + g.IntN(2) {
				m := g.mapOf("        ")
				b.WriteString("      - " + strings.TrimLeft(m, " "))
			}
		case 1:
			for range 1 + g.IntN(3) {
				b.WriteString("    - " + quoteYAML(g.of("foo", "AB", "a*b", "x.exe", `\`, "10")) + "\n")
			}
		default:
			b.WriteString(g.mapOf("    "))
		}
	}
	b.WriteString("  condition: " + g.condition(3) + "\n")
	return b.String()
}

func (g *sigmaGen) condition(depth int) string {
	if depth == 0 || g.IntN(3) == 0 {
		return g.of("selection_a", "selection_b", "filter_a", "_hidden", "1 of selection_*", "all of selection_*", "1 of them", "all of them", "not 1 of filter_*", "any of filter_*")
	}
	switch g.IntN(4) {
	case 0:
		return "not " + g.condition(0)
	case 1:
		return "(" + g.condition(depth-1) + ")"
	}
	return g.condition(depth-1) + g.of(" and ", " or ", " and not ") + g.condition(depth-1)
}
