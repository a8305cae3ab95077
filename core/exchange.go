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
	Skipped Skips  // what was left out for want of time
	Recall  Recall // what answered, if the cache has to do with it
	Guard   Guard  // what the rules of a cache found between it and the question nearest to it
	Charge  Charge // what an answer counts for that no target gave for this exchange
	n       uint8  // attempts
	stage   uint8  // of the stages being run, the one that waits
	Sent    int32  // bytes of Body, which a lane may let go when a stream is under way

	Head  Head   // the request's head, for the stages before an attempt; nil: not at hand
	Rule  string // the routing rule that led here, the last one of a chain; empty: none
	Asked []byte // Name as Route has it, when a rule changed it; nil: that of Peek.Model. Name may be a fallback's

	Reply  Reply
	Stream StreamState
	Usage  Usage
	Fault  *Fault

	Due   Due     // how long the client waits; zero: as long as the configuration says
	Lane  Lane    // who carries it; nil: nobody that could wake it
	Until int64   // Clock when a stage that waits wants to be asked again; 0: when it is woken
	Watch Watcher // sees the reply; nil: nobody does

	Answered *Target // whose answer memory gave again, of those that Route leads to; nil: it did not, or it is none of those

	Session    []byte        // what the client calls its session; nil: it has none, or no affinity is wanted. Aliases the head
	SessionTTL time.Duration // how long its bindings are kept unused; 0: the Route's own
	Bind       uint64        // the Route's name for the session; 0: none, or not asked yet
	Ahead      Ahead         // belongs to the Route's Pick
	Taken      Taken         // of the limits of its caller
	Bill       any           // what is held for it until it is known what it cost; core/build knows the type. nil: nothing is
	Cost       Money         // what it cost, once that is known

	attempts [MaxAttempts]Attempt
	more     *[MostAttempts]Attempt // all of them, once there are more than attempts holds; nil: there are not
}

// A Head is what can be asked of a request's head.
type Head interface {
	// Field returns the value of the first field of that name, which is given in lower
	// case, and whether there is one. The value aliases the head.
	Field(name string) (value []byte, ok bool)

	// Query returns what follows the "?" of the request's target, as it was sent; empty: nothing.
	Query() []byte
}

// A Due says by when a client wants what, as Clock; 0: it does not say.
type Due struct {
	First int64 // the first content of a stream
	Total int64 // the end
}

// Skips are what was not done because the client's time would not have sufficed, a bit
// for each of SkipNames.
type Skips uint8

const (
	SkipRetry  Skips = 1 << iota // another attempt
	SkipHedge                    // one beside the first
	SkipQueue                    // to wait for a place at a target that is full
	SkipCache                    // to compare with like questions, or to wait longer for who asks the same
	SkipRescue                   // to have a stream that broke continued
)

// SkipNames are their names, in the order of the bits.
var SkipNames = [...]string{"retry", "hedge", "queue", "cache", "rescue"}

// By is when the client wants something at the latest: the first content of a stream that
// has none yet, or the end; 0: it does not say.
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
	Fields []byte // more lines of the head, each ended by CRLF; nil: none. They stand in a provider's answer too
	Body   []byte
	Source Source // the body instead, as it comes; nil: Body is all of it
}

// Reset makes x ready for its pool.
func (x *Exchange) Reset() {
	x.Snap, x.Key, x.Route, x.Plan = nil, nil, nil, nil
	x.From, x.Face, x.Name, x.Path, x.Body = nil, nil, nil, nil, nil
	x.Peek.Reset()
	x.Reply, x.Stream, x.Usage, x.Fault = Reply{}, StreamState{}, Usage{}, nil
	x.As, x.Array, x.Sent = 0, false, 0
	x.Recall, x.Charge, x.Answered, x.Guard = NoRecall, ChargeUsed, nil, 0
	x.Head, x.Fixed, x.Rule, x.Asked = nil, false, "", nil
	x.Session, x.SessionTTL, x.Bind, x.Ahead = nil, 0, 0, Ahead{}
	x.Taken, x.Bill, x.Cost = Taken{}, nil, 0
	x.Until, x.Watch, x.Due, x.Skipped = 0, nil, Due{}, 0
	clear(x.attempts[:])
	x.more, x.n, x.stage = nil, 0, 0
}
