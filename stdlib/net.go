package stdlib

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/detlang/det/lang/types"
	"github.com/detlang/det/runtime/vec"
)

// netFuncs treat an IPv4 address that is written into IPv6 (::ffff:10.0.0.1) as
// the IPv4 address. Every address is of exactly one of the classes private,
// loopback, link-local, multicast, reserved and global.
func netFuncs() []Func {
	ip := param("ip", types.TIP)
	return []Func{{
		Name: "ip",
		Doc:  "The address that a text is. Missing where it is none; a zone (fe80::1%eth0) is left out.",
		Sig:  takes(types.TIP, text("s")), Bind: kernel(func() vec.Kernel {
			return vec.TextIP(func(s string) (netip.Addr, bool) {
				a, err := netip.ParseAddr(s)
				return a.WithZone(""), err == nil
			})
		}), Cost: 60,
		Examples: examples(`ip("10.0.0.1")`, `10.0.0.1`, `ip("::ffff:10.0.0.1")`, `10.0.0.1`, `ip("010.0.0.1")`, `null`, `ip("x")`, `null`, `ip("")`, `null`),
	}, {
		Name: "ip_version",
		Doc:  "4 or 6.",
		Sig:  takes(types.TInt, ip), Bind: kernel(func() vec.Kernel { return vec.IPNumber(ipVersion) }), Cost: 3,
		Examples: examples(`ip_version(10.0.0.1)`, `4`, `ip_version(ip("2001:db8::1"))`, `6`, `ip_version(ip("::ffff:1.2.3.4"))`, `4`, `ip_version(null)`, `null`),
	}, {
		Name: "cidr_contains",
		Doc:  "Whether an address is in a network, which is a constant or a text such as a column of a look-up table holds. Text that is no network contains nothing.",
		Sig:  cidrSignature(ip), Bind: cidrContains, Test: true, Cost: 10,
		Examples: examples(`cidr_contains(10.0.0.0/8, 10.1.2.3)`, `true`, `cidr_contains("2001:db8::/32", ip("2001:db9::1"))`, `false`, `cidr_contains("x", 10.0.0.1)`, `false`, `cidr_contains(10.0.0.0/8, null)`, `false`),
	}, {
		Name: "in_network",
		Doc:  "Whether an address is in one of the networks; the same as `ip in [network, …]`.",
		Sig:  takes(types.TBool, ip, many(fixed(param("network", types.TNetwork)))), Bind: inNetwork, Test: true, Cost: 10,
		Examples: examples(`in_network(172.20.0.1, 10.0.0.0/8, 172.16.0.0/12)`, `true`, `in_network(8.8.8.8, 10.0.0.0/8)`, `false`, `in_network(null, 0.0.0.0/0)`, `false`),
	},
		class("is_private", "Whether an address is for use within a site: 10/8, 172.16/12, 192.168/16 (RFC 1918) or fc00::/7 (RFC 4193).", privateNets,
			`is_private(10.0.0.1)`, `true`, `is_private(172.32.0.1)`, `false`, `is_private(ip("fd00::1"))`, `true`, `is_private(null)`, `false`),
		class("is_loopback", "Whether an address is the host itself: 127/8 or ::1.", loopbackNets,
			`is_loopback(127.8.8.8)`, `true`, `is_loopback(ip("::1"))`, `true`, `is_loopback(ip("::ffff:127.0.0.1"))`, `true`, `is_loopback(128.0.0.1)`, `false`),
		class("is_link_local", "Whether an address is good on one link only: 169.254/16 or fe80::/10. 169.254.169.254 is where clouds keep their metadata.", linkLocalNets,
			`is_link_local(169.254.169.254)`, `true`, `is_link_local(ip("fe80::1"))`, `true`, `is_link_local(10.0.0.1)`, `false`),
		class("is_multicast", "Whether an address is a group of hosts: 224/4 or ff00::/8.", multicastNets,
			`is_multicast(239.255.255.250)`, `true`, `is_multicast(ip("ff02::fb"))`, `true`, `is_multicast(223.1.1.1)`, `false`),
		class("is_reserved", "Whether an address is in a block that IANA has set aside and that the other classes leave over: documentation, benchmarks, carriers' shared 100.64/10, 0/8, 240/4, 6to4, and the like.", reservedNets,
			`is_reserved(192.0.2.1)`, `true`, `is_reserved(100.64.0.1)`, `true`, `is_reserved(255.255.255.255)`, `true`, `is_reserved(ip("2001:db8::1"))`, `true`, `is_reserved(8.8.8.8)`, `false`),
		{
			Name: "is_global",
			Doc:  "Whether an address is a single host's in the public internet: in none of the other classes.",
			Sig:  takes(types.TBool, ip), Bind: kernel(isGlobal), Test: true, Cost: 15,
			Examples: examples(`is_global(8.8.8.8)`, `true`, `is_global(ip("2606:4700::1111"))`, `true`, `is_global(192.168.1.1)`, `false`, `is_global(224.0.0.1)`, `false`, `is_global(null)`, `false`),
		}, {
			Name: "network",
			Doc:  "The network of so many bits that an address is in, as text. Missing where the address has fewer bits.",
			Sig:  takes(types.TString, ip, param("bits", types.TInt)), Bind: kernel(network), Cost: 80,
			Examples: examples(`network(10.1.2.3, 24)`, `"10.1.2.0/24"`, `network(ip("2001:db8:1:2::3"), 48)`, `"2001:db8:1::/48"`, `network(10.1.2.3, 33)`, `null`, `network(null, 8)`, `null`),
		}, {
			Name: "ip_to_int",
			Doc:  "An IPv4 address as a number; missing for IPv6, which does not fit.",
			Sig:  takes(types.TInt, ip), Bind: kernel(func() vec.Kernel { return vec.IPNumber(ipToInt) }), Cost: 3,
			Examples: examples(`ip_to_int(10.0.0.1)`, `167772161`, `ip_to_int(255.255.255.255)`, `4294967295`, `ip_to_int(ip("::1"))`, `null`),
		}, {
			Name: "int_to_ip",
			Doc:  "The IPv4 address that a number from 0 to 4294967295 is.",
			Sig:  takes(types.TIP, param("n", types.TInt)), Bind: kernel(intToIP), Cost: 5,
			Examples: examples(`int_to_ip(167772161)`, `10.0.0.1`, `int_to_ip(-1)`, `null`, `int_to_ip(4294967296)`, `null`),
		},
	}
}

