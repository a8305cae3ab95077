package core

import "time"

// An Exchange is one client request from first byte to last, together with
// everything the gateway has decided about it.
//
// It is carried by exactly one lane at a time, comes from a pool, and must not be
// retained after its last After stage returns. Every []byte in it aliases a
// connection buffer with the same lifetime.
type Exchange struct {
	Snap  *Snapshot // pinned when the head was parsed; never reloaded mid-flight
	Key   *VirtualKey
	Route *Route
	Plan  *Plan

	ID    [16]byte // request id, random; shown as 32 hex digits
	Start int64    // monotonic nanoseconds (Clock) when the head was complete
	From  *Dialect // what the client speaks
	Peek  Peek     // the few facts read from Body without decoding it
	Name  []byte   // the model name to send to targets that name none; aliases Peek
	Face  *Face    // how the target of the attempt under way is asked
	Path  []byte   // what follows the door's prefix, without the query; aliases the head
	Body  []byte

	// Small things stand together: an Exchange is held for as long as a stream lasts.

	Op      Op
	As      Op     // what the target is asked for: Op, or what Op was translated into
	Array   bool   // the client takes its stream as one JSON array
	Fixed   bool   // the client chose the provider by the door: no rule leads elsewhere
	Skipped Skips  // what was left out because the client's time was too short for it
	Recall  Recall // who answered, where the cache was involved
	Guard   Guard  // how the nearest cached question differs from this one, as the semantic cache's guard saw it
	Charge  Charge // how an answer is charged that was not produced for this exchange
	n       uint8  // number of attempts
	stage   uint8  // index of the stage that waits, among those being run
	Page    uint16 // the place in Snap.Origins of the page that asks, from 1 on; 0: none of those
	Sent    int32  // length of Body in bytes; a lane may release Body itself while a stream is under way

	Head  Head   // the request's head, for the stages that run before an attempt; nil once they are done
	Rule  string // the routing rule that chose Route, the last one of a chain; empty: none
	Asked []byte // the name resolved for Route, if a rule changed it; nil: Peek.Model's. Name itself may be a fallback's

	Reply  Reply
	Stream StreamState
	Usage  Usage
	Fault  *Fault

	Due    Due     // the client's deadlines; zero: only those of the configuration hold
	Lane   Lane    // who carries it and can wake it; nil: nobody
	Until  int64   // Clock at which a waiting stage is to run again; 0: only when it is woken
	Halted int64   // Clock since which the stage that waits has nothing to do but call the kernel; 0: since it returned
	Watch  Watcher // sees the reply; nil: nobody does

	Answered *Target // the target of Route whose answer was served again from memory; nil: none, or it is not on Route

	Session    []byte        // the client's session id; nil: it sent none, or affinity is off. Aliases the head
	SessionTTL time.Duration // how long an unused binding of the session is kept; 0: the Route's own
	Bind       uint64        // the Route's hash of the session; 0: no session, or not computed yet
	Ahead      Ahead         // scratch space of the Route's Pick
	Taken      Taken         // what was taken from the caller's limits
	Bill       any           // what is held on budgets until the cost is known; core/build knows the type. nil: nothing
	Cost       Money         // what it cost, once that is known

	attempts [MaxAttempts]Attempt
	more     *long // all attempts, once they outgrow the array above; nil until then
}

// A Head gives stages read access to the request's head.
type Head interface {
	// Field returns the value of the first header field called name (in lower case) and
	// whether there is one. The value aliases the head.
	Field(name string) (value []byte, ok bool)

	// Query returns the raw query string, without the "?"; empty if there is none.
	Query() []byte
}

// A Brief is a Head that tells cheaply which fields it has not.
type Brief interface {
	Head

	// Names returns the names of its fields.
	Names() Names
}

// Names is a set of field names, in any case, that may hold more than it was told of: it looks at the
// first three letters.
type Names uint64

// NamesOf returns the set of the names that begin with one of some, of three letters at least.
func NamesOf(begin ...string) (n Names) {
	for _, b := range begin {
		n |= Named(b[0], b[1], b[2])
	}
	return n
}

// Meets reports whether some name may be in both.
func (n Names) Meets(other Names) bool { return n&other != 0 }

// Named is the set of the names that begin with these letters. The factors keep those that most
// requests have away from those that the cache asks for.
func Named(a, b, c byte) Names {
	return 1 << ((4*uint(a|0x20) + 3*uint(b|0x20) + 9*uint(c|0x20)) & 63)
}

// A Line is a Head that has the request's line too.
type Line interface {
	Head

	// Method returns the request's method, such as "GET".
	Method() []byte

	// Path returns the whole path as the client sent it, without the query. It aliases the head.
	Path() []byte
}

// A Due holds the client's own deadlines, as Clock times; 0: it set none.
type Due struct {
	First int64 // for the first content of a stream
	Total int64 // for the end of the answer
}

// Skips is the set of things left undone because the client's deadline would have passed,
// one bit for each of SkipNames.
type Skips uint8

const (
	SkipRetry  Skips = 1 << iota // another attempt
	SkipHedge                    // an attempt beside the first
	SkipQueue                    // waiting for a place at a target that is full
	SkipCache                    // the semantic lookup, or waiting for another client's identical question
	SkipRescue                   // having another target continue a broken stream
)

// SkipNames are the names of the bits, in their order.
var SkipNames = [...]string{"retry", "hedge", "queue", "cache", "rescue"}

// By returns the client's next deadline: that for the first content if this is a stream
// which has none yet (begun is false), else that for the end; 0: it set none.
func (x *Exchange) By(begun bool) int64 {
	end := x.Due.Total
	if first := x.Due.First; first > 0 && x.Peek.Stream && !begun && (end == 0 || first < end) {
		end = first
	}
	return end
}

// A Reply is a complete answer made by the gateway itself.
type Reply struct {
	Status int
	Type   string // content type
	Fields []byte // further header lines, each ended by CRLF; nil: none. They are added to a provider's answer too
	Body   []byte
	Source Source // delivers the body piece by piece in place of Body; nil: Body is complete
}

// Reset makes x ready for its pool.
func (x *Exchange) Reset() {
	x.Snap, x.Key, x.Route, x.Plan = nil, nil, nil, nil
	x.From, x.Face, x.Name, x.Path, x.Body = nil, nil, nil, nil, nil
	x.Peek.Reset()
	x.Reply, x.Stream, x.Usage, x.Fault = Reply{}, StreamState{}, Usage{}, nil
	x.As, x.Array, x.Page, x.Sent = 0, false, 0, 0
	x.Recall, x.Charge, x.Answered, x.Guard = NoRecall, ChargeUsed, nil, 0
	x.Head, x.Fixed, x.Rule, x.Asked = nil, false, "", nil
	x.Session, x.SessionTTL, x.Bind, x.Ahead = nil, 0, 0, Ahead{}
	x.Taken, x.Bill, x.Cost = Taken{}, nil, 0
	x.Until, x.Halted, x.Watch, x.Due, x.Skipped = 0, 0, nil, Due{}, 0
	clear(x.attempts[:])
	x.more, x.n, x.stage = nil, 0, 0
}
