package main

import (
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{grouped(0), "0"}, {grouped(999), "999"}, {grouped(1000), "1,000"},
		{grouped(-123456), "-123,456"}, {grouped(1234567), "1,234,567"},
		{short(0), "0"}, {short(999.4), "999"}, {short(999.6), "1.0k"}, {short(12_345), "12k"}, {short(3_400_000), "3.4M"},
		{counted(1, "rule"), "1 rule"}, {counted(0, "rule"), "0 rules"}, {counted(1200, "rule"), "1,200 rules"},
		{round(1234567 * time.Nanosecond), "1.23ms"}, {round(148_710 * time.Microsecond), "149ms"},
		{round(7 * time.Second), "7s"}, {round(123_456 * time.Millisecond), "2m3s"}, {round(900 * time.Nanosecond), "1µs"},
		{size(512), "512 B"}, {size(1_200_000), "1.2 MB"}, {size(34_000_000_000), "34 GB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
