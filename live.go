package det

import (
	"os"
	"time"
)

// defaultIdle is how long a silent source is waited for unless RunOptions say
// otherwise.
const defaultIdle = 10 * time.Second

// idle is how long a silent source is waited for.
func (o *RunOptions) idle() time.Duration {
	if o.Idle > 0 {
		return o.Idle
	}
	return defaultIdle
}

// isLive reports whether an input may be silent for any time: a pipe, a terminal, a
// socket.
func isLive(path string) bool {
	if path == "-" {
		s, err := os.Stdin.Stat()
		return err == nil && !s.Mode().IsRegular()
	}
	s, err := os.Stat(path)
	return err == nil && !s.Mode().IsRegular() && !s.IsDir()
}
