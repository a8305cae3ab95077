package meter

import "asbru/core"

// memory writes the figures of the cache, the repeated calls and the ledger, as far as they are configured.
func memory(p *page, s *core.Snapshot) {
	if s == nil {
		return
	}
	if s.Memory != nil {
		p.told(s.Memory.Figures())
	}
	if s.Repeats != nil {
		p.told(s.Repeats.Figures())
	}
	if s.Money != nil {
		p.told(s.Money.Figures())
	}
}

// told writes figures, in the order given.
func (p *page) told(list []core.Figure) {
	last := ""
	for _, f := range list {
		if f.Name != last {
			kind := "gauge"
			if f.Total {
				kind = "counter"
			}
			p.family(f.Name, kind, f.Help)
			last = f.Name
		}
		labels := ""
		if f.Label != "" {
			labels = label(f.Label, f.Value)
		}
		if f.Per > 1 {
			p.float(f.Name, labels, float64(f.N)/float64(f.Per))
		} else {
			p.int(f.Name, labels, f.N)
		}
	}
}
