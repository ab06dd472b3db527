package input

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/detlang/det/runtime/vec"
)

// A column whose texts are nearly all different is written plainly from some
// batch on, others keep one dictionary that grows; batches stay what they were
// while later ones are read.
func TestTextColumns(t *testing.T) {
	const n = 60_000
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "{\"id\":\"event %d\",\"kind\":\"kind %d\",\"half\":\"x%d\"}\n", i, i%7, i/2)
	}
	checked := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer checked.AssertSize(t, 0)
	req := request("id string", "kind string", "half string")
	req.Alloc, req.BatchRows = checked, 8192
	s, err := OpenNDJSON(context.Background(), memoryFile(text.String()), req)
	if err != nil {
		t.Fatal(err)
	}
	var batches []Batch
	for {
		b, err := s.Next(context.Background())
		if err != nil {
			break
		}
		batches = append(batches, b)
	}
	s.Close()

	row := 0
	ids := map[string]bool{}
	var doors [3]vec.Door
	for i, b := range batches {
		for c, want := range []arrow.Type{arrow.STRING, arrow.DICTIONARY, arrow.DICTIONARY} {
			if i < 3 { // 20,000 rows have to be seen first
				want = arrow.DICTIONARY
			}
			if got := b.Record.Column(c).DataType().ID(); got != want {
				t.Errorf("batch %d, column %d is %s", i, c, got)
			}
		}
		id, _ := b.Record.Schema().Field(1).Metadata.GetValue(vec.DictKey)
		ids[id] = true
		var columns [3]*vec.Vec
		for c := range columns {
			columns[c], _, err = doors[c].Open(b.Record.Schema().Field(c), b.Record.Column(c), req.Columns[c].Type.Kind)
			if err != nil {
				t.Fatal(err)
			}
		}
		for r := range int(b.Record.NumRows()) {
			want := []string{fmt.Sprintf("event %d", row), fmt.Sprintf("kind %d", row%7), fmt.Sprintf("x%d", row/2)}
			for c, v := range columns {
				if got := v.Text(r); got != want[c] {
					t.Fatalf("row %d: %q, want %q", row, got, want[c])
				}
			}
			row++
		}
		if d := b.Record.Column(1).(*array.Dictionary); d.Dictionary().Len() != 7 {
			t.Errorf("batch %d has %d kinds", i, d.Dictionary().Len())
		}
		b.Record.Release()
	}
	for i := range doors {
		doors[i].Close()
	}
	if row != n || len(ids) != 1 {
		t.Errorf("%d rows, dictionaries %v", row, ids)
	}
}

// A dictionary over its limit is given up, however often its texts repeat.
func TestTextColumnTooLarge(t *testing.T) {
	c := newTextColumn("x", memory.DefaultAllocator)
	defer c.release()
	long := strings.Repeat("x", 1<<20)
	for range 3 {
		for i := range maxDict>>20 + 1 {
			c.put(&value{form: plain, text: fmt.Appendf(nil, "%d%s", i, long)})
		}
		f, a := c.take()
		a.Release()
		if f.Type.ID() == arrow.STRING {
			return
		}
	}
	t.Error("the dictionary was kept")
}
