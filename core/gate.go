package core

import "sync/atomic"

// A Gate bounds how many requests a target has under way, and decides who waits
// for a place and who is refused. core/gate makes them; a Target without one is open
// to everybody.
//
// An attempt enters with its Ticket and leaves exactly once if it was let in. Every
// method may be called by any goroutine, one at a time for each Ticket, and none of
// them waits.
type Gate interface {
	// Enter asks for a place. Admitted: the caller has one and must Leave. Queued: t
	// waits until t.Waker is called, or Abandon takes it back; then t.Entry is Admitted or
	// Refused. Refused: t.Refusal and t.Retry say why and for how long.
	Enter(now int64, t *Ticket) Entry

	// First tells that the first content of a stream came: the sooner it is told, the
	// sooner the limit follows.
	First(now int64, t *Ticket)

	// Leave gives the place back. It does nothing for a Ticket that has none.
	Leave(now int64, t *Ticket, o Outcome)

	// Abandon takes a waiting t back, because its client left or t.Due has come; t is
	// Refused then and t.Waker will not be called. False: it did not wait any more.
	Abandon(now int64, t *Ticket) bool

	// Gauges say how the Gate is doing.
	Gauges() GateGauges
}

// A Ticket is what one attempt shows at a Gate. It stands in the exchange it is for, so
// that entering allocates nothing. The zero value is of no caller in particular, and
// somebody waits for its answer.
type Ticket struct {
	Caller  uint64  // whose share is used: VirtualKey.Share
	Urgency Urgency // whose turn it is
	Waker   Waker   // called once if Enter says Queued, when the wait is over
	NoWait  bool    // it is let in at once or not at all, and not counted as refused
	Until   int64   // Clock after which an answer is of no use any more; 0: none
	Heard   int64   // Clock when an answer that is no stream began; 0: when the place is given back

	entry   atomic.Uint32
	Refusal Refusal // why it was Refused; NoRefusal: it was taken back
	Retry   int     // seconds after which it may be worth asking again; 1 or more when Refused
	Due     int64   // Clock at which the wait of a Queued one ends: Abandon it then
	Since   int64   // Clock when it was let in
	Place   int32   // belongs to the Gate
}

// Entry is what became of t. Who owns t may ask at any time; the other fields hold when
// it is not Queued.
func (t *Ticket) Entry() Entry { return Entry(t.entry.Load()) }

// Decide is the Gate's to call.
func (t *Ticket) Decide(e Entry) Entry { t.entry.Store(uint32(e)); return e }

// Clear makes t ready for another attempt of the same caller. It must not stand at a Gate.
func (t *Ticket) Clear() {
	t.NoWait = false
	t.Heard, t.Refusal, t.Retry, t.Due, t.Since = 0, 0, 0, 0, 0
	t.Decide(Outside)
}

// Inside reports whether t holds a place.
func (t *Ticket) Inside() bool { return t.Entry() == Admitted }

// An Entry is what a Gate answers.
type Entry uint8

const (
	Outside  Entry = iota // not asked, or left again
	Admitted              // it has a place
	Queued                // it waits for one
	Refused               // it gets none
)

// An Urgency says who goes first when places are few.
type Urgency uint8

const (
	Interactive  Urgency = iota // somebody waits for the answer
	Batch                       // nobody does
	NumUrgencies                // for tables
)

// String is the name of u in the configuration and in metrics.
func (u Urgency) String() string { return [...]string{"interactive", "batch"}[u] }

// A Refusal is why a Gate lets somebody not in.
type Refusal uint8

const (
	NoRefusal   Refusal = iota
	Overfull            // everybody asks for more than the target can do
	ShareUsed           // this caller asks for more than its share of it
	WaitedOut           // it waited until it was due
	TooLate             // waiting would have its answer come after Until
	NumRefusals         // for tables
)

// String is the name of r in metrics; empty for NoRefusal.
func (r Refusal) String() string { return [...]string{"", "overload", "share", "wait", "budget"}[r] }

// An Outcome is what came of an attempt that was let in.
type Outcome uint8

const (
	Served    Outcome = iota // an answer: how long it took says how the target is doing
	Streamed                 // an answer whose first content was told with First
	Failed                   // an error that says nothing about the load
	Throttled                // 429, 503, 529: the target says that it is too much
	TimedOut                 // no answer in time
	Left                     // the client did not wait for the end
)

// GateGauges are the rules and the state of a Gate, and what it did so far.
type GateGauges struct {
	Least, Most int     // bounds of Limit; the same when nothing is learnt
	Queue       int     // requests that may wait
	Wait        int64   // nanoseconds for which each may
	BatchShare  float64 // turns of batch while interactive requests wait

	Limit    int                  // requests under way at most, now
	Inflight int                  // requests under way
	Waiting  [NumUrgencies]int    // by Urgency
	Queued   [NumUrgencies]uint64 // requests that had to wait so far
	Refused  [NumRefusals]uint64  // by Refusal
	Typical  int64                // nanoseconds that a place is held, on average
	Quick    int64                // nanoseconds to an answer, or a stream's first content, when the target is at ease; 0: not known yet
	Waited   *Histogram           // how long those that got in had to wait, of those that had to
}