// class is the row of a test for addresses of some networks.
func class(name, doc string, nets []netip.Prefix, pairs ...string) Func {
	return Func{
		Name: name, Doc: doc, Sig: takes(types.TBool, param("ip", types.TIP)), Test: true, Cost: 10,
		Bind:     kernel(vec.InNetworks(nets).Kernel),
		Examples: examples(pairs...),
	}
}

// The classes, from the IANA registries of special-purpose addresses (RFC 6890
// and what has been added since).
var (
	privateNets   = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
	loopbackNets  = prefixes("127.0.0.0/8", "::1/128")
	linkLocalNets = prefixes("169.254.0.0/16", "fe80::/10")
	multicastNets = prefixes("224.0.0.0/4", "ff00::/8")
	reservedNets  = prefixes(
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/128", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	)
)

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

func isGlobal() vec.Kernel {
	var nets []netip.Prefix
	for _, class := range [][]netip.Prefix{privateNets, loopbackNets, linkLocalNets, multicastNets, reservedNets} {
		nets = append(nets, class...)
	}
	other := vec.InNetworks(nets).Kernel()
	return func(args []*vec.Vec, n int, mask vec.Bitmap) *vec.Vec {
		bits := vec.Not(other(args, n, mask).Bits, n)
		return vec.Bools(vec.And(bits, args[0].Valid), n)
	}
}

func ipVersion(ip *[16]byte) (int64, bool) {
	if vec.Is4(ip) {
		return 4, true
	}
	return 6, true
}

func ipToInt(ip *[16]byte) (int64, bool) {
	return int64(binary.BigEndian.Uint32(ip[12:])), vec.Is4(ip)
}

func intToIP() vec.Kernel {
	return vec.IPRows(func(args []*vec.Vec) func(int) ([16]byte, bool) {
		n := args[0].I64
		return func(i int) (ip [16]byte, ok bool) {
			if n[i] < 0 || n[i] > 1<<32-1 {
				return ip, false
			}
			ip[10], ip[11] = 0xff, 0xff
			binary.BigEndian.PutUint32(ip[12:], uint32(n[i]))
			return ip, true
		}
	})
}

func network() vec.Kernel {
	return vec.TextRows(func(args []*vec.Vec) func(int) (string, bool) {
		ips, bits := args[0].IPs, args[1].I64
		return func(i int) (string, bool) {
			p, err := netip.AddrFrom16(ips[i]).Unmap().Prefix(clampInt(bits[i]))
			return p.String(), err == nil
		}
	})
}

// cidrSignature takes a network, or a text or an address that stands for one.
func cidrSignature(ip types.Param) types.Signature {
	sig := from(types.TBool, param("network", types.TAny), types.Network, types.String, types.IP)
	sig.Params = append(sig.Params, ip)
	return sig
}

// cidrContains tests one constant network at once, and texts that vary one by
// one, each distinct one parsed once.
func cidrContains(consts []any) (vec.Kernel, error) {
	var net netip.Prefix
	switch n := consts[0].(type) {
	case nil:
		return networkColumn(), nil
	case netip.Prefix:
		net = n
	case netip.Addr:
		net = netip.PrefixFrom(n, n.BitLen())
	case string:
		net, _ = parseNetwork(n)
	default:
		return nil, fmt.Errorf("the first argument is a network, such as 10.0.0.0/8")
	}
	return only(1, vec.InNetworks([]netip.Prefix{net}).Kernel()), nil
}

// parseNetwork reads a network, or an address as the network of itself alone.
func parseNetwork(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(s)
	return netip.PrefixFrom(a, a.BitLen()), err == nil
}

// networkColumn is cidr_contains for a column of networks as text.
func networkColumn() vec.Kernel {
	type parsed struct {
		net netip.Prefix
		ok  bool
	}
	known := map[string]parsed{}
	return vec.BoolRows(func(args []*vec.Vec) func(int) bool {
		nets, ips := args[0], args[1].IPs
		if nets.Kind == types.IP {
			return func(i int) bool { return nets.IPs[i] == ips[i] }
		}
		if len(known) > 1<<16 { // as many networks as that are remembered
			clear(known)
		}
		return func(i int) bool {
			s := nets.Text(i)
			p, ok := known[s]
			if !ok {
				p.net, p.ok = parseNetwork(s)
				known[string([]byte(s))] = p
			}
			return p.ok && inPrefix(p.net, ips[i])
		}
	})
}

// inPrefix reports whether an address is in a network, as the in operator has it:
// a network of IPv4 addresses written into IPv6 is one of IPv4.
func inPrefix(p netip.Prefix, ip [16]byte) bool {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked().Contains(netip.AddrFrom16(ip).Unmap())
}

func inNetwork(consts []any) (vec.Kernel, error) {
	var nets []netip.Prefix
	for _, c := range consts[1:] {
		switch n := c.(type) {
		case netip.Prefix:
			nets = append(nets, n)
		case netip.Addr:
			nets = append(nets, netip.PrefixFrom(n, n.BitLen()))
		default:
			return nil, fmt.Errorf("a network is a constant, such as 10.0.0.0/8")
		}
	}
	return vec.InNetworks(nets).Kernel(), nil
}
