package build

import (
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// A target's own bound goes over its provider's, and that over the document's.
func TestGatesOfTargets(t *testing.T) {
	doc := balanced("")
	doc.Overload = &config.Overload{MinConcurrency: 2, MaxConcurrency: 50}
	doc.Providers[0].Overload = &config.Overload{MaxConcurrency: 40}
	m := &doc.Models[len(doc.Models)-1]
	m.Targets[0].Overload = &config.Overload{MaxConcurrency: 7}
	m.Targets[1].Overload = &config.Overload{Off: true}
	s, _ := must(t, doc, nil)
	own := s.Models["fast"].Targets
	if g := own[0].Gate.Gauges(); g.Most != 7 || g.Least != 2 {
		t.Errorf("%s: %+v", own[0].Name, g)
	}
	if own[1].Gate != nil {
		t.Errorf("%s is bounded", own[1].Name)
	}
	for _, tg := range s.Targets {
		want := 50
		switch {
		case tg == own[0] || tg == own[1]:
			continue
		case tg.Provider == doc.Providers[0].Name:
			want = 40
		}
		if g := tg.Gate.Gauges(); g.Most != want || g.Least != 2 {
			t.Errorf("%s: %+v", tg.Name, g)
		}
	}
	m.Targets[0].Overload.MaxConcurrency = 9
	next, _ := must(t, doc, s)
	if g := next.Models["fast"].Targets[0].Gate; g != own[0].Gate || g.Gauges().Most != 9 {
		t.Errorf("after a reload: %+v", g.Gauges())
	}
}

func TestGates(t *testing.T) {
	first, _ := must(t, seeds(), nil)
	for _, tg := range first.Targets {
		if tg.Gate != nil {
			t.Fatalf("%s is bounded although nobody asked for it", tg.Name)
		}
	}
	if first.Gated {
		t.Error("gated without a gate")
	}
	doc := seeds()
	doc.Overload = &config.Overload{MaxConcurrency: 50}
	doc.Providers[1].Overload = &config.Overload{Off: true}
	doc.VirtualKeys = []config.VirtualKey{{Name: "night", Key: secret("a-key-of-the-night-shift"), Lane: "batch"}, {Name: "day", Key: secret("a-key-of-the-day-shift-")}}
	bounded, _ := must(t, doc, first)
	if !bounded.Gated {
		t.Error("not gated")
	}
	gates := map[string]core.Gate{}
	for _, tg := range bounded.Targets {
		if (tg.Gate != nil) != (tg.Provider != doc.Providers[1].Name) {
			t.Errorf("%s: gate %v", tg.Name, tg.Gate)
		}
		if tg.Gate != nil {
			gates[tg.Name] = tg.Gate
			if g := tg.Gate.Gauges(); g.Most != 50 || g.Least != 4 {
				t.Errorf("%s: %+v", tg.Name, g)
			}
		}
	}
	shares := map[uint64]bool{}
	for _, k := range bounded.Keys {
		shares[k.Share] = true
		if want := map[string]core.Urgency{"night": core.Batch, "day": core.Interactive}[k.Name]; k.Urgency != want {
			t.Errorf("%s is %v", k.Name, k.Urgency)
		}
	}
	if len(shares) != 2 {
		t.Errorf("two callers have %d shares", len(shares))
	}

	doc.Overload.MaxConcurrency = 20
	doc.Providers[0].BaseURL = "https://elsewhere.test/v1"
	moved, _ := must(t, doc, bounded)
	for _, tg := range moved.Targets {
		if tg.Gate == nil {
			continue
		}
		if same := tg.Gate == gates[tg.Name]; same != (tg.Provider != doc.Providers[0].Name) {
			t.Errorf("%s kept its gate: %v", tg.Name, same)
		}
		if g := tg.Gate.Gauges(); g.Most != 20 {
			t.Errorf("%s: %+v", tg.Name, g)
		}
	}
}
