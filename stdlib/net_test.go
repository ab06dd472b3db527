package stdlib

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// classes are the tests of which exactly one holds for an address.
var classes = []string{"is_private", "is_loopback", "is_link_local", "is_multicast", "is_reserved", "is_global"}

func TestEveryAddressHasOneClass(t *testing.T) {
	addresses := addressesAround(t)
	v := vec.Of(types.IP, addresses...)
	var holds []vec.Bitmap
	for _, name := range classes {
		kernel, err := byName()[name].Bind([]any{nil})
		if err != nil {
			t.Fatal(err)
		}
		holds = append(holds, kernel([]*vec.Vec{v}, v.N, nil).Bits)
	}
	for i, a := range addresses {
		var in []string
		for c, name := range classes {
			if holds[c].Get(i) {
				in = append(in, name)
			}
		}
		if len(in) != 1 {
			t.Errorf("%v: %v", a, in)
		}
	}
}

// addressesAround are the ends of the special networks, their neighbours, and
// addresses at random.
func addressesAround(t *testing.T) []any {
	t.Helper()
	var all []any
	add := func(a netip.Addr) {
		if a.IsValid() {
			all = append(all, a)
		}
	}
	for _, nets := range [][]netip.Prefix{privateNets, loopbackNets, linkLocalNets, multicastNets, reservedNets} {
		for _, n := range nets {
			add(n.Addr())
			add(n.Addr().Prev())
			last := n.Addr().As16()
			for bit := n.Bits() + 128 - n.Addr().BitLen(); bit < 128; bit++ {
				last[bit/8] |= 0x80 >> (bit % 8)
			}
			add(netip.AddrFrom16(last).Unmap())
			add(netip.AddrFrom16(last).Unmap().Next())
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		x := r.Uint32()
		add(netip.AddrFrom4([4]byte{byte(x >> 24), byte(x >> 16), byte(x >> 8), byte(x)}))
		add(netip.AddrFrom16([16]byte{byte(x), byte(x >> 8), byte(x >> 16), byte(x >> 24), 15: 1}))
	}
	return all
}

func BenchmarkIsPrivate(b *testing.B) {
	benchmarkRows(b, "is_private", func(i int) any { return netip.AddrFrom4([4]byte{byte(i), byte(i >> 3), 1, 2}) }, types.TIP)
}

func BenchmarkHour(b *testing.B) {
	benchmarkRows(b, "hour", func(i int) any { return int64(1_700_000_000_000_000) + int64(i)*1_000_000 }, types.TTimestamp)
}

func BenchmarkSqrt(b *testing.B) {
	benchmarkRows(b, "sqrt", func(i int) any { return float64(i) }, types.TFloat)
}

// benchmarkRows runs a function of one column; a "byte" of the throughput is a row.
func benchmarkRows(b *testing.B, name string, row func(i int) any, t types.Type) {
	rows := make([]any, 1<<14)
	for i := range rows {
		rows[i] = row(i)
	}
	v := vec.Of(t.Kind, rows...)
	kernel, err := byName()[name].Bind([]any{nil})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(v.N))
	for b.Loop() {
		kernel([]*vec.Vec{v}, v.N, nil)
	}
}
