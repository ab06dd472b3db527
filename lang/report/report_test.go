package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/detlang/det/lang/diag"
	"github.com/detlang/det/lang/source"
)

// sample is a report with a finding of each severity, a note, both kinds of fix,
// and text that needs escaping in every form.
func sample() *Report {
	f := source.New("rules/a b.det", "rule é {\n  when x < 1\n  when x < 1\n}\n")
	at := func(start, end int) source.Span { return source.Span{File: f, Start: start, End: end} }
	return &Report{
		Version: "v1.2.3",
		Files:   []string{"rules/a b.det", "rules/clean.det"},
		Findings: []diag.Diagnostic{
			{Code: "L100", Severity: diag.Error, Span: at(12, 22), Message: "100% <never>, \"true\"", Hint: "x,y: z",
				Notes: []diag.Note{{Span: at(5, 7), Message: "this rule"}}, Fix: &diag.Edit{Span: at(12, 22), Text: "when true"}},
			{Code: "L100", Severity: diag.Warning, Span: at(25, 35), Message: "again", Fix: &diag.Edit{Span: at(25, 35)}},
			{Code: "L200", Severity: diag.Info, Span: at(0, 39), Message: "over\nlines"},
			{Code: "L300", Severity: diag.Warning, Message: "nowhere"},
		},
		Rule: func(code string) Rule {
			return Rule{Code: code, Name: "name", Category: "dead", Summary: "summary", Help: "**help**", HelpURI: home}
		},
	}
}

func written(t *testing.T, name string, r *Report) []byte {
	t.Helper()
	for _, f := range Formats() {
		if f.Name == name {
			var b bytes.Buffer
			if err := f.Write(&b, r); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	t.Fatalf("no format %s", name)
	return nil
}

// TestSARIF holds the log against the schema of the standard, as go-sarif has it,
// and reads its places back.
func TestSARIF(t *testing.T) {
	for _, r := range []*Report{sample(), {Rule: sample().Rule}} {
		text := written(t, "sarif", r)
		strict := json.NewDecoder(bytes.NewReader(text))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&sarif.Report{}); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		log, err := sarif.FromBytes(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range log.Runs { // members that we leave out, and that go-sarif fills with what the schema refuses
			run.Language, run.Tool.Driver.Language, run.NewlineSequences = "en-US", "en-US", []string{"\n"}
		}
		if err := log.Validate(); err != nil {
			t.Fatal(err)
		}
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID       string
				RuleIndex    int
				Level        string
				Fingerprints map[string]string `json:"partialFingerprints"`
				Locations    []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(written(t, "sarif", sample()), &log); err != nil {
		t.Fatal(err)
	}
	first := log.Runs[0].Results[0]
	place := first.Locations[0].PhysicalLocation
	if place.ArtifactLocation.URI != "rules/a%20b.det" {
		t.Errorf("the URI is %s", place.ArtifactLocation.URI)
	}
	if got := place.Region; got != (struct{ StartLine, StartColumn, EndLine, EndColumn int }{2, 3, 2, 13}) {
		t.Errorf("the region is %+v", got)
	}
	if log.Runs[0].Results[2].RuleIndex != 1 || log.Runs[0].Results[2].Level != "note" {
		t.Errorf("the third result is %+v", log.Runs[0].Results[2])
	}
}

// TestFingerprints: a finding keeps its name when lines are added before it, and
// two on equal lines have different ones.
func TestFingerprints(t *testing.T) {
	one := func(text string, at ...int) []string {
		f := source.New("a.det", text)
		var all []diag.Diagnostic
		for _, i := range at {
			all = append(all, diag.Diagnostic{Code: "L100", Span: source.Span{File: f, Start: i, End: i + 4}})
		}
		return fingerprints(all)
	}
	before := one("when x\nwhen x\n", 0, 7)
	after := one("// more\n\n  when  x\nwhen x\n", 11, 19)
	if before[0] == before[1] {
		t.Error("two findings have one name")
	}
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("the names changed with the lines before\n%s", d)
	}
}

// TestGitHub compares with the escapes that GitHub's toolkit makes.
func TestGitHub(t *testing.T) {
	want := strings.Join([]string{
		`::error file=rules/a b.det,line=2,endLine=2,col=3,endColumn=13,title=L100 name::100%25 <never>, "true"%0Ax,y: z`,
		`::warning file=rules/a b.det,line=3,endLine=3,col=3,endColumn=13,title=L100 name::again`,
		`::notice file=rules/a b.det,line=1,endLine=5,title=L200 name::over%0Alines`,
		`::warning title=L300 name::nowhere`,
		"",
	}, "\n")
	if d := cmp.Diff(want, string(written(t, "github", sample()))); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestJUnit reads the file with a parser and counts.
func TestJUnit(t *testing.T) {
	text := written(t, "junit", sample())
	var suites junitSuites
	if err := xml.Unmarshal(text, &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 5 || suites.Failures != 4 || len(suites.Suites) != 3 {
		t.Errorf("%d tests, %d failures, %d suites", suites.Tests, suites.Failures, len(suites.Suites))
	}
	if f := suites.Suites[0].Cases[0].Failure; f == nil || f.Message != `100% <never>, "true"` {
		t.Errorf("the first failure is %+v", f)
	}
	if c := suites.Suites[1]; c.Name != "rules/clean.det" || c.Failures != 0 || c.Tests != 1 {
		t.Errorf("the file without findings is %+v", c)
	}
}

// TestFailingWriter: an error of the writer is handed on.
func TestFailingWriter(t *testing.T) {
	for _, f := range Formats() {
		if err := f.Write(failing{}, sample()); err == nil {
			t.Errorf("%s: the error is lost", f.Name)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
