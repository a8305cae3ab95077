package cache

import (
	"maps"
	"slices"

	"asbru/core"
)

// Figures implements core.Memory.
func (c *Cache) Figures() (all []core.Figure) {
	n := c.Counts()
	total := func(name, help, label string, pairs ...any) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, core.Figure{Name: name, Help: help, Total: true, Label: label, Value: pairs[i].(string), N: int64(pairs[i+1].(uint64))})
		}
	}
	gauge := func(name, help string, v int64) {
		all = append(all, core.Figure{Name: name, Help: help, N: v})
	}
	total("asbru_cache_hits_total", "Requests answered from memory, by how the answer was found.", "tier",
		"exact", n.Exact, "stale", n.Stale, "canonical", n.Words, "semantic", n.Near, "remote", n.Far, "joined", n.Joined)
	pairs := []any{"absent", n.Missed, "refresh", n.Due}
	for w := NotAsked; w < NumWhys; w++ {
		pairs = append(pairs, w.String(), n.Why[w.String()])
	}
	total("asbru_cache_misses_total", "Requests that were not answered from memory, by reason.", "reason", pairs...)
	total("asbru_cache_stored_total", "Answers that are remembered.", "", "", n.Kept)
	pairs = nil
	for r := range numRefusals {
		pairs = append(pairs, r.String(), n.Refused[r.String()])
	}
	total("asbru_cache_refused_total", "Answers that are not remembered, by reason.", "reason", append(pairs, "busy", n.Lost, "overlong", n.Overlong)...)
	total("asbru_cache_evictions_total", "Answers that memory let go before their time, by reason.", "reason",
		"worth_less", n.Memory.Evicted, "not_admitted", n.Memory.Turned, "dropped_set", n.Memory.Dropped, "wrong", n.Wrong, "cleared", n.Cleared)
	total("asbru_cache_waits_total", "What became of requests that waited for another's answer and did not get it.", "outcome",
		"promoted", n.Promoted, "failure_shared", n.Shared, "alone", n.Alone)
	gauge("asbru_cache_entries", "Answers in memory.", n.Memory.Items)
	gauge("asbru_cache_bytes", "Bytes of memory that the answers take.", n.Memory.Bytes)
	gauge("asbru_cache_recording_bytes", "Bytes of answers that are being written down.", n.Tapes)
	gauge("asbru_cache_disk_bytes", "Bytes of the cache on disk.", n.Disk.Bytes)
	gauge("asbru_cache_disk_live_bytes", "Of those, what could still be asked for.", n.Disk.Live)
	if c.far != nil {
		all = append(all, outside(&n)...)
	}
	return all
}

// outside are the figures of what others are asked.
func outside(n *Counts) (all []core.Figure) {
	o := &n.Outside
	by := func(name, help, label string, m map[string]uint64) {
		for _, value := range slices.Sorted(maps.Keys(m)) {
			all = append(all, core.Figure{Name: name, Help: help, Total: true, Label: label, Value: value, N: int64(m[value])})
		}
	}
	by("asbru_cache_remote_lookups_total", "Questions that were looked up outside, by outcome.", "outcome", o.Asks)
	by("asbru_cache_remote_inserts_total", "Answers that were to be written outside, by what came of it.", "outcome", o.Adds)
	all = append(all,
		core.Figure{Name: "asbru_cache_remote_strange_total", Help: "Rows found outside that were not what was asked for.", Total: true, N: int64(o.Strange + n.Disowned)},
		core.Figure{Name: "asbru_cache_remote_queue", Help: "Answers that wait to be written outside.", N: int64(o.Queued)})
	all = append(all, core.Figure{Name: "asbru_cache_remote_dimensions", Help: "Numbers of a vector in the store; 0: it was not reached yet.", N: int64(o.Dims)})
	down := int64(0)
	if o.Down {
		down = 1
	}
	return append(all, core.Figure{Name: "asbru_cache_remote_down", Help: "Whether what is outside is left alone after failures.", N: down})
}
