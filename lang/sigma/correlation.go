package sigma

func (s *set) mute(d *document) {}

func (r *rule) correlation(n *node) {
	r.diags.Errorf("D0913", n.at, "correlations are not turned into rules yet")
}
