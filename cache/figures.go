package cache

import (
	"maps"
	"slices"

	"asbru/cache/exact"
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
	total("asbru_cache_hits_total", "Requests that the cache answered, by how the answer was found.", "tier",
		"exact", n.Exact, "stale", n.Stale, "canonical", n.Words, "semantic", n.Near, "remote", n.Far, "joined", n.Joined)
	pairs := []any{"absent", n.Missed, "untrusted", n.Doubted}
	for w := NotAsked; w < NumWhys; w++ {
		pairs = append(pairs, w.String(), n.Why[w.String()])
	}
	total("asbru_cache_misses_total", "Requests that the cache did not answer, by reason.", "reason", pairs...)
	total("asbru_cache_stored_total", "Answers that the cache stored.", "", "", n.Kept)
	pairs = nil
	for r := range numRefusals {
		pairs = append(pairs, r.String(), n.Refused[r.String()])
	}
	total("asbru_cache_refused_total", "Answers that the cache did not store, by reason.", "reason", append(pairs, "busy", n.Lost, "overlong", n.Overlong)...)
	total("asbru_cache_evictions_total", "Answers that were removed from memory before they expired, by reason.", "reason",
		"worth_less", n.Memory.Evicted, "not_admitted", n.Memory.Turned, "dropped_set", n.Memory.Dropped, "wrong", n.Wrong, "cleared", n.Cleared)
	total("asbru_cache_waits_total", "Requests that waited for the answer to an equal request and did not get it, by what became of them.", "outcome",
		"promoted", n.Promoted, "failure_shared", n.Shared, "alone", n.Alone)
	total("asbru_cache_behind_total", "Requests sent to a provider after the cache had answered, by purpose: to refresh or to check the answer; dropped ones were not sent.", "why",
		"refresh", n.Refreshes, "check", n.Checks, "dropped", n.Untrailed)
	all = append(all, trustFigures(n.Trusts)...)
	gauge("asbru_cache_entries", "Answers in memory.", n.Memory.Items)
	gauge("asbru_cache_bytes", "Bytes of memory that these answers take.", n.Memory.Bytes)
	gauge("asbru_cache_recording_bytes", "Bytes of answers that are still arriving and will be stored.", n.Tapes)
	gauge("asbru_cache_disk_bytes", "Bytes of the cache on disk.", n.Disk.Bytes)
	gauge("asbru_cache_disk_live_bytes", "Bytes of the cache on disk that belong to answers which can still be given.", n.Disk.Live)
	if c.far != nil {
		all = append(all, outside(&n)...)
	}
	return all
}

// repeatFigures are the figures of calls with an Idempotency-Key. For a zero Cache all are 0.
func (c *Cache) repeatFigures() (all []core.Figure) {
	add := func(name, help string, total bool, label, value string, n int64) {
		all = append(all, core.Figure{Name: name, Help: help, Total: total, Label: label, Value: value, N: n})
	}
	n := &c.n
	const calls, refused, gone = "asbru_repeats_calls_total", "asbru_repeats_refused_total", "asbru_repeats_forgotten_total"
	says := "Requests with an Idempotency-Key, by outcome: new, replayed, joined to a call in flight, or refused because the key belongs to another call."
	add(calls, says, true, "outcome", "new", int64(n.missed.Load()))
	add(calls, says, true, "outcome", "replayed", int64(n.exact.Load()))
	add(calls, says, true, "outcome", "joined", int64(n.joined.Load()))
	add(calls, says, true, "outcome", "reused", int64(n.clashed.Load()))
	add("asbru_repeats_stored_total", "Answers stored for calls that may be repeated.", true, "", "", int64(n.kept.Load()))
	says = "Answers not stored for repeated calls, by reason."
	for _, r := range [...]refusal{notWhole, badStatus, tooLarge} {
		add(refused, says, true, "reason", r.String(), int64(n.refused[r].Load()))
	}
	add(refused, says, true, "reason", "busy", int64(n.lost.Load()))
	add(refused, says, true, "reason", "overlong", int64(n.overlong.Load()))
	var m exact.Counts
	if c.mem != nil {
		m = c.mem.Counts()
	}
	says = "Answers that were removed from memory before they expired, by reason."
	add(gone, says, true, "reason", "worth_less", int64(m.Evicted))
	add(gone, says, true, "reason", "not_admitted", int64(m.Turned))
	add(gone, says, true, "reason", "dropped_set", int64(m.Dropped))
	add(gone, says, true, "reason", "cleared", int64(n.cleared.Load()))
	add("asbru_repeats_entries", "Answers in memory for repeated calls.", false, "", "", m.Items)
	add("asbru_repeats_bytes", "Bytes of memory that the answers for repeated calls take.", false, "", "", m.Bytes)
	add("asbru_repeats_recording_bytes", "Bytes of answers for repeated calls that are still arriving and will be stored.", false, "", "", c.tapes.Load())
	return all
}

