package det

import (
	"fmt"

	"github.com/detlang/det/compiler/build"
	"github.com/detlang/det/runtime/engine"
)

// MaxShards is the most workers that an engine may have.
const MaxShards = 64

// engine makes an engine of the rules with a number of workers; up to 1 there are
// none. A rule that is traced is seen whole, so tracing goes without them.
func (r *Ruleset) engine(opts engine.Options, shards int) (*engine.Engine, *program, error) {
	if shards < 0 || shards > MaxShards {
		return nil, nil, &UsageError{fmt.Sprintf("an engine has from 1 to %d shards, not %d", MaxShards, shards)}
	}
	if shards < 2 || opts.Trace != nil {
		prog, err := r.program(opts.Trace, opts.Traced)
		if err != nil {
			return nil, nil, err
		}
		return engine.New(prog, opts), prog, nil
	}
	sharded := r.build
	sharded.Sharded = true
	var progs []*engine.Program
	for range shards + 1 {
		prog, err := build.Program(r.set, sharded)
		if err != nil {
			return nil, nil, err
		}
		progs = append(progs, prog)
	}
	return engine.NewSharded(progs, opts), progs[0], nil
}
