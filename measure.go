package main

import (
	"io"
	"sync"

	"asbru/core"
	"asbru/core/meter"
)

// A lazyMeter makes its meter at the first look and again when there are more
// lanes than before: the event loops begin when the first listener is served.
type lazyMeter struct {
	g     *gateway
	mu    sync.Mutex
	lanes int
	meter *meter.Meter
}

// write writes every metric to w.
func (m *lazyMeter) write(w io.Writer) {
	lanes := m.g.server.Stats()
	m.mu.Lock()
	if m.meter == nil || len(lanes) != m.lanes {
		m.meter, m.lanes = meter.New(m.g.sources(lanes)), len(lanes)
	}
	now := m.meter
	m.mu.Unlock()
	now.WritePrometheus(w)
}

func (g *gateway) sources(lanes []*core.LaneStats) meter.Sources {
	b := buildInfo()
	s := meter.Sources{
		Snapshot: g.server.Snapshot,
		Figures:  g.figures,
		Lanes:    lanes,
		Log:      g.access,
		Build:    meter.Build{Version: b.Version, Revision: b.Revision, Go: b.Go},
	}
	if g.ring != nil {
		s.Rings = []*core.Ring{g.ring}
	}
	return s
}

func (g *gateway) figures() meter.Figures {
	s := g.plane.Status()
	f := meter.Figures{Buffers: g.server.Buffers(), ReloadsOK: uint64(s.Version), ReloadsFailed: s.Refused, Draining: g.server.Draining()}
	if !s.At.IsZero() {
		f.Reloaded = s.At.UnixNano()
	}
	if t := g.trail.Load(); t != nil {
		f.More = t.Figures()
	}
	if b := g.made.Load(); b != nil {
		f.More = append(f.More, b.Figures()...)
	}
	if store := g.keep.store.Load(); store != nil {
		f.More = append(f.More, store.Figures()...)
	}
	if a := g.rates.Load(); a != nil {
		f.More = append(f.More, a.Figures()...)
	}
	if g.paid() != nil {
		f.More = append(f.More, g.batches.Figures()...)
	}
	if a := g.lease.Load(); a != nil {
		f.More = append(f.More, a.Figures()...)
	}
	return f
}
