package vec

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/detlang/det/lang/types"
)

func TestNetSet(t *testing.T) {
	for _, c := range []struct {
		nets    []string
		yes, no []string
	}{
		{nil, nil, []string{"0.0.0.0", "::"}},
		{[]string{"10.0.0.0/8"}, []string{"10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"}, []string{"9.255.255.255", "11.0.0.0", "::a00:0"}},
		{[]string{"10.0.0.1/8"}, []string{"10.9.9.9"}, []string{"11.0.0.1"}}, // host bits do not count
		{[]string{"::ffff:10.0.0.0/104"}, []string{"10.1.1.1"}, []string{"11.0.0.0"}},
		{[]string{"0.0.0.0/0"}, []string{"0.0.0.0", "255.255.255.255"}, []string{"::", "2001:db8::1"}},
		{[]string{"::/0"}, []string{"0.0.0.0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, nil},
		{[]string{"192.0.2.7/32", "2001:db8::/32"}, []string{"192.0.2.7", "2001:db8:ffff::1"}, []string{"192.0.2.8", "2001:db9::"}},
		{[]string{"10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24"}, []string{"10.0.0.128", "10.0.1.255"}, []string{"10.0.2.0"}},
		{[]string{"10.0.0.0/8", "10.1.0.0/16", "172.16.0.0/12"}, []string{"10.2.0.0", "172.31.255.255"}, []string{"172.32.0.0"}},
	} {
		var nets []netip.Prefix
		for _, n := range c.nets {
			nets = append(nets, netip.MustParsePrefix(n))
		}
		set := NewNetSet(nets...)
		for _, addr := range c.yes {
			if ip := netip.MustParseAddr(addr).As16(); !set.Has(&ip) {
				t.Errorf("%v does not hold %s", c.nets, addr)
			}
		}
		for _, addr := range c.no {
			if ip := netip.MustParseAddr(addr).As16(); set.Has(&ip) {
				t.Errorf("%v holds %s", c.nets, addr)
			}
		}
	}
}

func TestNetSetAgainstNetip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Addresses of few distinct bytes, so that they meet.
		addr := rapid.Custom(func(t *rapid.T) netip.Addr {
			octet := rapid.SampledFrom([]byte{0, 1, 127, 128, 255})
			if rapid.Bool().Draw(t, "v4") {
				return netip.AddrFrom4([4]byte{10, octet.Draw(t, "b"), octet.Draw(t, "c"), octet.Draw(t, "d")})
			}
			return netip.AddrFrom16([16]byte{0x20, 1, 6: octet.Draw(t, "7"), 7: octet.Draw(t, "8"), 8: octet.Draw(t, "9"), 15: octet.Draw(t, "16")})
		})
		var nets []netip.Prefix
		for range rapid.IntRange(0, 6).Draw(t, "networks") {
			a := addr.Draw(t, "network")
			nets = append(nets, netip.PrefixFrom(a, rapid.IntRange(0, a.BitLen()).Draw(t, "bits")))
		}
		set, a, want := NewNetSet(nets...), addr.Draw(t, "address"), false
		for _, n := range nets {
			// An IPv6 network as wide as ::/96 also holds the mapped IPv4 addresses.
			want = want || n.Masked().Contains(a) || n.Masked().Contains(netip.AddrFrom16(a.As16()))
		}
		if ip := a.As16(); set.Has(&ip) != want {
			t.Fatalf("%v has %v: %v, want %v", nets, a, !want, want)
		}
	})
}

func TestTextIPInBothForms(t *testing.T) {
	kernel := TextIP(func(s string) (netip.Addr, bool) {
		a, err := netip.ParseAddr(s)
		return a, err == nil
	})
	coded := Of(types.String, "10.0.0.1", nil, "x", "10.0.0.1", "2001:db8::1", "")
	for _, v := range []*Vec{coded, withoutDict(coded)} {
		got := kernel([]*Vec{v}, v.N, nil)
		for i, want := range []string{"10.0.0.1", "", "", "10.0.0.1", "2001:db8::1", ""} {
			if got.Missing(i) != (want == "") {
				t.Errorf("row %d: missing is %v", i, got.Missing(i))
			} else if want != "" && got.Value(i) != netip.MustParseAddr(want) {
				t.Errorf("row %d = %v, want %s", i, got.Value(i), want)
			}
		}
	}
}

// withoutDict is a text column without its dictionary.
func withoutDict(v *Vec) *Vec {
	out := &Vec{Kind: types.String, N: v.N, Valid: v.Valid, Offs: []int32{0}}
	for i := range v.N {
		if !v.Missing(i) {
			out.Bytes = append(out.Bytes, v.Text(i)...)
		}
		out.Offs = append(out.Offs, int32(len(out.Bytes)))
	}
	return out
}

func BenchmarkNetSet(b *testing.B) {
	set := NewNetSet(netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"))
	ips := make([][16]byte, 4096)
	for i := range ips {
		ips[i] = netip.AddrFrom4([4]byte{byte(i), byte(i >> 3), 1, 2}).As16()
	}
	v := &Vec{Kind: types.IP, N: len(ips), IPs: ips}
	kernel := IPTest(set.Has)
	b.SetBytes(int64(len(ips))) // a "byte" is a row
	for b.Loop() {
		kernel([]*Vec{v}, v.N, nil)
	}
}
