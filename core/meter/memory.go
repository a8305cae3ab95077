package meter

import "asbru/core"

// memory writes what the cache says about itself; nothing when there is none.
func memory(p *page, s *core.Snapshot) {
	if s == nil || s.Memory == nil {
		return
	}
	last := ""
	for _, f := range s.Memory.Figures() {
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
