package det

import (
	"os"
	goruntime "runtime"
	"runtime/debug"
	"runtime/metrics"
)

// BoundGarbage makes Go's collector of garbage run when there is a quarter as much
// garbage as memory in use, or as much as memory that it has to look through, or
// 16 MB, whatever is most. Go's own choice is as much as there is in use, so that a
// process takes twice what it needs. But what is kept of keys lies in large slices
// without pointers, which need not be looked through: to collect four times as
// often costs next to nothing where they are most of the memory.
//
// It holds for the process, so only a program calls it that is an engine first of
// all, as the commands of det are. Where GOGC is set in the environment, it does
// nothing.
func BoundGarbage() {
	if os.Getenv("GOGC") != "" {
		return
	}
	b := &bounder{[]metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/heap:bytes"}}}
	goruntime.SetFinalizer(b, (*bounder).collected)
}

// bounder is garbage as soon as it is made, so that each collection finds it; it
// sets the next one's time, and lives on until then.
type bounder struct{ sample []metrics.Sample }

func (b *bounder) collected() {
	metrics.Read(b.sample)
	live, scanned := b.sample[0].Value, b.sample[1].Value
	if live.Kind() == metrics.KindUint64 && scanned.Kind() == metrics.KindUint64 {
		debug.SetGCPercent(garbagePercent(live.Uint64(), scanned.Uint64()))
	}
	goruntime.SetFinalizer(b, (*bounder).collected)
}

// garbagePercent is how much garbage to allow, in percent of the bytes in use, of
// which some are looked through.
func garbagePercent(live, scanned uint64) int {
	const least = 16 << 20
	live = max(live, 1)
	return int(min(max(25, 100*scanned/live, 100*least/live), 400))
}
