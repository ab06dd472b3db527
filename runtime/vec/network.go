package vec

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
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
		switch v := args[0]; {
		case v.Kind == types.String:
			text(args, n, mask, out)
			return
		case v.Kind != types.IP:
			clear(out)
		case len(t.ranges) == 1:
			packAddrs(out, v.IPs[:n], t.ranges[0])
		default:
			testRows(out, n, mask, func(i int) bool { return t.has(addrOf(v.IPs[i])) })
		}
		out.Intersect(args[0].Valid)
	}
}

// addr is 16 bytes of address as two numbers, so that addresses compare as their
// numbers do.
type addr struct{ hi, lo uint64 }

func addrOf(b [16]byte) addr {
	return addr{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (a addr) compare(b addr) int {
	return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo))
}

// less is 1 if a is below b.
func (a addr) less(b addr) uint64 {
	_, borrow := bits.Sub64(a.lo, b.lo, 0)
	_, borrow = bits.Sub64(a.hi, b.hi, borrow)
	return borrow
}

// addrRange is the addresses from first to last.
type addrRange struct{ first, last addr }

func (r addrRange) has(a addr) bool { return a.less(r.first)|r.last.less(a) == 0 }

// packAddrs marks the addresses in a range.
func packAddrs(out Bitmap, ips [][16]byte, r addrRange) {
	for w := range out {
		part := ips[w<<6 : min(w<<6+64, len(ips))]
		var y uint64
		for i := len(part) - 1; i >= 0; i-- {
			a := addrOf(part[i])
			y = 2*y + (1 &^ (a.less(r.first) | r.last.less(a)))
		}
		out[w] = y
	}
}

// networks is ranges that neither touch nor overlap, ascending. Those of IPv4 stand
// together; byTop tells between which of them to look by an address's first byte.
type networks struct {
	ranges []addrRange
	byTop  [257]int32
}

// mapped is where IPv4 lies within IPv6: ::ffff:0:0/96.
var mapped = addrRange{addr{0, 0xffff_0000_0000}, addr{0, 0xffff_ffff_ffff}}

func newNetworks(nets []netip.Prefix) *networks {
	var all []addrRange
	for _, p := range nets {
		if !p.IsValid() {
			continue
		}
		first, length := addrOf(p.Addr().As16()), p.Bits()
		if p.Addr().Is4() {
			length += 96
		}
		mask := addr{^uint64(0) << max(64-length, 0), ^uint64(0) << max(min(128-length, 64), 0)}
		first = addr{first.hi & mask.hi, first.lo & mask.lo}
		r := addrRange{first, addr{first.hi | ^mask.hi, first.lo | ^mask.lo}}
		if length < 96 && r.has(mapped.first) { // around IPv4, which is not in it
			all = append(all,
				addrRange{r.first, addr{0, mapped.first.lo - 1}},
				addrRange{addr{0, mapped.last.lo + 1}, r.last})
			continue
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b addrRange) int { return a.first.compare(b.first) })
	t := &networks{ranges: all[:0]}
	for _, r := range all {
		if n := len(t.ranges); n > 0 && t.ranges[n-1].has(r.first) {
			if last := &t.ranges[n-1].last; last.less(r.last) == 1 {
				*last = r.last
			}
			continue
		}
		t.ranges = append(t.ranges, r)
	}
	for top := range t.byTop { // the first range that ends at or after the top's first address
		from := addr{0, mapped.first.lo + uint64(top)<<24}
		t.byTop[top] = int32(t.search(0, len(t.ranges), from))
	}
	return t
}

// search is the first range in [i, j) that does not end before a, or j.
func (t *networks) search(i, j int, a addr) int {
	for i < j {
		if mid := (i + j) / 2; t.ranges[mid].last.less(a) == 1 {
			i = mid + 1
		} else {
			j = mid
		}
	}
	return i
}

// has reports whether a is in one of the networks.
func (t *networks) has(a addr) bool {
	i, j := 0, len(t.ranges)
	if a.hi == 0 && a.lo>>32 == 0xffff {
		top := a.lo >> 24 & math.MaxUint8
		i, j = int(t.byTop[top]), min(int(t.byTop[top+1])+1, j)
	}
	i = t.search(i, j, a)
	return i < j && a.less(t.ranges[i].first) == 0
}
