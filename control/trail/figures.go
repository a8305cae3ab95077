package trail

import "asbru/core"

// Figures returns the metrics of the trail and its sinks.
func (t *Trail) Figures() []core.Figure {
	all := []core.Figure{
		{Name: "asbru_audit_records_total", Help: "Records of the audit trail on the disk.", Total: true, N: int64(t.synced.Load())},
		{Name: "asbru_audit_waiting_bytes", Help: "Bytes of the audit trail that not every sink has stored.", N: t.waiting.Load()},
		{Name: "asbru_audit_full", Help: "1 while the audit trail is full because its sinks do not store records.", N: flag(t.full.Load())},
		{Name: "asbru_audit_broken", Help: "1 once the audit trail cannot be written.", N: flag(t.failed.Load() != nil)},
	}
	for _, g := range [...]struct {
		name, help string
		total      bool
		n          func(f *feed) int64
	}{
		{"asbru_audit_sink_behind", "Records that a sink has yet to store.", false, func(f *feed) int64 { return int64(t.synced.Load()) - int64(f.pos.Load()) }},
		{"asbru_audit_sink_stored_total", "Records that a sink has stored.", true, func(f *feed) int64 { return int64(f.stored.Load()) }},
		{"asbru_audit_sink_failures_total", "Times that a sink failed to store records.", true, func(f *feed) int64 { return int64(f.failures.Load()) }},
		{"asbru_audit_sink_missed_total", "Records that were removed before a sink had stored them.", true, func(f *feed) int64 { return int64(f.missed.Load()) }},
		{"asbru_audit_sink_prompts_total", "Prompts that a sink has stored.", true, func(f *feed) int64 { return int64(f.contents.kept.Load()) }},
		{"asbru_audit_sink_prompts_dropped_total", "Prompts that were dropped before a sink had stored them.", true, func(f *feed) int64 { return int64(f.contents.dropped.Load()) }},
		{"asbru_audit_sink_troubled", "1 while a sink fails to store records.", false, func(f *feed) int64 { return flag(f.troubled()) }},
	} {
		for _, f := range t.feeds {
			all = append(all, core.Figure{Name: g.name, Help: g.help, Total: g.total, Label: "sink", Value: f.sink.Name(), N: g.n(f)})
		}
	}
	return all
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
