package cache

import (
	"sync/atomic"

	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/cache/remote"
	"asbru/core"
)

// A visit is the cache's state for one exchange, from Look to Keep. It is the exchange's
// Watcher, and the Source of an answer that is given piece by piece.
type visit struct {
	c    *Cache         // never changes: after the exchange has ended another Cache may still ask whose visit it was
	x    *core.Exchange // only set while a stage or the Source runs
	name                // of the question
	body [32]byte       // of a call with an Idempotency-Key: the digest of its body
	ask  ask

	role   role
	f      *errand
	spare  *errand                // the next errand to lead, allocated in advance
	lead   atomic.Pointer[errand] // f while this visit leads it; Stays may be called by any goroutine
	unread bool                   // f was entered before the question was read
	tries  int                    // leaders that failed this exchange
	heard  uint32                 // rung of f when it was last heard; see waitLocked
	until  int64                  // Clock until which it follows f; 0: until f ends

	kind, owner string // whose answers are used
	label       []byte
	asked       []byte // the model that the client asked for

	space    [32]byte // of the question, for the semantic tier
	text     []byte   // the last turn as plain text; empty: not compared by meaning
	match    Match
	question Question       // what is looked up; kept here so that a look-up allocates nothing
	likeKey  [32]byte       // of the similar question found
	asking   *remote.Asking // the outside search under way; nil: none
	askUntil int64          // Clock when it is given up

	out    []byte
	fields []byte
	hit    *kept
	how    how
	due    *exact.Item[*kept] // what this exchange has to refresh; nil: nothing
	doubt  *doubt             // what the semantic tier would have given if it were trusted; nil: nothing
	trail  *visit             // leads the errand behind the answer; nil: there is none
	sent   *visit             // trail, once the data plane has it
	usage  core.Usage         // of the answer from memory, when it was recorded
	extras func(dst []byte) []byte

	read replay
}

// A replay is an answer that is given piece by piece.
type replay struct {
	s     *scratch // nil: no replay is under way
	pacer entry.Pacer
	paced bool
	due   int64 // Clock when the next piece is due

	cut     cutter
	at      int  // offset in the tape up to which it was read
	keepsID bool // the provider knows the answer by its id
	ended   bool // the end was read, and is held back until the answer is known to be complete
	dst     []byte
	frame   func(name, data []byte) error
}

// A role is the part of an exchange in an errand.
type role uint8

const (
	alone     role = iota // none: it goes upstream by itself, or was answered
	leading               // it asks upstream, for the followers too
	following             // it waits for the leader
)

// A how says how an answer was found.
type how uint8

const (
	missed how = iota
	fromMemory
	pastItsTime
	byWords
	byLikeness
	withOthers
)

// recall converts h to core's word for it, which is also that of the header x-cache.
func (h how) recall() core.Recall {
	return [...]core.Recall{core.RecallMissed, core.RecallExact, core.RecallStale, core.RecallCanonical, core.RecallSemantic, core.RecallJoined}[h]
}

func newVisit(c *Cache) *visit {
	v := &visit{c: c}
	v.spare = c.blank()
	v.extras = v.appendExtras // once: a method value for each exchange would be an allocation for each
	v.read.frame = v.onFrame
	return v
}

// release prepares v for another exchange.
func (c *Cache) release(v *visit) {
	v.untrail()
	v.endReplay()
	v.unask()
	v.lead.Store(nil)
	if cap(v.out) > maxOut {
		v.out = nil
	}
	v.name, v.text, v.match, v.question = name{}, v.text[:0], Match{}, Question{}
	v.x, v.f, v.hit, v.ask, v.role, v.tries, v.how = nil, nil, nil, ask{}, alone, 0, missed
	v.due, v.doubt, v.sent, v.unread = nil, nil, nil, false
	v.usage = core.Usage{}
	if v.spare == nil { // the reply has been sent, so that allocating delays nobody
		v.spare = c.blank()
	}
	c.visits.Put(v)
}

// endReplay releases the memory of a replay.
func (v *visit) endReplay() {
	r := &v.read
	if r.s != nil {
		v.c.giveScratch(r.s)
	}
	r.cut.events.Reset()
	r.cut.lines.Reset()
	r.cut.frames.Reset()
	*r = replay{frame: r.frame}
}

// Saw implements core.Watcher.
func (v *visit) Saw(_ *core.Exchange, p []byte) {
	if v.role != leading {
		return
	}
	at := int64(0)
	if v.c.o.Pace {
		at = core.Clock()
	}
	v.f.write(v.c, p, at)
}

// Sure implements core.Watcher.
func (v *visit) Sure(x *core.Exchange) {
	if v.role == leading && statusOf(x) == 200 {
		v.f.comes(x.As == v.f.op && x.Face != nil && x.Face.Dialect == v.f.from)
	}
}

// Anew implements core.Watcher.
func (v *visit) Anew(*core.Exchange) {
	if v.role == leading {
		v.f.anew(v.c)
	}
}

// Stays implements core.Watcher: the exchange continues while others want its answer.
func (v *visit) Stays() bool {
	f := v.lead.Load()
	return f != nil && f.waiting.Load() > 0
}

// statusOf returns the status of x's reply; 0: none.
func statusOf(x *core.Exchange) int {
	if a := x.Attempts(); len(a) > 0 {
		return a[len(a)-1].Status
	}
	return 0
}
