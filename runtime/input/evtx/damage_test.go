package evtx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/detlang/det/runtime/input/evtx/evtxtest"
)

// recordsIn are where the records of a chunk stand in a file.
func recordsIn(file []byte, chunk int) []int {
	var at []int
	start := headerSize + chunk*chunkSize
	used := start + int(binary.LittleEndian.Uint32(file[start+48:]))
	for i := start + chunkHeader; i < used; i += int(binary.LittleEndian.Uint32(file[i+4:])) {
		at = append(at, i)
	}
	return at
}

// resealed is a file whose checksums are right again.
func resealed(file []byte) []byte {
	put := binary.LittleEndian
	put.PutUint32(file[124:], checksum(file[:120]))
	for i := headerSize; i < len(file); i += chunkSize {
		c := file[i : i+chunkSize]
		put.PutUint32(c[52:], checksum(c[chunkHeader:put.Uint32(c[48:])]))
		sum := checksum(append(bytes.Clone(c[:120]), c[128:chunkHeader]...))
		put.PutUint32(c[124:], sum)
	}
	return file
}

// What is damaged costs what cannot be read, and no more.
func TestDamage(t *testing.T) {
	whole := processes(200)
	first, second := recordsIn(whole, 0), recordsIn(whole, 1)
	const chunk1 = headerSize + chunkSize
	for name, row := range map[string]struct {
		harm   func(f []byte) []byte
		lost   int
		damage []string
	}{
		"nothing": {func(f []byte) []byte { return f }, 0, nil},
		"a byte of a text": {
			func(f []byte) []byte { f[second[4]+600] ^= 1; return f }, 0,
			[]string{"the checksum of a chunk's records does not fit at 69632"},
		},
		"the mark of a record": {
			func(f []byte) []byte { f[second[4]] = 0; return f }, 1,
			[]string{"the checksum of a chunk's records does not fit at 69632", fmt.Sprintf("%d bytes hold no record at %d", second[5]-second[4], second[4])},
		},
		"the size of a record": {
			func(f []byte) []byte { f[second[4]+5]++; return f }, 1,
			[]string{"the checksum of a chunk's records does not fit at 69632", fmt.Sprintf("%d bytes hold no record at %d", second[5]-second[4], second[4])},
		},
		"the last record": {
			func(f []byte) []byte { last := second[len(second)-1]; clear(f[last : last+100]); return f }, 1,
			[]string{"the checksum of a chunk's records does not fit at 69632", fmt.Sprintf("%d bytes hold no record at %d", len(lastRecord(whole, second)), second[len(second)-1])},
		},
		"a token": {
			func(f []byte) []byte { f[second[4]+recordHeader] = 0x33; return f }, 1,
			[]string{"the checksum of a chunk's records does not fit at 69632", fmt.Sprintf("event %d: token 0x33 outside of an element", len(first)+5)},
		},
		"the header of a chunk": {
			func(f []byte) []byte { f[chunk1+48]++; return f }, 0,
			[]string{"the checksum of a chunk's header does not fit at 69632"},
		},
		"the mark of a chunk": {
			func(f []byte) []byte { f[chunk1] = 0; return f }, 0,
			[]string{"no chunk begins here at 69632"},
		},
		"a header that lies": {
			func(f []byte) []byte {
				binary.LittleEndian.PutUint32(f[chunk1+48:], 1<<30)
				reheaded(f[chunk1:])
				return f
			}, 0,
			[]string{"a chunk says that its records end at byte 1073741824 at 69632"},
		},
		"the header of the file": {
			func(f []byte) []byte { f[20]++; return f }, 0,
			[]string{"the checksum of the file's header does not fit at 0"},
		},
		"bytes left out": {
			func(f []byte) []byte { return slices.Delete(f, second[4]+8, second[4]+108) }, 1,
			[]string{"the checksum of a chunk's records does not fit at 69632", "?"},
		},
		"bytes put in": {
			func(f []byte) []byte { return slices.Insert(f, chunk1, bytes.Repeat([]byte("noise"), 100)...) }, 0,
			[]string{"no chunk begins here at 69632"},
		},
		"unused space": {
			func(f []byte) []byte { return slices.Insert(f, chunk1, make([]byte, chunkSize)...) }, 0, nil,
		},
		"cut inside the header":  {func(f []byte) []byte { return f[:1000] }, 200, []string{"the file ends inside its header at 1000"}},
		"cut before the records": {func(f []byte) []byte { return f[:chunk1+100] }, 200 - len(first), []string{"the file ends inside a chunk at 69732"}},
		"cut inside a record": {
			func(f []byte) []byte { return f[:second[4]+50] }, 200 - len(first) - 4,
			[]string{fmt.Sprintf("the file ends inside a chunk at %d", second[4]+50), fmt.Sprintf("50 bytes hold no record at %d", second[4])},
		},
		"no event log":     {func([]byte) []byte { return []byte("MZ") }, 200, []string{`no event log: it does not begin with "ElfFile\x00"`}},
		"a later version":  {func(f []byte) []byte { f[38] = 4; return resealed(f) }, 200, []string{"an event log of version 4.1; only versions 3.x can be read"}},
		"nothing but head": {func(f []byte) []byte { return f[:headerSize] }, 200, []string{"the file ends 5 chunks too early at 4096"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := hear(t, row.harm(bytes.Clone(whole)))
			if len(got.records) != 200-row.lost {
				t.Errorf("%d records are lost, want %d", 200-len(got.records), row.lost)
			}
			if n := len(row.damage); n > 0 && row.damage[n-1] == "?" { // where depends on what moved
				row.damage = append(row.damage[:n-1], got.damage[min(n-1, len(got.damage)):]...)
			}
			if d := cmp.Diff(row.damage, got.damage); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func lastRecord(file []byte, at []int) []byte {
	last := at[len(at)-1]
	return file[last : last+int(binary.LittleEndian.Uint32(file[last+4:]))]
}

// reheaded makes the checksum of a chunk's header right.
func reheaded(c []byte) {
	binary.LittleEndian.PutUint32(c[124:], checksum(append(bytes.Clone(c[:120]), c[128:chunkHeader]...)))
}

// Behind the records of a chunk stand those of the last time round. They count
// only if they are new: in a log that was not closed.
func TestOlderRecords(t *testing.T) {
	file := processes(20)
	at := recordsIn(file, 0)
	used := binary.LittleEndian.Uint32(file[headerSize+48:])
	binary.LittleEndian.PutUint32(file[headerSize+48:], uint32(at[8]-headerSize))
	older := bytes.Clone(file)
	for _, i := range at[8:] {
		binary.LittleEndian.PutUint64(older[i+8:], 3)
	}
	count := func(file []byte) int { return len(hear(t, file).records) }
	if n := count(resealed(bytes.Clone(file))); n != 8 {
		t.Errorf("a log that was closed has %d records, want 8", n)
	}
	dirty := bytes.Clone(file)
	dirty[120] = 1
	if n := count(resealed(dirty)); n != 20 {
		t.Errorf("a log that was not closed has %d records, want 20", n)
	}
	older[120] = 1
	if n := count(resealed(older)); n != 8 {
		t.Errorf("a log that came round has %d records, want 8", n)
	}
	older[headerSize+60] = 1 // the header of the chunk is not right
	if n := count(older); n != 8 {
		t.Errorf("a chunk with a damaged header has %d records, want 8", n)
	}
	// A bit of the header is wrong, and the space behind the records holds those of
	// another log, whose numbers are higher.
	file = resealed(file)
	for _, i := range at[8:] {
		binary.LittleEndian.PutUint64(file[i+8:], uint64(i)<<20)
	}
	for _, bit := range []int{headerSize + 60, headerSize + 48, headerSize + 44, headerSize + 52} {
		harmed := bytes.Clone(file)
		harmed[bit] ^= 1
		got := hear(t, harmed)
		if want := []string{"the checksum of a chunk's header does not fit at 4096"}; len(got.records) != 8 || !slices.Equal(got.damage, want) {
			t.Errorf("with byte %d harmed: %d records, want 8; told %q, want %q", bit-headerSize, len(got.records), got.damage, want)
		}
	}
	// The numbers go on, so that only the header tells where the log ends.
	for k, i := range at {
		binary.LittleEndian.PutUint64(file[i+8:], uint64(k+1))
	}
	file = resealed(file)
	file[headerSize+60] ^= 1
	if n := len(hear(t, file).records); n != 8 {
		t.Errorf("records behind the end of a chunk with a damaged header: %d in all, want 8", n)
	}
	if int(used) < at[8]-headerSize {
		t.Error("the log is too short for this test")
	}
}

// Records that are small and mean much are refused.
func TestLimits(t *testing.T) {
	deep := evtxtest.Element{Name: "e", Content: []any{evtxtest.Text("x")}}
	for range maxElements {
		deep = evtxtest.Element{Name: "e", Content: []any{deep}}
	}
	boxes := evtxtest.Element{Name: "e", Template: true, Content: []any{evtxtest.Text("x")}}
	for range maxTemplates + 1 {
		boxes = evtxtest.Element{Name: "e", Template: true, Content: []any{boxes}}
	}
	boxes.Template = false
	var many []any
	for range 300 {
		many = append(many, evtxtest.Data("v", evtxtest.Text("")))
	}
	many[0] = evtxtest.Data("v", evtxtest.Text(strings.Repeat("x", 10_000)))
	again := log(event(data(many...)))
	for i := range 310 { // each value is the first text
		token := []byte{tokenSubstitution, byte(i), byte(i >> 8), typeString}
		again = bytes.ReplaceAll(again, token, []byte{tokenSubstitution, 4, 0, typeString})
	}
	for _, row := range []struct {
		name, want string
		file       []byte
	}{
		{"elements", "elements nest too deep", log(deep)},
		{"templates", "templates nest too deep", log(boxes)},
		{"one value many times", ErrTooLong.Error(), again},
	} {
		got := hear(t, row.file)
		if n := len(got.damage); n == 0 || got.damage[n-1] != "event 1: "+row.want {
			t.Errorf("%s: %v, want %s", row.name, got.damage, row.want)
		}
	}
}

// Damage anywhere in one chunk leaves the records of the others as they were.
func TestRandomDamage(t *testing.T) {
	whole := processes(150)
	want := hear(t, whole).records
	chunks := (len(whole) - headerSize) / chunkSize
	rng := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		file := bytes.Clone(whole)
		hit := rng.IntN(chunks)
		c := file[headerSize+hit*chunkSize:][:chunkSize]
		for range 1 + rng.IntN(20) {
			i := rng.IntN(chunkSize)
			if rng.IntN(3) == 0 {
				i = rng.IntN(chunkHeader)
			}
			c[i] = byte(rng.Uint32())
		}
		var others [][]string
		n := 0
		for k := range chunks {
			m := len(recordsIn(whole, k))
			if k != hit {
				others = append(others, want[n:n+m]...)
			}
			n += m
		}
		heard := hear(t, file)
		if len(heard.records) < 150 && len(heard.damage) == 0 {
			t.Fatalf("%d records are lost without a word", 150-len(heard.records))
		}
		for _, r := range heard.records {
			if len(others) > 0 && slices.Equal(r, others[0]) {
				others = others[1:]
			}
		}
		if len(others) > 0 {
			t.Fatalf("damage in chunk %d: %d records of other chunks are not there, from %v", hit, len(others), others[0])
		}
	}
}

// A file that is cut has the records before the cut.
func TestRandomCut(t *testing.T) {
	whole := processes(150)
	want := hear(t, whole).records
	var ends []int
	for k := range (len(whole) - headerSize) / chunkSize {
		for _, at := range recordsIn(whole, k) {
			ends = append(ends, at+int(binary.LittleEndian.Uint32(whole[at+4:])))
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		cut := headerSize + rng.IntN(len(whole)-headerSize)
		n, _ := slices.BinarySearch(ends, cut+1)
		got := hear(t, whole[:cut])
		if d := cmp.Diff(want[:n], append([][]string{}, got.records...)); d != "" {
			t.Fatalf("cut at byte %d: %d records, want %d", cut, len(got.records), n)
		}
		if (cut-headerSize)%chunkSize != 0 && (len(got.damage) == 0 || !strings.HasPrefix(got.damage[0], "the file ends inside a chunk")) {
			t.Fatalf("cut at byte %d: %v", cut, got.damage)
		}
	}
}

// FuzzReader: nothing makes it fail, and it gives no more than there can be.
func FuzzReader(f *testing.F) {
	small := log(event(data(evtxtest.Data("Image", evtxtest.Text("a.exe")))))
	f.Add(small[headerSize : headerSize+2048])
	f.Add(log(evtxtest.Sysmon(1, at, 5))[headerSize : headerSize+8192])
	f.Add([]byte(chunkMagic))
	f.Add([]byte(recordMagic))
	f.Fuzz(func(t *testing.T, chunk []byte) {
		if len(chunk) > 3*chunkSize {
			return
		}
		hear(t, append(small[:headerSize:headerSize], chunk...))
		fixed := append(bytes.Clone(chunk), make([]byte, chunkSize)...)[:chunkSize]
		copy(fixed, chunkMagic)
		binary.LittleEndian.PutUint32(fixed[48:], chunkSize)
		file := append(small[:headerSize:headerSize], fixed...)
		got := hear(t, resealed(file))
		if n := len(got.records); n > chunkSize/recordHeader {
			t.Fatalf("%d records in a chunk", n)
		}
	})
}

// One wrong bit in the header of a chunk costs no record of a real log, and adds none.
func TestHarmedHeaders(t *testing.T) {
	logs := realLogs(t)
	if len(logs) == 0 {
		t.Skip("the shared data is not there")
	}
	for _, name := range logs {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := len(hear(t, file).records)
		for chunk := headerSize; chunk+chunkSize <= len(file); chunk += chunkSize {
			for _, at := range []int{9, 24, 32, 44, 45, 48, 49, 52, 60, 200} {
				harmed := bytes.Clone(file)
				harmed[chunk+at] ^= 1
				if got := len(hear(t, harmed).records); got != want {
					t.Errorf("%s: with byte %d of the chunk at %d harmed, %d records, not %d", filepath.Base(name), at, chunk, got, want)
				}
			}
		}
	}
}
