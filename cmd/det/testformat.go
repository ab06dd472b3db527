package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/detlang/det"
)

// testJSON is a result as programs read it.
type testJSON struct {
	Rule     string        `json:"rule"`
	Title    string        `json:"title"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Passed   bool          `json:"passed"`
	Seconds  float64       `json:"seconds"`
	Events   int           `json:"events"`
	Alerts   int           `json:"alerts"`
	Failures []failureJSON `json:"failures"`
}

type failureJSON struct {
	Line    int      `json:"line"`
	Message string   `json:"message"`
	Notes   []string `json:"notes"`
}

func testJSONOf(r *det.TestResult) testJSON {
	line, _ := r.Test.At.File.Position(r.Test.At.Start)
	out := testJSON{
		Rule: r.Test.Rule, Title: r.Test.Title, File: r.Test.At.File.Name, Line: line, Passed: r.Passed(),
		Seconds: r.Elapsed.Seconds(), Events: r.Events, Alerts: len(r.Alerts), Failures: []failureJSON{},
	}
	for _, f := range r.Failures {
		line, _ := f.At.File.Position(f.At.Start)
		out.Failures = append(out.Failures, failureJSON{line, f.Message, append([]string{}, f.Notes...)})
	}
	return out
}

func writeTestJSON(w io.Writer, results []det.TestResult) error {
	list := []testJSON{}
	for i := range results {
		list = append(list, testJSONOf(&results[i]))
	}
	return writeIndented(w, map[string]any{"tests": list})
}

// The elements of JUnit's XML, as Jenkins and GitLab read it.
type (
	testSuites struct {
		XMLName  xml.Name    `xml:"testsuites"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Suites   []testSuite `xml:"testsuite"`
	}
	testSuite struct {
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Seconds  float64    `xml:"time,attr"`
		Cases    []testCase `xml:"testcase"`
	}
	testCase struct {
		Name    string       `xml:"name,attr"`
		Class   string       `xml:"classname,attr"`
		File    string       `xml:"file,attr"`
		Line    int          `xml:"line,attr"`
		Seconds float64      `xml:"time,attr"`
		Failure *testFailure `xml:"failure"`
	}
	testFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeTestJUnit writes a suite a file and a case a test.
func writeTestJUnit(w io.Writer, results []det.TestResult) error {
	var all testSuites
	at := map[string]int{}
	for i := range results {
		r := testJSONOf(&results[i])
		n, ok := at[r.File]
		if !ok {
			n = len(all.Suites)
			at[r.File] = n
			all.Suites = append(all.Suites, testSuite{Name: r.File})
		}
		s := &all.Suites[n]
		c := testCase{Name: r.Title, Class: r.Rule, File: r.File, Line: r.Line, Seconds: r.Seconds}
		if !r.Passed {
			c.Failure = &testFailure{Message: r.Failures[0].Message, Text: failureText(&r)}
			s.Failures++
			all.Failures++
		}
		s.Tests++
		all.Tests++
		s.Seconds += r.Seconds
		s.Cases = append(s.Cases, c)
	}
	return all.write(w)
}

// write writes the document.
func (all *testSuites) write(w io.Writer) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// failureText is all that went wrong with a test, a line each.
func failureText(r *testJSON) string {
	var b strings.Builder
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "%s:%d: %s\n", r.File, f.Line, f.Message)
		for _, n := range f.Notes {
			fmt.Fprintf(&b, "  %s\n", n)
		}
	}
	return b.String()
}

// writeTestTAP writes the Test Anything Protocol, version 14.
func writeTestTAP(w io.Writer, results []det.TestResult) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 14\n1..%d\n", len(results))
	for i := range results {
		r := testJSONOf(&results[i])
		state := "ok"
		if !r.Passed {
			state = "not ok"
		}
		title := strings.NewReplacer("\n", " ", "\\", "\\\\", "#", "\\#").Replace(r.Rule + ": " + r.Title)
		fmt.Fprintf(&b, "%s %d - %s\n", state, i+1, title)
		if r.Passed {
			continue
		}
		fmt.Fprintf(&b, "  ---\n  message: %q\n  at: %q\n  details: |\n", r.Failures[0].Message, fmt.Sprintf("%s:%d", r.File, r.Failures[0].Line))
		for line := range strings.Lines(failureText(&r)) {
			fmt.Fprintf(&b, "    %s\n", strings.TrimRight(line, "\n"))
		}
		b.WriteString("  ...\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeMutationJSON(w io.Writer, m det.Mutation) error {
	type survivor struct {
		Rule   string `json:"rule"`
		File   string `json:"file"`
		Line   int    `json:"line"`
		Column int    `json:"column"`
		What   string `json:"what"`
	}
	list := []survivor{}
	for _, x := range m.Survived {
		line, col := x.At.File.Position(x.At.Start)
		list = append(list, survivor{x.Rule, x.At.File.Name, line, col, x.What})
	}
	return writeIndented(w, map[string]any{"mutants": m.Mutants, "noticed": m.Noticed, "survived": list})
}

func writeCoverageJSON(w io.Writer, c det.Coverage) error {
	type condition struct {
		Line  int    `json:"line"`
		Text  string `json:"text"`
		True  int64  `json:"true"`
		False int64  `json:"false"`
	}
	type stage struct {
		Line int    `json:"line"`
		Name string `json:"name"`
		Rows int64  `json:"rows"`
	}
	type rule struct {
		Rule       string      `json:"rule"`
		File       string      `json:"file"`
		Tests      int         `json:"tests"`
		Conditions []condition `json:"conditions"`
		Stages     []stage     `json:"stages"`
	}
	rules := []rule{}
	for _, r := range c.Rules {
		out := rule{Rule: r.Rule, File: r.At.File.Name, Tests: r.Tests, Conditions: []condition{}, Stages: []stage{}}
		for _, x := range r.Conditions {
			line, _ := x.At.File.Position(x.At.Start)
			out.Conditions = append(out.Conditions, condition{line, x.At.Text(), x.True, x.False})
		}
		for _, x := range r.Stages {
			line, _ := x.At.File.Position(x.At.Start)
			out.Stages = append(out.Stages, stage{line, x.Name, x.Rows})
		}
		rules = append(rules, out)
	}
	seen, all := c.Seen()
	return writeIndented(w, map[string]any{"seen": seen, "all": all, "rules": rules})
}
