package core

import "sync/atomic"

// A Gate bounds how many requests a target has under way, and decides who waits
// for a place and who is refused. core/gate implements it; a Target without one is
// unbounded.
//
// An attempt enters with its Ticket and, if it was let in, leaves exactly once. Every
// method may be called from any goroutine, but not concurrently for one Ticket, and none
// blocks.
type Gate interface {
	// Enter asks for a place. Admitted: the caller has one and must Leave. Queued: t
	// waits until t.Waker is called, or Abandon takes it back; then t.Entry is Admitted or
	// Refused. Refused: t.Refusal and t.Retry say why and for how long.
	Enter(now int64, t *Ticket) Entry

	// First reports that the first content of a stream has arrived, from which the limit
	// learns without waiting for the end of the stream.
	First(now int64, t *Ticket)

	// Leave frees the place. It does nothing for a Ticket that holds none.
	Leave(now int64, t *Ticket, o Outcome)

	// Abandon ends the wait of t because its client left or t.Due has come; t is then
	// Refused, and t.Waker will not be called. False: t was no longer waiting.
	Abandon(now int64, t *Ticket) bool

	// Gauges say how the Gate is doing.
	Gauges() GateGauges
}

// A Ticket is what one attempt shows at a Gate. It is part of its exchange, so that
// entering allocates nothing. The zero value belongs to no particular caller and is
// Interactive.
type Ticket struct {
	Caller  uint64  // whose share it uses: VirtualKey.Share
	Urgency Urgency // decides which queue it waits in
	Waker   Waker   // called once, when the wait is over, if Enter returned Queued
	NoWait  bool    // let it in at once or not at all, and do not count it as refused
	Until   int64   // Clock after which an answer would be useless; 0: never
	Heard   int64   // Clock when a unary answer began; 0: take the moment of Leave

	entry   atomic.Uint32
	Refusal Refusal // why it was Refused; NoRefusal: it was abandoned
	Retry   int     // seconds after which asking again may help; at least 1 when Refused
	Due     int64   // Clock at which the owner must Abandon it if it is still Queued
	Since   int64   // Clock when it was let in
	Place   int32   // for use by the Gate
}

// Entry returns the state of t. The owner of t may call it at any time; the other fields are
// valid unless it is Queued.
func (t *Ticket) Entry() Entry { return Entry(t.entry.Load()) }

// Decide sets the state of t. Only the Gate may call it.
func (t *Ticket) Decide(e Entry) Entry { t.entry.Store(uint32(e)); return e }

// Clear makes t ready for another attempt of the same caller. It must not be in use at a Gate.
func (t *Ticket) Clear() {
	t.NoWait = false
	t.Heard, t.Refusal, t.Retry, t.Due, t.Since = 0, 0, 0, 0, 0
	t.Decide(Outside)
}

// Inside reports whether t holds a place.
func (t *Ticket) Inside() bool { return t.Entry() == Admitted }

// An Entry is the state of a Ticket at a Gate.
type Entry uint8

const (
	Outside  Entry = iota // not asked, or left again
	Admitted              // it has a place
	Queued                // it waits for one
	Refused               // it gets none
)

// An Urgency says who goes first when places are scarce.
type Urgency uint8

const (
	Interactive  Urgency = iota // somebody is waiting for the answer
	Batch                       // nobody is
	NumUrgencies                // for tables
)

// String is the name of u in the configuration and in metrics.
func (u Urgency) String() string { return [...]string{"interactive", "batch"}[u] }

// A Refusal is why a Gate refuses an attempt.
type Refusal uint8

const (
	NoRefusal   Refusal = iota
	Overfull            // all callers together ask for more than the target can do
	ShareUsed           // this caller asks for more than its share
	WaitedOut           // it waited for as long as it may
	TooLate             // after the wait its answer would come later than Until
	NumRefusals         // for tables
)

// String is the name of r in metrics; empty for NoRefusal.
func (r Refusal) String() string { return [...]string{"", "overload", "share", "wait", "budget"}[r] }

// An Outcome is how an attempt that was let in ended.
type Outcome uint8

const (
	Served    Outcome = iota // answered: its duration shows how the target is doing
	Streamed                 // answered, and its first content was reported with First
	Failed                   // an error that says nothing about the load
	Throttled                // 429, 503 or 529: the target says it is overloaded
	TimedOut                 // no answer in time
	Left                     // the client did not wait for the end
)

// GateGauges are the rules, the state and the counters of a Gate.
type GateGauges struct {
	Least, Most int     // bounds of Limit; equal if the limit is fixed
	Queue       int     // how many requests may wait
	Wait        int64   // for how many nanoseconds each may wait
	BatchShare  float64 // share of turns that batch requests get while interactive ones wait

	Limit    int                  // how many requests may be under way now
	Inflight int                  // requests under way
	Waiting  [NumUrgencies]int    // by Urgency
	Queued   [NumUrgencies]uint64 // requests that had to wait so far
	Refused  [NumRefusals]uint64  // by Refusal
	Typical  int64                // nanoseconds that a place is held, on average
	Quick    int64                // nanoseconds to an answer, or to a stream's first content, while the target is not loaded; 0: not known yet
	Waited   *Histogram           // how long requests waited that were queued and then let in
}
