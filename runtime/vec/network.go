package vec

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/detlang/det/lang/types"
)

// InNetworks holds for the rows of an IP column that are in one of the networks; an
// address alone is the network of itself. An IPv4 address written into IPv6
// (::ffff:10.0.0.1) is the IPv4 address, and no IPv4 address is in an IPv6
// network. Bits of a prefix beyond its length do not count. A String column is
// read as addresses; text that is none is in no network.
func InNetworks(nets []netip.Prefix) Test {
	t := newNetworks(nets)
	text := textTest(func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && t.has(addrOf(a.As16()))
	}, nil)
	return func(args []*Vec, n int, mask, out Bitmap) {
		v := args[0]
		if v.Kind == types.String {
			text(args, n, mask, out)
			return
		}
		if v.Kind != types.IP {
			clear(out)
			return
		}
		if mask = And(mask, v.Valid); len(t) == 1 {
			one := t[0]
			testRows(out, n, mask, func(i int) bool { return one.has(addrOf(v.IPs[i])) })
			return
		}
		testRows(out, n, mask, func(i int) bool { return t.has(addrOf(v.IPs[i])) })
	}
}

// addr is 16 bytes of address as two numbers, so that addresses compare as their
// numbers do.
type addr struct{ hi, lo uint64 }

func addrOf(b [16]byte) addr {
	return addr{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (a addr) compare(b addr) int {
	if c := cmp.Compare(a.hi, b.hi); c != 0 {
		return c
	}
	return cmp.Compare(a.lo, b.lo)
}

// addrRange is the addresses from first to last.
type addrRange struct{ first, last addr }

func (r addrRange) has(a addr) bool {
	return r.first.compare(a) <= 0 && a.compare(r.last) <= 0
}

// networks is ranges that neither touch nor overlap, ascending.
type networks []addrRange

// mapped is where IPv4 lies within IPv6: ::ffff:0:0/96.
var mapped = addrRange{addr{0, 0xffff_0000_0000}, addr{0, 0xffff_ffff_ffff}}

func newNetworks(nets []netip.Prefix) networks {
	var t networks
	for _, p := range nets {
		first, bits := addrOf(p.Addr().As16()), p.Bits()
		if bits < 0 {
			continue
		}
		if p.Addr().Is4() {
			bits += 96
		}
		mask := addr{^uint64(0) << max(64-bits, 0), ^uint64(0) << max(min(128-bits, 64), 0)}
		first = addr{first.hi & mask.hi, first.lo & mask.lo}
		r := addrRange{first, addr{first.hi | ^mask.hi, first.lo | ^mask.lo}}
		if bits < 96 && r.has(mapped.first) { // around IPv4, which is not in it
			t = append(t,
				addrRange{r.first, addr{0, mapped.first.lo - 1}},
				addrRange{addr{0, mapped.last.lo + 1}, r.last})
			continue
		}
		t = append(t, r)
	}
	slices.SortFunc(t, func(a, b addrRange) int { return a.first.compare(b.first) })
	out := t[:0]
	for _, r := range t {
		if n := len(out); n > 0 && out[n-1].has(r.first) {
			if out[n-1].last.compare(r.last) < 0 {
				out[n-1].last = r.last
			}
			continue
		}
		out = append(out, r)
	}
	return out
}

// has reports whether a is in one of the networks.
func (t networks) has(a addr) bool {
	i, found := slices.BinarySearchFunc(t, a, func(r addrRange, a addr) int { return r.first.compare(a) })
	return found || i > 0 && a.compare(t[i-1].last) <= 0
}
