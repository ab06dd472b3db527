package det

import "testing"

// TestGarbagePercent: a quarter of what is in use; as much as has to be looked
// through; at least 16 MB, but never more than four times what is in use.
func TestGarbagePercent(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		live, scanned uint64
		want          int
	}{
		{1000 * mb, 10 * mb, 25},
		{1000 * mb, 600 * mb, 60},
		{1000 * mb, 1000 * mb, 100},
		{32 * mb, 1 * mb, 50},
		{1 * mb, 1 * mb, 400},
		{0, 0, 400},
	} {
		if got := garbagePercent(c.live, c.scanned); got != c.want {
			t.Errorf("%d MB in use, %d MB looked through: %d percent, want %d", c.live/mb, c.scanned/mb, got, c.want)
		}
	}
}
