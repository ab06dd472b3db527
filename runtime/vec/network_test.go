package vec

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/detlang/det/lang/types"
)

func networksOf(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, s := range texts {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

func TestInNetworks(t *testing.T) {
	for _, c := range []struct {
		ip   string
		nets []string
		want bool
	}{
		{"10.1.2.3", []string{"10.0.0.0/8"}, true},
		{"11.0.0.0", []string{"10.0.0.0/8"}, false},
		{"10.255.255.255", []string{"10.0.0.0/8"}, true},
		{"10.1.2.3", []string{"10.0.0.1/8"}, true}, // bits beyond the prefix do not count
		{"::ffff:10.1.2.3", []string{"10.0.0.0/8"}, true},
		{"10.1.2.3", []string{"::ffff:10.0.0.0/104"}, true},
		{"10.1.2.3", []string{"::/0"}, false}, // an IPv4 address is in no IPv6 network
		{"10.1.2.3", []string{"::/64"}, false},
		{"10.1.2.3", []string{"::ffff:0:0/96"}, true}, // unless that is IPv4 itself
		{"::ffff", []string{"::/0"}, true},
		{"::fffe:ffff:ffff", []string{"::/0"}, true},
		{"::1:0:0:0", []string{"::/0"}, true},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", []string{"::/0"}, true},
		{"0.0.0.0", []string{"0.0.0.0/0"}, true},
		{"255.255.255.255", []string{"0.0.0.0/0"}, true},
		{"::1", []string{"0.0.0.0/0"}, false},
		{"fe80::1", []string{"fe80::/10"}, true},
		{"10.0.0.7", []string{"10.0.0.7/32"}, true},
		{"10.0.0.8", []string{"10.0.0.7/32"}, false},
		{"2001:db8::5", []string{"10.0.0.0/8", "2001:db8::/32", "192.168.0.0/16"}, true},
		{"192.168.9.9", []string{"10.0.0.0/8", "2001:db8::/32", "192.168.0.0/16"}, true},
		{"192.169.0.0", []string{"10.0.0.0/8", "192.168.0.0/16", "192.168.3.0/24"}, false},
		{"192.168.200.1", []string{"192.168.3.0/24", "192.168.0.0/16"}, true}, // a smaller one within a larger
		{"1.2.3.4", nil, false},
	} {
		test := InNetworks(networksOf(c.nets...))
		ip := netip.MustParseAddr(c.ip)
		for _, v := range []*Vec{Of(types.IP, ip), Of(types.String, c.ip), withoutDict(Of(types.String, c.ip))} {
			if got := test.Kernel()([]*Vec{v}, 1, nil).Bits.Get(0); got != c.want {
				t.Errorf("%s as %v in %v: %t", c.ip, v.Kind, c.nets, got)
			}
		}
	}
}

func TestInNetworksOfText(t *testing.T) {
	v := Of(types.String, "10.0.0.1", "", "10.0.0", "010.0.0.1", "10.0.0.1/8", "ten", nil, "10.0.0.1%eth0", "fe80::1%eth0")
	got := InNetworks(networksOf("0.0.0.0/0", "::/0")).Kernel()([]*Vec{v}, v.N, nil).Bits.Rows(nil)
	if len(got) != 2 || got[0] != 0 || got[1] != 8 {
		t.Errorf("rows %v, want [0 8]", got)
	}
}

// TestInNetworksAgainstNetip holds many random networks against net/netip, asked
// about addresses near their ends.
func TestInNetworksAgainstNetip(t *testing.T) {
	rnd := source(t)
	random := func() netip.Addr {
		if rnd.IntN(2) == 0 {
			var b [4]byte
			binary.BigEndian.PutUint32(b[:], rnd.Uint32()&0x0f0f00ff)
			return netip.AddrFrom4(b)
		}
		var b [16]byte
		binary.BigEndian.PutUint64(b[:], rnd.Uint64()&0xf00f_0000_0000_0001)
		binary.BigEndian.PutUint64(b[8:], rnd.Uint64()&0x8000_0000_0000_000f)
		return netip.AddrFrom16(b)
	}
	for range 60 {
		var nets []netip.Prefix
		var rows []any
		for range rnd.IntN(12) {
			ip := random()
			p := netip.PrefixFrom(ip, rnd.IntN(ip.BitLen()+1))
			nets = append(nets, p)
			first := p.Masked().Addr()
			rows = append(rows, ip, first, first.Prev(), lastOf(p), lastOf(p).Next())
		}
		rows = append(rows, nil)
		for range 100 {
			rows = append(rows, random())
		}
		for i, x := range rows {
			if ip, ok := x.(netip.Addr); ok && !ip.IsValid() { // before the first or after the last
				rows[i] = nil
			}
		}
		checkTest(t, func() Test { return InNetworks(nets) }, func(row []any) bool {
			for _, p := range nets {
				if ip, ok := row[0].(netip.Addr); ok && p.Contains(ip) {
					return true
				}
			}
			return false
		}, Of(types.IP, rows...))
	}
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	ip, _ := netip.AddrFromSlice(b)
	return ip
}
