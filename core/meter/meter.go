package meter

import (
	"io"
	"sync"

	"asbru/core"

	"github.com/VictoriaMetrics/metrics"
)

// Sources is where a Meter looks. All of it is read at scrape time only.
type Sources struct {
	Snapshot func() *core.Snapshot // the running configuration; may return nil before the first
	Figures  func() Figures        // nil: the figures are left out
	Lanes    []*core.LaneStats
	Rings    []*core.Ring // for their drops
	Log      *AccessLog   // nil: there is none
	Build    Build
}

// Figures are facts about the process that hang on no Target, VirtualKey or lane.
type Figures struct {
	Buffers       int64  // buffers in use now
	ReloadsOK     uint64 // configuration changes taken
	ReloadsFailed uint64 // configuration changes refused
	Reloaded      int64  // Unix nanoseconds of the last change taken; 0: none yet
	Draining      bool   // no new work is accepted

	More []core.Figure // of what hangs on the process as well; those of one name one after the other
}

// Build says which program this is.
type Build struct{ Version, Revision, Go string }

// A Meter writes metrics in the Prometheus text format. Many goroutines may
// scrape it.
type Meter struct {
	from Sources
	set  *metrics.Set

	mu     sync.Mutex // guards what follows
	snap   *core.Snapshot
	census census // of snap; sorting 100,000 keys is done once a snapshot
}

// New returns a Meter over s. It starts nothing.
func New(s Sources) *Meter {
	m := &Meter{from: s, set: metrics.NewSet()}
	m.set.RegisterMetricsWriter(m.writeOwn)
	return m
}

// WritePrometheus writes every metric to w: ours, then those of the process and
// of the Go runtime. Write errors end with the connection they belong to.
func (m *Meter) WritePrometheus(w io.Writer) {
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}

// writeOwn renders to memory first: no lock is held while a scraper is slow.
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

// take returns the census of s, made anew only when the snapshot changed.
func (m *Meter) take(s *core.Snapshot) census {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s != m.snap {
		m.snap, m.census = s, count(s)
	}
	return m.census
}
