package core

import "time"

// MaxAttempts is how many attempts retries plus fallbacks of one Exchange make unless
// its Route says otherwise; MostAttempts is the most that a Route can say.
const (
	MaxAttempts  = 3
	MostAttempts = 6
)

// An Attempt records one try against one Target. The data plane fills in what it
// learns before it tells the Route (Route.Note). Durations are zero while unknown.
type Attempt struct {
	Target *Target
	Key    *ProviderKey

	Status int   // of the reply head; 0: none came
	Cause  Cause // why there is no complete reply; NoCause: Status says how it went
	Phase  Phase // what the Route was told last

	Beside  bool // a hedge: it began while the attempt before it was under way
	Resumes bool // it continues the stream of the attempt before it
	Vain    bool // the provider says that asking it again is in vain (x-should-retry: false)
	Spent   bool // Status is 429 for an account that has nothing left: no wait helps, and the key counts as refused

	Began int64 // Clock when the request was handed to the kernel; 0: it never was
	At    int64 // Clock when Phase was reached; 0: not yet

	Took       time.Duration // request sent → reply head
	TTFT       time.Duration // request sent → first content handed to the client, streams only
	RetryAfter time.Duration // how long the provider asks us to wait, after an error; 0: it did not say
	Out        int64         // tokens of a complete answer; 0: unknown
}

// A long is what only an Exchange with many attempts has, or one whose stream broke.
type long struct {
	attempts [MostAttempts]Attempt
	broken   Broken
}

// lengthen gives x a long.
func (x *Exchange) lengthen() {
	if x.more == nil {
		x.more = new(long)
		copy(x.more.attempts[:], x.attempts[:])
	}
}

// Break records the stream that broke, once another target is asked to continue it.
func (x *Exchange) Break(b Broken) {
	x.lengthen()
	x.more.broken = b
}

// Broken returns the stream of x that broke and that another target was asked to continue; nil: there is none.
func (x *Exchange) Broken() *Broken {
	if x.more == nil || x.more.broken.Attempts == 0 {
		return nil
	}
	return &x.more.broken
}

// Left reports whether a, an attempt of x, was under way when its client hung up, stopped reading, or lost its key: its provider
// may have worked for nobody, and is paid.
func (x *Exchange) Left(a *Attempt) bool {
	if x.Fault == nil || a.Began == 0 || a.Phase == PhaseFailed || a.Status >= 400 {
		return false
	}
	switch x.Fault.Code {
	case ClientGone, ClientSlow:
		return true
	case Forbidden, Unauthenticated:
		return a.Status == 0 && a.Cause == NoCause
	}
	return false
}

// A Broken is what is known of a stream that broke in its text and that another target was asked to continue.
// Exchange.Stream begins anew with the continuation, and Exchange.Usage is that of both.
type Broken struct {
	Attempts int    // how many there were when it broke; its own is the last of them
	Name     []byte // Exchange.Name of that one
	Said     int32  // StreamState.Said of it
	Usage    Usage  // what it had reported
}

// A Cause says why an attempt has no complete reply.
type Cause uint8

const (
	NoCause     Cause = iota
	Unreachable       // no connection, or it ended before a reply head came
	Late              // a deadline passed: connect, head, first content, stall or total
	Cut               // the reply began and broke off
	Garbled           // the head, or what should have been an answer, could not be parsed
	Crowded           // its Gate refused it: nothing was sent. Does not count against the target
	Abandoned         // the client left. Does not count against the target
	Outrun            // a parallel attempt had content first, so this one was cut off. Does not count against the target
)

// String is the name of c in logs and documents; empty for NoCause.
func (c Cause) String() string {
	return [...]string{"", "unreachable", "late", "cut", "garbled", "crowded", "abandoned", "outrun"}[c]
}

// A Phase is an event in the life of an attempt. PhaseContent is reported at most once and
// first; then exactly one of PhaseFailed and PhaseComplete ends the attempt.
type Phase uint8

const (
	PhaseNone     Phase = iota
	PhaseContent        // the first content of a stream goes to the client: TTFT is known
	PhaseFailed         // it had a status after which Class tries the next target, or a Cause
	PhaseComplete       // the reply was read to its end, or Abandoned ended it
)

// Begin records the next attempt; nil if none is left.
func (x *Exchange) Begin(t *Target, k *ProviderKey) *Attempt {
	if int(x.n) == MostAttempts {
		return nil
	}
	a := x.room()
	*a = Attempt{Target: t, Key: k}
	return a
}

// room makes space for one more attempt. It may move the attempts: pointers and slices that
// Attempts and Begin returned before are invalid afterwards.
func (x *Exchange) room() *Attempt {
	if int(x.n) == len(x.attempts) {
		x.lengthen()
	}
	x.n++
	return &x.Attempts()[x.n-1]
}

// Attempts returns the attempts made so far, oldest first; of two parallel attempts the one
// whose answer was used comes last.
func (x *Exchange) Attempts() []Attempt {
	if x.more != nil {
		return x.more.attempts[:x.n]
	}
	return x.attempts[:x.n]
}

// An Ahead remembers what Pick has decided for the next attempt. It makes it safe to ask
// twice: a decision may consume a retry or claim the single probe of a benched target.
type Ahead struct {
	After  int32   // attempts made when it was decided; 0: nothing was
	Spent  bool    // no attempt is left because the retry budget is used up
	Target *Target // nil: none is left
	Key    *ProviderKey
	Name   []byte // x.Name of the attempt
	At     int64  // Clock before which the attempt must not be made; 0: at once
}