// trustFigures are the figures of the semantic tier's trust, by owner.
func trustFigures(list []Trust) (all []core.Figure) {
	each := func(name, help string, total bool, per int64, n func(t *Trust) int64) {
		for i := range list {
			all = append(all, core.Figure{Name: name, Help: help, Total: total, Label: "owner", Value: list[i].Owner, N: n(&list[i]), Per: per})
		}
	}
	each("asbru_cache_check_agreed_total", "Checked semantic hits that agreed with the provider's own answer.", true, 0, func(t *Trust) int64 { return int64(t.Agreed) })
	each("asbru_cache_check_differed_total", "Checked semantic hits that differed from the provider's own answer, or that a caller reported as wrong.", true, 0, func(t *Trust) int64 { return int64(t.Differed) })
	each("asbru_cache_check_unjudged_total", "Checks of semantic hits that could not be decided.", true, 0, func(t *Trust) int64 { return int64(t.Unjudged) })
	each("asbru_cache_check_compared", "Checks from which asbru_cache_precision_lower_bound is computed.", false, 0, func(t *Trust) int64 { return int64(t.Compared) })
	each("asbru_cache_precision_lower_bound", "Lower bound (Wilson, 95 %) of the share of semantic hits that are right.", false, 10_000, func(t *Trust) int64 { return int64(t.Bound * 10_000) })
	if len(list) > 0 && list[0].Owner == canonicalName { // the canonical tier, whose trust never falls
		list = list[1:]
	}
	each("asbru_cache_semantic_fallen", "1 while the semantic tier answers nothing because its precision is too low.", false, 0, func(t *Trust) int64 {
		if t.Fallen {
			return 1
		}
		return 0
	})
	each("asbru_cache_semantic_falls_total", "Times that the semantic tier stopped answering because its precision was too low.", true, 0, func(t *Trust) int64 { return int64(t.Falls) })
	return all
}

// outside are the figures of the outside encoder and store.
func outside(n *Counts) (all []core.Figure) {
	o := &n.Outside
	by := func(name, help, label string, m map[string]uint64) {
		for _, value := range slices.Sorted(maps.Keys(m)) {
			all = append(all, core.Figure{Name: name, Help: help, Total: true, Label: label, Value: value, N: int64(m[value])})
		}
	}
	by("asbru_cache_remote_lookups_total", "Look-ups in the external vector store, by outcome.", "outcome", o.Asks)
	by("asbru_cache_remote_inserts_total", "Writes to the external vector store, by outcome.", "outcome", o.Adds)
	all = append(all,
		core.Figure{Name: "asbru_cache_remote_strange_total", Help: "Rows of the external vector store that did not match the look-up and were ignored.", Total: true, N: int64(o.Strange + n.Disowned)},
		core.Figure{Name: "asbru_cache_remote_queue", Help: "Answers that wait to be written to the external vector store.", N: int64(o.Queued)})
	all = append(all, core.Figure{Name: "asbru_cache_remote_dimensions", Help: "Dimensions of the vectors in the external store; 0 before it was reached.", N: int64(o.Dims)})
	down := int64(0)
	if o.Down {
		down = 1
	}
	return append(all, core.Figure{Name: "asbru_cache_remote_down", Help: "1 while the external encoder or vector store is not asked because it failed.", N: down})
}
