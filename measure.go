package main

import (
	"sync"

	"asbru/core"
	"asbru/core/meter"
)

// newMeter returns a meter that is made at the first look, when every lane has
// its counters.
func (g *gateway) newMeter() func() *meter.Meter {
	return sync.OnceValue(func() *meter.Meter {
		var rings []*core.Ring
		if g.ring != nil {
			rings = append(rings, g.ring)
		}
		b := buildInfo()
		return meter.New(meter.Sources{
			Snapshot: g.server.Snapshot,
			Figures:  g.figures,
			Lanes:    g.server.Stats(),
			Rings:    rings,
			Log:      g.access,
			Build:    meter.Build{Version: b.Version, Revision: b.Revision, Go: b.Go},
		})
	})
}

func (g *gateway) figures() meter.Figures {
	s := g.plane.Status()
	f := meter.Figures{ReloadsOK: uint64(s.Version), ReloadsFailed: s.Refused, Draining: g.server.Draining()}
	if !s.At.IsZero() {
		f.Reloaded = s.At.UnixNano()
	}
	return f
}
