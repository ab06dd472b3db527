package report

import (
	"encoding/xml"
	"fmt"
	"io"
)

// The elements of JUnit's XML, as Jenkins and GitLab read it.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes a suite a file. A file without findings is a case that passed.
func writeJUnit(w io.Writer, r *Report) error {
	suites := junitSuites{Name: "det"}
	at := map[string]int{}
	suite := func(name string) *junitSuite {
		i, ok := at[name]
		if !ok {
			i = len(suites.Suites)
			at[name] = i
			suites.Suites = append(suites.Suites, junitSuite{Name: name})
		}
		return &suites.Suites[i]
	}
	for _, f := range r.Files {
		suite(f)
	}
	for _, d := range r.Findings {
		name, where := "", "-"
		if !d.Span.IsZero() {
			name, where = d.Span.File.Name, d.Span.String()
		}
		text := where + ": " + d.Message
		if d.Hint != "" {
			text += "\n" + d.Hint
		}
		s := suite(name)
		s.Cases = append(s.Cases, junitCase{
			Name: fmt.Sprintf("%s %s", d.Code, where), Class: name,
			Failure: &junitFailure{Type: d.Severity.String(), Message: d.Message, Text: text},
		})
	}
	for i := range suites.Suites {
		s := &suites.Suites[i]
		s.Failures = len(s.Cases)
		if len(s.Cases) == 0 {
			s.Cases = []junitCase{{Name: "no findings", Class: s.Name}}
		}
		s.Tests = len(s.Cases)
		suites.Tests += s.Tests
		suites.Failures += s.Failures
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
