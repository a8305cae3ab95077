package meter

import "asbru/core"

// shadows writes the results of copies sent to another target. The client's answers are side
// "main", those of the copies are side "shadow".
func shadows(p *page, rs []*core.Route) {
	var shaded []*core.Route
	var labels []string
	for _, r := range rs {
		if r.Care != nil && r.Care.Shadow != nil {
			shaded = append(shaded, r)
			labels = append(labels, join(label("route", r.Name), label("target", r.Care.Shadow.Route.Targets[0].Name)))
		}
	}
	if len(shaded) == 0 {
		return
	}
	each := func(f func(t *core.ShadowTally, with string)) {
		for i, r := range shaded {
			f(r.Care.Shadow.Tally, labels[i])
		}
	}
	outcomes(p, each)
	sides := [2]string{label("side", "main"), label("side", "shadow")}
	sums := func(name, help string, scale float64, n func(t *core.ShadowTally, side int) uint64) {
		p.family(name, "counter", help)
		each(func(t *core.ShadowTally, with string) {
			for i, side := range sides {
				if scale == 1 {
					p.uint(name, join(with, side), n(t, i))
				} else {
					p.float(name, join(with, side), float64(n(t, i))/scale)
				}
			}
		})
	}
	sums("asbru_shadow_ttft_seconds_total", "Time to the first content of compared streams.", 1e9, func(t *core.ShadowTally, i int) uint64 { return t.TTFT[i].Load() })
	sums("asbru_shadow_seconds_total", "Time that compared answers took.", 1e9, func(t *core.ShadowTally, i int) uint64 { return t.Total[i].Load() })
	sums("asbru_shadow_tokens_total", "Tokens of compared answers.", 1, func(t *core.ShadowTally, i int) uint64 { return t.Out[i].Load() })
	sums("asbru_shadow_text_bytes_total", "Bytes of text of compared answers.", 1, func(t *core.ShadowTally, i int) uint64 { return t.Text[i].Load() })
	sums("asbru_shadow_cost_usd_total", "Cost of compared answers, where both prices are known.", 1e9, func(t *core.ShadowTally, i int) uint64 { return t.Cost[i].Load() })
}

// outcomes writes how many copies were compared, and how many of their answers were alike.
func outcomes(p *page, each func(func(t *core.ShadowTally, with string))) {
	p.family("asbru_shadows_total", "counter", "Requests copied to a shadow, by outcome; dropped ones were not sent.")
	each(func(t *core.ShadowTally, with string) {
		p.uint("asbru_shadows_total", join(with, label("outcome", "compared")), t.Compared.Load())
		p.uint("asbru_shadows_total", join(with, label("outcome", "failed")), t.Failed.Load())
		p.uint("asbru_shadows_total", join(with, label("outcome", "dropped")), t.Dropped.Load())
	})
	p.family("asbru_shadow_same_total", "counter", "Compared answers that were the same in what the label says: why they ended, or which tools they call with which names of arguments.")
	each(func(t *core.ShadowTally, with string) {
		p.uint("asbru_shadow_same_total", join(with, label("what", "finish")), t.SameFinish.Load())
		p.uint("asbru_shadow_same_total", join(with, label("what", "calls")), t.SameCalls.Load())
	})
}
