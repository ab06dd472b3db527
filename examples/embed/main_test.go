package main

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// TestRun runs the program: bob fails from the office, ann from outside, and her
// third failure comes after the restart. All memory is given back.
func TestRun(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	var out strings.Builder
	if err := run(&out, mem); err != nil {
		t.Fatal(err)
	}
	want := "saved with the window open\n2024-03-01 10:10:00 high: 3 failed logins of ann from outside\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
