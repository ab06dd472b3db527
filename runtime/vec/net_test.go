package vec

import (
	"net/netip"
	"testing"

	"github.com/detlang/det/lang/types"
)

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
