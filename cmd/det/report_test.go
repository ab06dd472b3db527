package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det"
)

// sampleReport is the page of a backtest with everything that a page can have.
func sampleReport(t *testing.T) string {
	t.Helper()
	from := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	b := &det.Backtest{
		From: from, To: from.AddDate(0, 0, 9), Rows: 12345, Alerts: 3, Labelled: true, Labels: 2, Found: 1, Right: 2,
		Missed: []det.Label{{Entity: "<script>alert(1)</script>", From: from, To: from}},
		Rules: []det.BacktestRule{
			{Name: "spike", Level: "high", Title: "A & B", Alerts: 3, Days: []int{0, 2, 0, 0, 1, 0, 0, 0, 0, 0}, Entities: []det.Entity{{Name: `ann"`, Alerts: 3}}},
			{Name: "quiet", Level: "low", Title: "nothing", Days: make([]int, 10)},
		},
	}
	bounds := filepath.Join(t.TempDir(), "bounds.txt")
	if err := os.WriteFile(bounds, []byte("spike at most 1 a day\nspike at least 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	expects, err := det.ReadExpectations(bounds)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := writeReport(&page, b, expects, broken(expects, b)); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// TestReportIsWhole looks for what a page must not have: anything from elsewhere, and
// text of events that acts as markup.
func TestReportIsWhole(t *testing.T) {
	page := sampleReport(t)
	for _, bad := range []string{"<script", "http:", "https:", "url(", "@import", "src="} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, want := range []string{"A &amp; B", "&lt;script&gt;", "broken:", "kept:", `tabindex="0"`, "<summary>", `lang="en"`, "0.667", "0.500"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestReportContrast computes the contrast of the page's colours (WCAG 2.2, 1.4.3
// and 1.4.11): 4.5 for text, 3 for bars, light and dark.
func TestReportContrast(t *testing.T) {
	schemes := regexp.MustCompile(`:root \{([^}]*)\}`).FindAllStringSubmatch(reportPage, -1)
	if len(schemes) != 2 {
		t.Fatalf("%d schemes of colours", len(schemes))
	}
	for _, s := range schemes {
		colors := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+): #([0-9a-f]{6})`).FindAllStringSubmatch(s[1], -1) {
			colors[m[1]] = luminance(t, m[2])
		}
		for name, least := range map[string]float64{"fore": 4.5, "soft": 4.5, "bad": 4.5, "good": 4.5, "bar": 3} {
			a, b := max(colors[name], colors["back"]), min(colors[name], colors["back"])
			if ratio := (a + 0.05) / (b + 0.05); ratio < least {
				t.Errorf("%s has a contrast of %.2f, not %v: %s", name, ratio, least, s[1])
			}
		}
	}
}

// luminance is the relative luminance of a colour, as WCAG defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// TestReportInBrowser opens the page in a headless browser, wide and narrow: nothing
// is told on its console, and no part is wider than the window.
func TestReportInBrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("DET_DEMAND_DATA") != "" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	dir := t.TempDir()
	// The probe writes the width of the page into its title, for the dump to show.
	probe := `<script>document.title = "wide " + (document.documentElement.scrollWidth - innerWidth)</script></body>`
	page := strings.Replace(sampleReport(t), "</body>", probe, 1)
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, width := range []string{"1200", "500"} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(dir, width),
			"--window-size="+width+",800", "--enable-logging=stderr", "--v=0", "--dump-dom", "file://"+file)
		var told bytes.Buffer
		cmd.Stderr = &told
		dom, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, told.String())
		}
		if strings.Contains(told.String(), "CONSOLE") {
			t.Errorf("the console tells: %s", told.String())
		}
		m := regexp.MustCompile(`<title>wide (-?\d+)</title>`).FindSubmatch(dom)
		if m == nil {
			t.Fatalf("the page did not run: %s", dom)
		}
		if n, _ := strconv.Atoi(string(m[1])); n > 0 {
			t.Errorf("at a width of %s the page is %d too wide", width, n)
		}
	}
}
