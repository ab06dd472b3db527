package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"github.com/detlang/det"
)

//go:embed report.html
var reportPage string

// reportTemplate is the page of a backtest: one file, with its style and its plots
// in it.
var reportTemplate = template.Must(template.New("report").Parse(reportPage))

// reportData is what the page shows.
type reportData struct {
	From, To          string
	Days              int
	Rows              string
	Alerts            int
	Precision, Recall string
	Right, Found      int
	Labels            int
	Rules             []plotRule
	Missed            []string
	Expects           []reportExpect
}

type plotRule struct {
	Name, Level, Title string
	Alerts             int
	Daily              string
	Most               int
	Bars               []plotBar
	Width              int
	Entities           []det.Entity
}

type plotBar struct {
	X, Y, Height float64
	Label        string
}

type reportExpect struct {
	Text, Broken string
}

// The plot of a rule, in units of its picture.
const (
	plotHeight = 80.0
	barWidth   = 8.0
)

func writeReport(w io.Writer, r *det.Backtest, expects []det.Expectation, broken []string) error {
	d := reportData{Days: r.Days(), Rows: grouped(r.Rows), Alerts: r.Alerts, Right: r.Right, Found: r.Found, Labels: r.Labels}
	if r.Days() > 0 {
		d.From, d.To = r.From.Format(time.DateOnly), r.To.Format(time.DateOnly)
	}
	if p, ok := r.Precision(); ok {
		d.Precision = fmt.Sprintf("%.3f", p)
	}
	if p, ok := r.Recall(); ok {
		d.Recall = fmt.Sprintf("%.3f", p)
	}
	for _, l := range r.Missed {
		d.Missed = append(d.Missed, l.Entity+span(l))
	}
	for i, e := range expects {
		d.Expects = append(d.Expects, reportExpect{e.Text, broken[i]})
	}
	for _, x := range r.Rules {
		row := plotRule{
			Name: x.Name, Level: x.Level, Title: x.Title, Alerts: x.Alerts, Entities: x.Entities,
			Daily: fmt.Sprintf("%.2f", float64(x.Alerts)/float64(max(r.Days(), 1))), Width: int(barWidth) * max(len(x.Days), 1),
		}
		for _, n := range x.Days {
			row.Most = max(row.Most, n)
		}
		for i, n := range x.Days {
			if n == 0 {
				continue
			}
			h := plotHeight * float64(n) / float64(row.Most)
			row.Bars = append(row.Bars, plotBar{float64(i) * barWidth, plotHeight - h, h, fmt.Sprintf("%s: %d", r.From.AddDate(0, 0, i).Format(time.DateOnly), n)})
		}
		d.Rules = append(d.Rules, row)
	}
	return reportTemplate.Execute(w, d)
}
