package meter

import (
	"io"
	"sync"

	"asbru/core"

	"github.com/VictoriaMetrics/metrics"
)

// Sources are what a Meter reads, at scrape time only.
type Sources struct {
	Snapshot func() *core.Snapshot // the running configuration; may return nil until there is one
	Figures  func() Figures        // nil: the figures are left out
	Lanes    []*core.LaneStats
	Rings    []*core.Ring // counted for dropped Records
	Log      *AccessLog   // nil: there is none
	Build    Build
}

// Figures are facts about the process that belong to no Target, VirtualKey or lane.
type Figures struct {
	Buffers       int64  // buffers in use now
	ReloadsOK     uint64 // configuration changes applied
	ReloadsFailed uint64 // configuration changes refused
	Reloaded      int64  // Unix nanoseconds of the last change applied; 0: none yet
	Draining      bool   // no new connections are accepted

	More []core.Figure // further figures of the process; those of one name must be adjacent
}

// Build identifies the program: its version, source revision and Go version.
type Build struct{ Version, Revision, Go string }

// A Meter writes metrics in the Prometheus text format. It may be used by many
// goroutines.
type Meter struct {
	from Sources
	set  *metrics.Set

	mu     sync.Mutex // guards the fields below
	snap   *core.Snapshot
	census census // of snap; 100,000 keys are sorted only once a snapshot
}

// New returns a Meter that reads s. It starts no goroutine.
func New(s Sources) *Meter {
	m := &Meter{from: s, set: metrics.NewSet()}
	m.set.RegisterMetricsWriter(m.writeOwn)
	return m
}

// WritePrometheus writes every metric to w: ours, then those of the process and of
// the Go runtime. Write errors are ignored, as w is a connection that ends with them.
func (m *Meter) WritePrometheus(w io.Writer) {
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}

// writeOwn renders to memory first, so that no lock is held for a slow scraper.
func (m *Meter) writeOwn(w io.Writer) {
	var snap *core.Snapshot
	if m.from.Snapshot != nil {
		snap = m.from.Snapshot()
	}
	c := m.take(snap)
	p := &page{}
	m.process(p, snap)
	m.lanes(p)
	targets(p, c.targets)
	keys(p, c.keys)
	pools(p, c.pools)
	credentials(p, snap)
	health(p, snap)
	memory(p, snap)
	gates(p, snap)
	w.Write(p.b)
}

// take returns the census of s, made again only if the snapshot has changed.
func (m *Meter) take(s *core.Snapshot) census {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s != m.snap {
		m.snap, m.census = s, count(s)
	}
	return m.census
}
