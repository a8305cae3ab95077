package cache

import (
	"sync/atomic"

	"asbru/cache/exact"
	"asbru/cache/remote"
	"asbru/cache/store"
)

// counts are the atomic counters behind Counts.
type counts struct {
	exact, stale, words, near, joined atomic.Uint64
	missed, doubted, bypassed         atomic.Uint64
	refreshes, checks, untrailed      atomic.Uint64
	why                               [NumWhys]atomic.Uint64
	kept, overlong, lost              atomic.Uint64
	refused                           [numRefusals]atomic.Uint64
	promoted, shared, alone           atomic.Uint64
	wrong, cleared                    atomic.Uint64
	clashed                           atomic.Uint64 // an Idempotency-Key used again with another body
	far, disowned                     atomic.Uint64 // hits in an outside store, and answers found there that were not valid for the caller
}

// A refusal is the reason why an answer is not cached.
type refusal uint8

const (
	notWhole    refusal = iota // it failed, or did not reach its end
	badStatus                  // the provider refused the request
	notStopped                 // cut at a limit, filtered, or paused
	saysNothing                // a choice has neither text nor anything else
	callsTools                 // it calls tools
	standIn                    // a fallback answered
	twoVoices                  // it broke off, and another target continued it
	foreign                    // only its own format can express it
	tooLarge
	noStore // the caller forbade it
	numRefusals
)

func (r refusal) String() string {
	return [...]string{"incomplete", "status", "finish", "empty", "tool_calls", "fallback", "rescued", "foreign", "too_large", "no_store"}[r]
}

// Counts are the totals of the cache since it was made.
type Counts struct {
	Exact, Stale, Words, Near, Joined uint64 // answers from: fresh memory, stale memory, the canonical tier, the semantic tier, another exchange that was asking
	Missed, Doubted                   uint64 // sent upstream because nothing was found, or only by a tier that is not trusted at present
	Refreshes, Checks                 uint64 // asked upstream behind an answer from memory: to refresh it, or to compare it
	Untrailed                         uint64 // refreshes and checks given up because too many were under way
	Trusts                            []Trust
	Bypassed                          uint64 // exchanges that the cache does not apply to; Why says why
	Why                               map[string]uint64
	Kept                              uint64 // answers stored
	Refused                           map[string]uint64
	Lost                              uint64 // answers dropped because the queue was full
	Overlong                          uint64 // answers too long to be recorded
	Promoted                          uint64 // followers that asked themselves after their leader had failed
	Shared                            uint64 // failures that were passed on to all followers
	Alone                             uint64 // followers that stopped waiting and asked for themselves
	Wrong, Cleared                    uint64 // answers removed: declared wrong by callers; by an operator
	Tapes                             int64  // bytes being recorded now
	Far, Disowned                     uint64 // answers found in an outside store; of those, refused as another owner's or too old
	Outside                           remote.Counts
	Memory                            exact.Counts
	Disk                              store.Counts
}

// Counts are read while the cache is in use and so are only approximately simultaneous.
func (c *Cache) Counts() Counts {
	n := &c.n
	out := Counts{
		Exact: n.exact.Load(), Stale: n.stale.Load(), Words: n.words.Load(), Near: n.near.Load(), Joined: n.joined.Load(),
		Missed: n.missed.Load(), Doubted: n.doubted.Load(), Refreshes: n.refreshes.Load(), Checks: n.checks.Load(), Untrailed: n.untrailed.Load(), Bypassed: n.bypassed.Load(), Kept: n.kept.Load(),
		Lost: n.lost.Load(), Overlong: n.overlong.Load(), Promoted: n.promoted.Load(), Shared: n.shared.Load(), Alone: n.alone.Load(),
		Wrong: n.wrong.Load(), Cleared: n.cleared.Load(), Tapes: c.tapes.Load(), Memory: c.mem.Counts(),
		Why: map[string]uint64{}, Refused: map[string]uint64{},
	}
	for w := NotAsked; w < NumWhys; w++ {
		out.Why[w.String()] = n.why[w].Load()
	}
	for r := range numRefusals {
		out.Refused[r.String()] = n.refused[r].Load()
	}
	for _, t := range c.trusts.Load().list() {
		if c.trusts.Load().check.Share == 0 && t.agreed.Load()+t.differed.Load() == 0 {
			continue // nothing is compared
		}
		out.Trusts = append(out.Trusts, t.report())
	}
	if d := c.disk.Load(); d != nil {
		out.Disk = d.Counts()
	}
	out.Far, out.Disowned = n.far.Load(), n.disowned.Load()
	if c.far != nil {
		out.Outside = c.far.Counts()
	}
	return out
}
