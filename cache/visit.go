package cache

import (
	"sync/atomic"

	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/cache/remote"
	"asbru/core"
)

// A visit is what the cache keeps of one exchange, from Look to Keep. It stands in the
// exchange as its Watcher, and as the Source of an answer that comes piece by piece.
type visit struct {
	c    *Cache         // for good: of an exchange that ended another Cache may still look whose its visit was
	x    *core.Exchange // only while a stage or the Source runs
	name                // of the question
	body [32]byte       // of a call that is known by its key: the digest of what x asks for
	ask  ask

	role  role
	f     *errand
	spare *errand                // the next one to lead, made when nobody waited
	lead  atomic.Pointer[errand] // f of who leads it: any goroutine may ask whether it stays
	tries int                    // leaders that failed this exchange
	heard uint32                 // of f, what it waits for; see waitLocked
	until int64                  // Clock when it stops to follow f; 0: when that ends

	kind, owner string // whose the answer is
	label       []byte
	asked       []byte // the model that was asked for

	space    [32]byte // of the question, for who looks at its meaning
	text     []byte   // its last turn, plain; empty: nobody looks at it
	match    Match
	question Question       // what is looked up: here, so that looking allocates nothing
	likeKey  [32]byte       // of what was found
	asking   *remote.Asking // of others, under way; nil: none is
	askUntil int64          // Clock when it is given up

	out    []byte
	fields []byte
	hit    *kept
	how    how
	due    *exact.Item[*kept] // what this exchange is to have refreshed; nil: nothing
	doubt  *doubt             // what it would have been given, were the semantic tier trusted; nil: nothing
	trail  *visit             // that leads what is to be asked behind the answer; nil: nothing is
	sent   *visit             // trail, once the data plane has it
	usage  core.Usage         // of the answer from memory, when it was made
	extras func(dst []byte) []byte

	read replay
}

// A replay is an answer that a client is given piece by piece.
type replay struct {
	s     *scratch // nil: none is under way
	pacer entry.Pacer
	paced bool
	due   int64 // Clock when the next piece is

	cut     cutter
	at      int  // of the tape, what was read
	keepsID bool // the provider knows the answer by its id
	ended   bool // the answer's end was read, and is kept back until it is known to be whole
	dst     []byte
	frame   func(name, data []byte) error
}

// A role is what an exchange has to do with the cache.
type role uint8

const (
	alone     role = iota // nothing: it goes upstream, or was answered
	leading               // it asks for others too, and for later
	following             // it waits for who leads
)

// How an answer was found.
type how uint8

const (
	missed how = iota
	fromMemory
	pastItsTime
	byWords
	byLikeness
	withOthers
)

// recall is the word for h that others know, and that the header x-cache says.
func (h how) recall() core.Recall {
	return [...]core.Recall{core.RecallMissed, core.RecallExact, core.RecallStale, core.RecallCanonical, core.RecallSemantic, core.RecallJoined}[h]
}

func newVisit(c *Cache) *visit {
	v := &visit{c: c}
	v.spare = new(errand)
	v.extras = v.appendExtras // once: a func value made for each exchange would be an allocation for each
	v.read.frame = v.onFrame
	return v
}

// release makes v ready for another exchange.
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
	v.due, v.doubt, v.sent = nil, nil, nil
	v.usage = core.Usage{}
	if v.spare == nil { // the bytes are out: what is allocated now makes nobody wait
		v.spare = new(errand)
	}
	c.visits.Put(v)
}

// endReplay gives the memory of a replay back.
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

// Stays implements core.Watcher: the exchange goes on while others want its answer.
func (v *visit) Stays() bool {
	f := v.lead.Load()
	return f != nil && f.waiting.Load() > 0
}

// statusOf is the status of the reply that x got; 0: none.
func statusOf(x *core.Exchange) int {
	if a := x.Attempts(); len(a) > 0 {
		return a[len(a)-1].Status
	}
	return 0
}
