package order

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime"
	"github.com/detlang/det/runtime/state"
	"github.com/detlang/det/runtime/vec"
)

// event is one row of a test: its time, where it stood, and a text.
type event struct {
	mark
	text any
	list any // of texts
}

func (e event) String() string {
	return fmt.Sprintf("%d %d/%d %v %v", e.time, e.source, e.row, e.text, e.list)
}

// sourceName gives names whose order is not that of the numbers.
func sourceName(source int32) string { return string('z' - rune(source)) }

func batchOf(events []event) *runtime.Batch {
	b := &runtime.Batch{N: len(events)}
	var texts, numbers, lists []any
	for _, e := range events {
		b.Time = append(b.Time, e.time)
		b.Pos.Source = append(b.Pos.Source, e.source)
		b.Pos.Row = append(b.Pos.Row, e.row)
		texts, numbers, lists = append(texts, e.text), append(numbers, e.row), append(lists, e.list)
	}
	b.Cols = []*vec.Vec{vec.Of(types.String, texts...), vec.Of(types.Int, numbers...), vec.Of(types.List, lists...)}
	if !slices.ContainsFunc(texts, func(x any) bool { return x != nil }) {
		b.Cols[0] = vec.Nulls(b.N) // as of a column that is not in the input
	}
	return b
}

// TestBufferOrders gives random events in random batches to buffers that have room
// and to ones that must write to disk, lets the clock move in between, and holds
// what comes out against the sorted events: each row before the watermark once, in
// order, with its columns, and no time in two batches. In between, buffers are saved
// and loaded.
func TestBufferOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "events")
		var events []event
		for i := range n {
			e := event{mark: mark{int64(rapid.IntRange(0, 20).Draw(t, "time")), int32(rapid.IntRange(0, 2).Draw(t, "source")), int64(i)}}
			if k := rapid.IntRange(0, 3).Draw(t, "list"); k > 0 {
				e.list = []any{"a", fmt.Sprint("element ", i%5)}[:k-1]
			}
			if rapid.Bool().Draw(t, "present") {
				e.text = fmt.Sprint("text ", i%7)
			}
			events = append(events, e)
		}
		if rapid.Bool().Draw(t, "ordered") {
			slices.SortFunc(events, func(a, b event) int { return NewBuffer(sourceName).compare(a.mark, b.mark) })
		}
		q := NewBuffer(sourceName)
		q.BatchRows = rapid.IntRange(1, 10).Draw(t, "batch rows")
		q.Limit = rapid.SampledFrom([]int64{1 << 20, 500, 1}).Draw(t, "limit")
		defer func() { q.Close() }()
		var got []event
		lastTime := runtime.MinTime
		push := func(b *runtime.Batch) error {
			if b.N == 0 || b.Time[0] <= lastTime {
				t.Fatalf("a batch of %d rows from time %v follows one up to %d", b.N, b.Time, lastTime)
			}
			for i := range b.N {
				s, r := b.Pos.At(int32(i))
				if b.Cols[1].Value(i) != r {
					t.Fatalf("row %d has the columns of another", r)
				}
				got = append(got, event{mark{b.Time[i], s, r}, b.Cols[0].Value(i), b.Cols[2].Value(i)})
			}
			lastTime = b.Time[b.N-1]
			return nil
		}
		watermark := runtime.MinTime
		var want []event
		for len(events) > 0 {
			k := rapid.IntRange(1, len(events)).Draw(t, "batch")
			part := events[:k]
			events = events[k:]
			// Nothing comes from before the watermark; that is the engine's promise.
			part = slices.DeleteFunc(slices.Clone(part), func(e event) bool { return e.time < watermark })
			want = append(want, part...)
			if err := q.Add(batchOf(part)); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "restart") {
				fresh := NewBuffer(sourceName)
				fresh.BatchRows, fresh.Limit = q.BatchRows, q.Limit
				restore(t, q, fresh)
				q.Close()
				q = fresh
			}
			if rapid.Bool().Draw(t, "advance") {
				watermark = max(watermark, int64(rapid.IntRange(0, 22).Draw(t, "watermark")))
				if err := q.Release(watermark, push); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := q.Release(runtime.MaxTime, push); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(want, func(a, b event) int { return NewBuffer(sourceName).compare(a.mark, b.mark) })
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got\n%v\nwant\n%v", got, want)
		}
		if q.Rows() != 0 {
			t.Fatalf("%d rows are left", q.Rows())
		}
	})
}

// TestBufferSaves checks that rows that wait survive saving.
func TestBufferSaves(t *testing.T) {
	q := NewBuffer(sourceName)
	events := []event{{mark{5, 0, 1}, "b", nil}, {mark{3, 1, 2}, nil, nil}, {mark{5, 0, 0}, "a", []any{"x"}}}
	if err := q.Add(batchOf(events)); err != nil {
		t.Fatal(err)
	}
	fresh := NewBuffer(sourceName)
	restore(t, q, fresh)
	var got []any
	err := fresh.Release(runtime.MaxTime, func(b *runtime.Batch) error {
		for i := range b.N {
			got = append(got, b.Cols[0].Value(i))
		}
		return nil
	})
	if err != nil || fmt.Sprint(got) != "[<nil> a b]" {
		t.Fatalf("got %v, %v", got, err)
	}
}

// restore saves one buffer and loads the other.
func restore(t interface{ Fatal(...any) }, from, to *Buffer) {
	var saved bytes.Buffer
	w := state.NewWriter(&saved)
	err := from.Save(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = Load(state.NewReader(&saved, int64(saved.Len())), []types.Kind{types.String, types.Int, types.List}, sourceName, to.Add)
	}
	if err != nil {
		t.Fatal(err)
	}
	if from.Rows() != to.Rows() {
		t.Fatal(from.Rows(), "rows were saved,", to.Rows(), "loaded")
	}
}
