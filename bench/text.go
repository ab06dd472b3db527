package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/detlang/det"
	"github.com/detlang/det/runtime"
)

// ndjson reads 5 of the 30 fields of JSON records, on both sides into columns.
func (b *bench) ndjson(duck *sql.DB) error {
	name := "ndjson: 5 of 30 fields"
	if !b.wants(name) {
		return nil
	}
	records := max(b.rows/25, 1000)
	path := filepath.Join(b.dir, fmt.Sprintf("events-%d.ndjson", records))
	if err := generateJSON(b.ctx, duck, path, records); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	rules, diags := det.Compiler{}.Sources(det.Source{Name: "json.det", Text: `schema events {
  time timestamp
  user string
  src_ip ip
  action string
  bytes int
}

rule all {
  from events
  when bytes < 0 and user == "" and src_ip is null and action == ""
}
`})
	if diags.Errors() > 0 {
		return &det.CompileError{Diagnostics: diags}
	}
	ours, got, err := measure(b.runs, func() (int, error) {
		s, err := rules.Run(b.ctx, det.RunOptions{Inputs: []string{path}, Alerts: func([]runtime.Alert) error { return nil }})
		return int(s.Rows), err
	})
	if err != nil {
		return err
	}
	theirs, want, err := measure(b.runs, func() (int, error) {
		return count(duck, fmt.Sprintf(`SELECT * FROM read_json('%s', format = 'newline_delimited',
			columns = {time: 'TIMESTAMP', "user": 'VARCHAR', src_ip: 'VARCHAR', action: 'VARCHAR', bytes: 'BIGINT'})`, path))
	})
	if err != nil {
		return err
	}
	b.report(name, "duckdb", ours, theirs, got, want)
	mb := float64(info.Size()) / 1e6
	fmt.Printf("%-32s det %.0f MB/s, duckdb %.0f MB/s (%.0f MB)\n", "", mb/ours.median(), mb/theirs.median(), mb)
	return nil
}

// generateJSON writes records of 30 fields and about 1 KB.
func generateJSON(ctx context.Context, db *sql.DB, path string, rows int) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fmt.Println("generating", path)
	filler := ""
	for i := range 24 {
		filler += fmt.Sprintf(", format('value {} of field %d, which no rule reads', hash(n, %d) %% 100000) AS field_%d", i, i, i)
	}
	_, err := db.ExecContext(ctx, fmt.Sprintf(`
COPY (SELECT strftime(TIMESTAMP '2026-08-03' + to_microseconds(n * 1000000), '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ') AS time,
  format('user_{}', hash(n, 91) %% 5000) AS "user"%s,
  format('10.1.{}.{}', hash(n, 92) %% 200, hash(n, 93) %% 250) AS src_ip,
  CASE hash(n, 94) %% 3 WHEN 0 THEN 'login' WHEN 1 THEN 'read' ELSE 'write' END AS action,
  hash(n, 95) %% 100000 AS bytes, 'C:\Windows\System32\cmd.exe /c "dir"' AS command
FROM range(%d) r(n)) TO '%s' (FORMAT json)`, filler, rows, path))
	return err
}

// compile compiles a thousand small rules and builds an engine of them.
func (b *bench) compile() error {
	name := "compile: 1,000 rules"
	if !b.wants(name) {
		return nil
	}
	text := schema
	for i := range 1000 {
		text += fmt.Sprintf(`rule small_%[1]d {
  title "small rule %[1]d"
  level low
  from auth
  where outcome == "DENIED"
  let odd = login_id contains "user_%[1]d" or device startswith "10.%[2]d."
  when odd and bytes_out > %[1]d
}

`, i, i%250)
	}
	t, _, err := measure(b.runs, func() (int, error) {
		rules, diags := det.Compiler{}.Sources(det.Source{Name: "small.det", Text: text})
		if diags.Errors() > 0 {
			return 0, &det.CompileError{Diagnostics: diags}
		}
		e, err := rules.NewEngine(det.EngineOptions{})
		if err != nil {
			return 0, err
		}
		e.Close()
		return len(rules.Rules()), nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("%-32s det %s (%s a rule)\n", name, t, time.Duration(t.median()*1e6).Round(time.Microsecond))
	return nil
}
