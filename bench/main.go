// Command bench runs the engine beside DuckDB: the same questions over the same
// data on the same cores in one run, each several times, with the number of
// results compared. It prints wall and CPU seconds and the ratio; figures in
// documents come from here. README.md says what each lane asks.
//
//	go run . -rows 10000000 -runs 3
//	go run . -only "coded: count"
//	go run . -only state
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"
	"runtime/pprof"
	"strings"
)

func main() {
	rows := flag.Int("rows", 10_000_000, "authentication events")
	events := flag.Int("events", 200_000, "process creation events, for the Sigma rules")
	runs := flag.Int("runs", 3, "timed runs of each question, after one that is not counted")
	dir := flag.String("data", filepath.Join(os.TempDir(), "det-bench"), "folder for the generated data, kept between runs")
	only := flag.String("only", "", "run only the questions whose names contain this: a lane (coded, text, parquet, shards, ndjson, compile, sigma, state), or part of a question")
	entities := flag.Int("entities", 1_000_000, "entities whose state is measured")
	profile := flag.String("cpuprofile", "", "write a CPU profile of both sides to this file")
	rust := flag.String("rust", "", "the binary of rsigma, an engine for Sigma in Rust (default: the one on the path)")
	threads := flag.Int("threads", 1, "cores for each side, and shards of the engine")
	flag.Parse()
	goruntime.GOMAXPROCS(*threads)
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	b := &bench{rows: *rows, events: *events, runs: *runs, dir: *dir, only: *only, threads: *threads, rust: *rust, entities: *entities, ctx: context.Background()}
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	if b.disagree > 0 {
		fmt.Fprintf(os.Stderr, "bench: %d questions have different answers on the two sides\n", b.disagree)
		os.Exit(1)
	}
}

type bench struct {
	ctx      context.Context
	rows     int
	events   int
	runs     int
	dir      string
	only     string
	rust     string // the binary of rsigma, if not on the path
	threads  int
	entities int
	disagree int
}

func (b *bench) wants(name string) bool { return b.only == "" || strings.Contains(name, b.only) }

func (b *bench) run() error {
	if strings.HasPrefix(b.only, "state") { // it needs no data
		return b.state(b.entities)
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	duck, err := openDuck(b.threads)
	if err != nil {
		return err
	}
	defer duck.Close()
	if err := b.sigma(duck); err != nil {
		return err
	}
	if b.onlySigma() {
		return nil // the data of the others is large
	}
	path := filepath.Join(b.dir, fmt.Sprintf("auth-%d.parquet", b.rows))
	if err := generateAuth(b.ctx, duck, path, b.rows); err != nil {
		return err
	}
	fmt.Printf("%d authentication events, %d thread(s), %d runs: seconds as min / median / max\n\n", b.rows, b.threads, b.runs)
	if err := b.questions(duck, path); err != nil {
		return err
	}
	if err := b.ndjson(duck); err != nil {
		return err
	}
	if err := b.compile(); err != nil {
		return err
	}
	return b.state(b.entities)
}
