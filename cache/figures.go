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
	total("asbru_cache_hits_total", "Requests answered from memory, by how the answer was found.", "tier",
		"exact", n.Exact, "stale", n.Stale, "canonical", n.Words, "semantic", n.Near, "remote", n.Far, "joined", n.Joined)
	pairs := []any{"absent", n.Missed, "untrusted", n.Doubted}
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
	total("asbru_cache_behind_total", "Questions asked upstream behind an answer from memory: to refresh it, or to compare it; dropped ones were given up.", "why",
		"refresh", n.Refreshes, "check", n.Checks, "dropped", n.Untrailed)
	all = append(all, trustFigures(n.Trusts)...)
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

// repeatFigures are the figures of calls with an Idempotency-Key. For a zero Cache all are 0.
func (c *Cache) repeatFigures() (all []core.Figure) {
	add := func(name, help string, total bool, label, value string, n int64) {
		all = append(all, core.Figure{Name: name, Help: help, Total: total, Label: label, Value: value, N: n})
	}
	n := &c.n
	const calls, refused, gone = "asbru_repeats_calls_total", "asbru_repeats_refused_total", "asbru_repeats_forgotten_total"
	says := "Requests with an Idempotency-Key: new calls, those that came again and had the answer or waited for it, and those with the key of another call."
	add(calls, says, true, "outcome", "new", int64(n.missed.Load()))
	add(calls, says, true, "outcome", "replayed", int64(n.exact.Load()))
	add(calls, says, true, "outcome", "joined", int64(n.joined.Load()))
	add(calls, says, true, "outcome", "reused", int64(n.clashed.Load()))
	add("asbru_repeats_stored_total", "Answers that are given again to calls that come again.", true, "", "", int64(n.kept.Load()))
	says = "Answers that are not, by reason."
	for _, r := range [...]refusal{notWhole, badStatus, tooLarge} {
		add(refused, says, true, "reason", r.String(), int64(n.refused[r].Load()))
	}
	add(refused, says, true, "reason", "busy", int64(n.lost.Load()))
	add(refused, says, true, "reason", "overlong", int64(n.overlong.Load()))
	var m exact.Counts
	if c.mem != nil {
		m = c.mem.Counts()
	}
	says = "Answers that memory let go before their time, by reason."
	add(gone, says, true, "reason", "worth_less", int64(m.Evicted))
	add(gone, says, true, "reason", "not_admitted", int64(m.Turned))
	add(gone, says, true, "reason", "dropped_set", int64(m.Dropped))
	add(gone, says, true, "reason", "cleared", int64(n.cleared.Load()))
	add("asbru_repeats_entries", "Answers in memory.", false, "", "", m.Items)
	add("asbru_repeats_bytes", "Bytes of memory that they take.", false, "", "", m.Bytes)
	add("asbru_repeats_recording_bytes", "Bytes of answers that are being written down.", false, "", "", c.tapes.Load())
	return all
}

// trustFigures are the figures of the semantic tier's trust, by owner.
func trustFigures(list []Trust) (all []core.Figure) {
	each := func(name, help string, total bool, per int64, n func(t *Trust) int64) {
		for i := range list {
			all = append(all, core.Figure{Name: name, Help: help, Total: total, Label: "owner", Value: list[i].Owner, N: n(&list[i]), Per: per})
		}
	}
	each("asbru_cache_check_agreed_total", "Semantic hits that said what the provider said to the same question.", true, 0, func(t *Trust) int64 { return int64(t.Agreed) })
	each("asbru_cache_check_differed_total", "Semantic hits that did not, or that their caller called wrong.", true, 0, func(t *Trust) int64 { return int64(t.Differed) })
	each("asbru_cache_check_unjudged_total", "Comparisons that came to nothing.", true, 0, func(t *Trust) int64 { return int64(t.Unjudged) })
	each("asbru_cache_check_compared", "Comparisons that the lower bound is of.", false, 0, func(t *Trust) int64 { return int64(t.Compared) })
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
	each("asbru_cache_semantic_falls_total", "How often that began.", true, 0, func(t *Trust) int64 { return int64(t.Falls) })
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
