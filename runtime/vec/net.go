package vec

import (
	"encoding/binary"
	"net/netip"

	"github.com/detlang/det/lang/types"
)

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
