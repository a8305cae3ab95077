package cache

import (
	"sync/atomic"

	"asbru/cache/exact"
	"asbru/cache/remote"
	"asbru/cache/store"
)

// counts are what Counts reports.
type counts struct {
	exact, stale, words, near, joined atomic.Uint64
	missed, doubted, bypassed         atomic.Uint64
	refreshes, checks, untrailed      atomic.Uint64
	why                               [NumWhys]atomic.Uint64
	kept, overlong, lost              atomic.Uint64
	refused                           [numRefusals]atomic.Uint64
	promoted, shared, alone           atomic.Uint64
	wrong, cleared                    atomic.Uint64
	clashed                           atomic.Uint64 // calls with the key of another call
	far, disowned                     atomic.Uint64 // hits outside, and answers found there that were not good
}

// A refusal says why an answer is not kept.
type refusal uint8

const (
	notWhole   refusal = iota // it failed, or its end never came
	badStatus                 // the provider refused
	notStopped                // cut at a limit, filtered, or paused
	callsTools                // it asks for tools to be run
	standIn                   // a fallback said it in another's place
	twoVoices                 // it broke off, and another target ended it
	foreign                   // only its own format can say it
	tooLarge
	noStore // its caller said so
	numRefusals
)

func (r refusal) String() string {
	return [...]string{"incomplete", "status", "finish", "tool_calls", "fallback", "rescued", "foreign", "too_large", "no_store"}[r]
}

// Counts say what became of questions and answers.
type Counts struct {
	Exact, Stale, Words, Near, Joined uint64 // answered: from memory, from memory past its time, by the same words, by likeness, with somebody who was asking
	Missed, Doubted                   uint64 // sent upstream: nothing was there; something was, of a tier that is not trusted now
	Refreshes, Checks                 uint64 // asked upstream behind an answer from memory: because that was past its time, or to compare it
	Untrailed                         uint64 // of those, given up: too many were under way
	Trusts                            []Trust
	Bypassed                          uint64 // had nothing to do with the cache; Why says why
	Why                               map[string]uint64
	Kept                              uint64 // answers that are kept
	Refused                           map[string]uint64
	Lost                              uint64 // answers that came faster than they could be kept
	Overlong                          uint64 // answers longer than is written down
	Promoted                          uint64 // exchanges that asked after the one that asked for them had failed
	Shared                            uint64 // failures that were given to all who waited
	Alone                             uint64 // exchanges that waited and asked for themselves in the end
	Wrong, Cleared                    uint64 // answers taken out: their callers said they are wrong; an operator
	Tapes                             int64  // bytes being written down now
	Far, Disowned                     uint64 // answered with what others have found; what they found was another's, or too old
	Outside                           remote.Counts
	Memory                            exact.Counts
	Disk                              store.Counts
}

// Counts are read while the cache is used: they are of about the same moment.
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
