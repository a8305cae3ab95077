package meter

import (
	"cmp"
	"slices"
	"sync/atomic"

	"asbru/core"
)

// process writes the metrics that exist once per process.
func (m *Meter) process(p *page, snap *core.Snapshot) {
	p.family("asbru_build_info", "gauge", "Version of this program, in the labels; always 1.")
	b := m.from.Build
	p.uint("asbru_build_info", join(label("version", b.Version),
		join(label("revision", b.Revision), label("go_version", b.Go))), 1)

	var version uint64
	if snap != nil {
		version = snap.Version
	}
	p.family("asbru_snapshot_version", "gauge", "Version of the running configuration; 0 before the first.")
	p.uint("asbru_snapshot_version", "", version)

	var dropped uint64
	for _, r := range m.from.Rings {
		dropped += r.Dropped()
	}
	p.family("asbru_records_dropped_total", "counter", "Records of finished requests that were dropped because their ring was full.")
	p.uint("asbru_records_dropped_total", "", dropped)

	if m.from.Figures != nil {
		p.figures(m.from.Figures())
	}
	if m.from.Log != nil {
		p.log(m.from.Log.Stats())
	}
}

func (p *page) figures(f Figures) {
	p.family("asbru_buffers_in_use", "gauge", "Buffers in use at the moment.")
	p.int("asbru_buffers_in_use", "", f.Buffers)
	p.family("asbru_config_reloads_total", "counter", "Configuration changes by result.")
	p.uint("asbru_config_reloads_total", `result="ok"`, f.ReloadsOK)
	p.uint("asbru_config_reloads_total", `result="failed"`, f.ReloadsFailed)
	p.family("asbru_config_reloaded_timestamp_seconds", "gauge", "When a configuration was last put into force, in Unix seconds; 0 if never.")
	p.float("asbru_config_reloaded_timestamp_seconds", "", float64(f.Reloaded)/1e9)
	var draining uint64
	if f.Draining {
		draining = 1
	}
	p.family("asbru_draining", "gauge", "1 while the process is ending and accepts no new work.")
	p.uint("asbru_draining", "", draining)
	p.told(f.More)
}

func (p *page) log(s LogStats) {
	p.family("asbru_access_log_lines_total", "counter", "Access log lines written.")
	p.uint("asbru_access_log_lines_total", "", s.Lines)
	p.family("asbru_access_log_lost_total", "counter", "Access log lines lost to a failed write.")
	p.uint("asbru_access_log_lost_total", "", s.Lost)
	p.family("asbru_access_log_errors_total", "counter", "Failed writes and reopenings of the access log.")
	p.uint("asbru_access_log_errors_total", "", s.Errors)
}

// A lane is all LaneStats of one name.
type lane struct {
	labels string
	of     []*core.LaneStats
}

func (m *Meter) byLane() []lane {
	var out []lane
	for _, s := range m.from.Lanes {
		l := label("lane", s.Name)
		i := slices.IndexFunc(out, func(x lane) bool { return x.labels == l })
		if i < 0 {
			i, out = len(out), append(out, lane{labels: l})
		}
		out[i].of = append(out[i].of, s)
	}
	slices.SortFunc(out, func(a, b lane) int { return cmp.Compare(a.labels, b.labels) })
	return out
}

// lanes writes the counters of the hot path itself.
func (m *Meter) lanes(p *page) {
	all := m.byLane()
	p.family("asbru_client_connections", "gauge", "Open client connections.")
	for _, l := range all {
		var n int64
		for _, s := range l.of {
			n += s.Conns.Load()
		}
		p.int("asbru_client_connections", l.labels, n)
	}
	p.counter(all, "asbru_client_connections_accepted_total", "Client connections accepted.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.Accepted })
	p.counter(all, "asbru_client_connections_refused_total", "Client connections closed without being served.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.Refused })
	p.counter(all, "asbru_client_connections_handed_over_total", "Client connections handed over to another lane.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.HandedOver })
	p.counter(all, "asbru_lane_requests_total", "Requests that a lane has ended, with or without an error.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.Requests })
	p.counter(all, "asbru_received_bytes_total", "Bytes of request bodies read from clients.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.BytesIn })
	p.counter(all, "asbru_sent_bytes_total", "Bytes of answers written to clients, including heads and framing.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.BytesOut })
	p.counter(all, "asbru_stream_events_unread_total", "Events of providers' streams that could not be read.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.Unread })
	p.counter(all, "asbru_panics_total", "Panics that were confined to one connection, each of which is a bug.",
		func(s *core.LaneStats) *atomic.Uint64 { return &s.Panics })
	m.codes(p)
	m.skips(p)
	p.overhead(all, "asbru_decision_seconds", "Time that the gateway itself spends on a request, without system calls.",
		func(s *core.LaneStats) *core.Histogram { return &s.Decide })
	p.overhead(all, "asbru_decision_with_kernel_seconds", "Time that the gateway itself spends on a request, including the system calls that write.",
		func(s *core.LaneStats) *core.Histogram { return &s.Kernel })
}

// codes writes every code, also those that have not occurred: an alert on a series
// that does not exist yet would stay silent.
func (m *Meter) codes(p *page) {
	p.family("asbru_faults_total", "counter", "Requests that ended in a fault, by its code.")
	for c := core.None + 1; c < core.NumCodes; c++ {
		var n uint64
		for _, s := range m.from.Lanes {
			n += s.Faults[c].Load()
		}
		p.uint("asbru_faults_total", label("code", c.String()), n)
	}
}

// skips writes how often steps were left out because a client's time was short.
func (m *Meter) skips(p *page) {
	p.family("asbru_latency_skipped_total", "counter", "Requests whose x-latency-budget was too short for a step, by the step that was left out.")
	for i, name := range core.SkipNames {
		var n uint64
		for _, s := range m.from.Lanes {
			n += s.Skipped[i].Load()
		}
		p.uint("asbru_latency_skipped_total", label("what", name), n)
	}
}

func (p *page) counter(all []lane, name, help string, f func(*core.LaneStats) *atomic.Uint64) {
	p.family(name, "counter", help)
	for _, l := range all {
		var n uint64
		for _, s := range l.of {
			n += f(s).Load()
		}
		p.uint(name, l.labels, n)
	}
}

func (p *page) overhead(all []lane, name, help string, f func(*core.LaneStats) *core.Histogram) {
	p.family(name, "histogram", help)
	for _, l := range all {
		hs := make([]*core.Histogram, len(l.of))
		for i, s := range l.of {
			hs[i] = f(s)
		}
		p.histogram(name, l.labels, fine, hs...)
	}
}
