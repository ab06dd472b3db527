package main

import "testing"

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{grouped(0), "0"}, {grouped(999), "999"}, {grouped(1000), "1,000"},
		{grouped(-123456), "-123,456"}, {grouped(1234567), "1,234,567"},
		{short(0), "0"}, {short(999.4), "999"}, {short(999.6), "1.0k"}, {short(12_345), "12k"}, {short(3_400_000), "3.4M"},
		{size(512), "512 B"}, {size(1_200_000), "1.2 MB"}, {size(34_000_000_000), "34 GB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
