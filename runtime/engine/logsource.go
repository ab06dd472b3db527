package engine

import "slices"

// look notes which of the log sources that are still missing have an event in the
// batch that the stream's frame has begun.
func (s *stream) look() {
	if len(s.absent) == 0 {
		return
	}
	left := s.absent[:0]
	for _, i := range s.absent {
		if len(s.frame.Rows(s.def.Logs[i].Cond, nil)) == 0 {
			left = append(left, i)
		}
	}
	s.absent = left
}

// pool puts together what the workers have looked for since the last time.
func (e *Engine) pool() {
	for i, s := range e.streams {
		if len(s.absent) == 0 {
			continue
		}
		s.absent = slices.DeleteFunc(s.absent, func(log int) bool {
			return slices.ContainsFunc(e.workers, func(w *worker) bool {
				_, missing := slices.BinarySearch(w.Engine.streams[i].absent, log)
				return !missing
			})
		})
		for _, w := range e.workers {
			own := w.Engine.streams[i]
			own.absent = append(own.absent[:0], s.absent...)
		}
	}
}

// absent are the log sources of a stream of which no event came.
func (e *Engine) absent(s *stream) []AbsentSource {
	var out []AbsentSource
	for _, i := range s.absent {
		a := AbsentSource{Name: s.def.Logs[i].Name}
		for _, r := range s.def.Logs[i].Rules {
			a.Rules = append(a.Rules, e.prog.Rules[r].Name)
		}
		out = append(out, a)
	}
	return out
}
