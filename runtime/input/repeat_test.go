package input

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rawTexts are texts as they may stand between quotes: some whose beginnings, ends or
// meanings are alike, and some that are broken.
var rawTexts = []string{
	``, ` `, `a`, `b`, `aa`, `\\`, `\\\\`, `\"`, `\\\"`, `\"\\`, `\u005c`, `\u0022`, `a\\`, `a\/b`, `a/b`, `\n`, `\u000a`,
	`C:\\Windows\\System32\\cmd.exe`, `C:\\Windows\\System32\\CMD.exe`, `\"C:\\Program Files\\x\\\" -k \"\\\\host\\share\\\"`,
	`4625`, `0x10`, `é`, `\u00e9`, `\ud83d\ude00`, `😀`, `\ud83d`, "\xff", "caf\xe9", "\n", "a\x01", `\x`, `\u12`, `\`, `a"b`,
	strings.Repeat("x", maxRepeatRaw-1), strings.Repeat("x", maxRepeatRaw), strings.Repeat(`\"`, maxRepeatRaw),
}

// A text means the same however often it came before: records read together give what
// each gives by itself, and what encoding/json says of them.
func TestRepeatedTexts(t *testing.T) {
	req := request("a string", "again string a", "number int a", "list string[] a", "inner string b.a", "either string c|a")
	alone := map[string]told{}
	rng := rand.New(rand.NewPCG(1, 2))
	var lines []string
	var want told
	for i := range 3000 {
		raw := rawTexts[rng.IntN(len(rawTexts))]
		line := fmt.Sprintf(`{"a":"%s","b":{"a":"%s"}}`, raw, rawTexts[rng.IntN(6)])
		lines = append(lines, line)
		if _, ok := alone[line]; !ok {
			alone[line] = readText(t, "ndjson", line, req)
		}
		one := alone[line]
		if want.rows = append(want.rows, one.rows...); json.Valid([]byte(line)) {
			if got, text := one.rows[0][0], wantJSON([]byte(line), req.Columns[0]); got != text {
				t.Fatalf("%s is %q, want %q", line, got, text)
			}
		}
		for _, r := range one.rejects {
			_, what, _ := strings.Cut(r, " ")
			want.rejects = append(want.rejects, fmt.Sprintf("%d %s", i, what))
		}
	}
	for _, size := range []int{0, 1, 7} {
		req.BatchRows = size
		got := readText(t, "ndjson", strings.Join(lines, "\n"), req)
		for i, r := range got.rejects {
			place, what, _ := strings.Cut(r, " ")
			row, _, _ := strings.Cut(place, ":")
			got.rejects[i] = row + " " + what
		}
		if d := cmp.Diff(want.rows, got.rows); d != "" {
			t.Fatalf("batches of %d (-want +got)\n%s", size, d)
		}
		if d := cmp.Diff(rowsOfRejects(want.rejects), rowsOfRejects(got.rejects)); d != "" {
			t.Fatalf("rejects in batches of %d (-want +got)\n%s", size, d)
		}
	}
}

// rowsOfRejects are rejects without the records that a raw newline made of one.
func rowsOfRejects(rejects []string) []string {
	var out []string
	for _, r := range rejects {
		if _, what, _ := strings.Cut(r, " "); !strings.HasPrefix(what, string(Malformed)) {
			out = append(out, what)
		}
	}
	return out
}

// A field whose texts change their ways is read right: first all are new, then few
// repeat, then more than are remembered, twice over.
func TestRepeatsChange(t *testing.T) {
	var text strings.Builder
	var want []any
	add := func(x string) {
		fmt.Fprintf(&text, "{\"a\":\"%s\\\\\"}\n", x)
		want = append(want, x+`\`)
	}
	for i := range repeatChance + repeatPause + 100 {
		add(fmt.Sprintf("new %d", i))
	}
	for i := range 2 * repeatChance {
		add(fmt.Sprintf("few %d", i%10))
	}
	for i := range 12 * maxRepeats {
		add(fmt.Sprintf("many %d", i/3%(2*maxRepeats)))
	}
	for i := range 5 * repeatChance {
		add(fmt.Sprintf("long %d %s", i%3000, strings.Repeat("y", 500)))
	}
	got := readText(t, "ndjson", text.String(), request("a string"))
	if len(got.rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(got.rows), len(want))
	}
	for i, row := range got.rows {
		if row[0] != want[i] {
			t.Fatalf("row %d is %q, want %q", i, row[0], want[i])
		}
	}
}

// What is remembered of a field is bounded.
func TestRepeatsBounded(t *testing.T) {
	var r repeats
	r.begin(new(int))
	for i := range 4 * maxRepeats {
		for range 2 {
			raw := fmt.Appendf(nil, "%d%s", i, strings.Repeat("z", i%900))
			if r.find(raw) == nil {
				r.keep(raw, value{form: plain, text: raw})
			}
		}
		if len(r.list) > maxRepeats || r.bytes > maxRepeatBytes+2*maxRepeatRaw || len(r.slots) > 8*maxRepeats {
			t.Fatalf("%d texts of %d bytes in %d slots", len(r.list), r.bytes, len(r.slots))
		}
	}
	if len(r.list) == 0 {
		t.Error("nothing is remembered")
	}
	*r.total = maxRepeatTotal + r.taken // other fields take the rest
	for i := range 2 * repeatChance {
		if raw := fmt.Appendf(nil, "new %d", i); r.find(raw) == nil {
			r.keep(raw, value{form: plain, text: raw})
		}
	}
	if r.taken != 0 || r.pause == 0 {
		t.Errorf("a field without room goes on: %d bytes, pause %d", r.taken, r.pause)
	}
}

// What all fields of a reader remember is bounded, however many fields a record has:
// what is over the bound is read as if nothing were remembered.
func TestRepeatsOfManyFieldsBounded(t *testing.T) {
	const fields, texts, each = 400, 250, 2
	var columns []string
	for f := range fields {
		columns = append(columns, fmt.Sprintf("f%d string", f))
	}
	var text strings.Builder
	filler := strings.Repeat("w", 700)
	for i := range texts * each {
		text.WriteByte('{')
		for f := range fields {
			fmt.Fprintf(&text, "\"f%d\":\"%d %s %d\",", f, i/each, filler, f)
		}
		text.WriteString("\"end\":1}\n")
	}
	s, err := OpenNDJSON(context.Background(), memoryFile(text.String()), request(columns...))
	if err != nil {
		t.Fatal(err)
	}
	if n := finish(t, s); n != texts*each {
		t.Errorf("%d rows, want %d", n, texts*each)
	}
	p := s.(*jsonReader).p
	sum := 0
	for _, n := range p.root.kids {
		sum += n.repeats.taken
	}
	if p.repeated != sum || sum < maxRepeatTotal || sum > maxRepeatTotal+4*maxRepeatRaw+16*fewSlots*8 {
		t.Errorf("%d bytes are remembered, %d by field, of at most %d", p.repeated, sum, maxRepeatTotal)
	}
}

// A text that came twice is found the third time, by a field and by its column.
func TestRepeatsFound(t *testing.T) {
	req := request("a string")
	s, err := OpenNDJSON(context.Background(), memoryFile(strings.Repeat(`{"a":"C:\\x\"y"}`, 5)), req)
	if err != nil {
		t.Fatal(err)
	}
	if finish(t, s) != 5 {
		t.Error("want 5 rows")
	}
	r := s.(*jsonReader).p.root.kids["a"].repeats
	if r.found != 3 || len(r.list) != 1 || string(r.list[0].text) != `C:\x"y` || r.list[0].column == nil {
		t.Errorf("%+v", r)
	}
}
