package det_test

import "testing"

// TestSilenceEnds gives a host nine years of silence: it is told a thousand times
// and then left, however many windows there were.
func TestSilenceEnds(t *testing.T) {
	const rules = `schema beat {
  time timestamp
  host string
}

rule silent {
  from beat
  window 1m by host empty { beats = count() }
  when beats == 0
}
`
	got := scene{rules: rules}.run(t, input{"beat.csv", []byte("time,host\n2014-01-01T00:00:00Z,a\n2023-01-01T00:00:30Z,a\n")})
	if got.err != nil || len(got.alerts) != 1000 {
		t.Errorf("%d alerts, %v", len(got.alerts), got.err)
	}
}
