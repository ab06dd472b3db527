package vec

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/detlang/det/lang/types"
)

// NetSet is a set of IP networks. An IPv4 address and the same address mapped
// into IPv6 (::ffff:10.0.0.1) are one. The zero NetSet is empty.
type NetSet struct {
	ranges []addrRange // ascending, neither overlapping nor touching
}

// addrRange is the addresses from lo to hi, both within.
type addrRange struct{ lo, hi wide }

// wide is a 128-bit number: an IPv6 address.
type wide struct{ high, low uint64 }

func wideOf(ip *[16]byte) wide {
	return wide{binary.BigEndian.Uint64(ip[:8]), binary.BigEndian.Uint64(ip[8:])}
}

func (a wide) less(b wide) bool {
	return a.high < b.high || a.high == b.high && a.low < b.low
}

func (a wide) compare(b wide) int {
	return cmp.Or(cmp.Compare(a.high, b.high), cmp.Compare(a.low, b.low))
}

// next is a+1; after the last address comes the first.
func (a wide) next() wide {
	a.low++
	if a.low == 0 {
		a.high++
	}
	return a
}

// NewNetSet makes a set. The host bits of a prefix do not count: 10.0.0.1/8 is
// 10.0.0.0/8. A prefix that is not valid holds nothing.
func NewNetSet(prefixes ...netip.Prefix) *NetSet {
	var all []addrRange
	for _, p := range prefixes {
		if r, ok := rangeOf(p); ok {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b addrRange) int { return a.lo.compare(b.lo) })
	s := &NetSet{}
	for _, r := range all {
		if n := len(s.ranges); n > 0 {
			last := &s.ranges[n-1]
			if end := last.hi.next(); !end.less(r.lo) || end == (wide{}) {
				if last.hi.less(r.hi) {
					last.hi = r.hi
				}
				continue
			}
		}
		s.ranges = append(s.ranges, r)
	}
	return s
}

// rangeOf is the addresses of a prefix, in IPv6.
func rangeOf(p netip.Prefix) (addrRange, bool) {
	if !p.IsValid() {
		return addrRange{}, false
	}
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	ip := p.Addr().As16()
	lo := wideOf(&ip)
	hi := lo
	if bits < 64 {
		host := ^uint64(0) >> bits
		lo.high, hi.high = lo.high&^host, hi.high|host
		lo.low, hi.low = 0, ^uint64(0)
	} else if bits < 128 {
		host := ^uint64(0) >> (bits - 64)
		lo.low, hi.low = lo.low&^host, hi.low|host
	}
	return addrRange{lo, hi}, true
}

// Has reports whether an address (IPv4 mapped into IPv6) is in the set.
func (s *NetSet) Has(ip *[16]byte) bool {
	a := wideOf(ip)
	lo, hi := 0, len(s.ranges) // ranges[:lo] begin at or before a
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if a.less(s.ranges[mid].lo) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo > 0 && !s.ranges[lo-1].hi.less(a)
}

// IPTest lifts a test of one address to a kernel that gives Bool, false where the
// address is missing.
func IPTest(test func(ip *[16]byte) bool) Kernel {
	return BoolRows(func(args []*Vec) func(int) bool {
		ips := args[0].IPs
		return func(i int) bool { return test(&ips[i]) }
	})
}

// TextIP lifts a function from text to an address; ok false makes the row
// missing. The function runs once for each distinct value of a dictionary.
func TextIP(f func(s string) (netip.Addr, bool)) Kernel {
	type result struct {
		ip [16]byte
		ok bool
	}
	var m memo[result]
	parse := func(s string) (r result) {
		ip, ok := f(s)
		if ok {
			r = result{ip.As16(), true}
		}
		return r
	}
	return IPRows(func(args []*Vec) func(int) ([16]byte, bool) {
		v := args[0]
		if v.Dict == nil {
			return func(i int) ([16]byte, bool) {
				r := parse(v.Text(i))
				return r.ip, r.ok
			}
		}
		m.of(v.Dict)
		return func(i int) ([16]byte, bool) {
			c := v.Codes[i]
			if !m.known.Get(int(c)) {
				m.known.Set(int(c))
				m.vals[c] = parse(v.Dict.Value(c))
			}
			return m.vals[c].ip, m.vals[c].ok
		}
	})
}

// IPText lifts a function from an address to text; ok false makes the row
// missing. The address is IPv4 where it is mapped.
func IPText(f func(ip netip.Addr) (string, bool)) Kernel {
	return TextRows(func(args []*Vec) func(int) (string, bool) {
		ips := args[0].IPs
		return func(i int) (string, bool) { return f(netip.AddrFrom16(ips[i]).Unmap()) }
	})
}

// Is4 reports whether an address is an IPv4 address mapped into IPv6.
func Is4(ip *[16]byte) bool {
	return binary.BigEndian.Uint64(ip[:8]) == 0 && binary.BigEndian.Uint32(ip[8:12]) == 0xffff
}

// IPNumber lifts a function from an address to an Int; ok false makes the row
// missing.
func IPNumber(f func(ip *[16]byte) (int64, bool)) Kernel {
	return NumberRows(types.Int, func(args []*Vec) func(int) (int64, bool) {
		ips := args[0].IPs
		return func(i int) (int64, bool) { return f(&ips[i]) }
	})
}
