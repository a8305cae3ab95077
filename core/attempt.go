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
	Cause  Cause // why there is no whole reply; NoCause: Status says what came of it
	Phase  Phase // what the Route was told last

	Beside  bool // a hedge: it began while the attempt before it was under way
	Resumes bool // it continues the stream of the attempt before it

	Began int64 // Clock when the request was handed to the kernel; 0: it never was
	At    int64 // Clock of what Phase tells; 0: not told yet

	Took       time.Duration // request sent → reply head
	TTFT       time.Duration // request sent → first content handed to the client, streams only
	RetryAfter time.Duration // what the provider asks to wait, told with an error only; 0: it asks nothing
	Out        int64         // tokens of a complete answer; 0: unknown
}

// A Cause says why an attempt has no reply that is whole.
type Cause uint8

const (
	NoCause     Cause = iota
	Unreachable       // no connection, or it ended before a reply head came
	Late              // a deadline passed: connect, head, first content, stall or total
	Cut               // the reply began and broke off
	Garbled           // the head, or what should have been an answer, could not be read
	Crowded           // its Gate let no more in: nothing was sent. It says nothing about the target
	Abandoned         // nobody waits any more: the client left. It says nothing about the target
	Outrun            // an attempt made beside it was the first to have content: it was cut off. It says nothing about the target
)

// String is the name of c in logs and documents; empty for NoCause.
func (c Cause) String() string {
	return [...]string{"", "unreachable", "late", "cut", "garbled", "crowded", "abandoned", "outrun"}[c]
}

// A Phase is what there is to tell about an attempt. PhaseContent is told at most once
// and before one of the others; either PhaseFailed or PhaseComplete is told once and last.
type Phase uint8

const (
	PhaseNone     Phase = iota
	PhaseContent        // the first content of a stream goes to the client: TTFT is known
	PhaseFailed         // a status that Class moves on from, or a Cause
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

// room makes place for one more attempt. What Attempts and Begin returned before is not
// where it was once there are more than usual.
func (x *Exchange) room() *Attempt {
	if int(x.n) == len(x.attempts) && x.more == nil {
		x.more = new([MostAttempts]Attempt)
		copy(x.more[:], x.attempts[:])
	}
	x.n++
	return &x.Attempts()[x.n-1]
}

// Attempts returns the attempts made so far, oldest first; of two that were made beside each
// other the one whose answer counts is the later.
func (x *Exchange) Attempts() []Attempt {
	if x.more != nil {
		return x.more[:x.n]
	}
	return x.attempts[:x.n]
}

// An Ahead is what a Pick has decided for the attempt after so many. It makes asking
// twice harmless: a decision may spend a retry or claim the one probe of a bench.
type Ahead struct {
	After  int32   // attempts made when it was decided; 0: nothing was
	Spent  bool    // none is left because all retries together have used up what they may
	Target *Target // nil: none is left
	Key    *ProviderKey
	Name   []byte // x.Name of the attempt
	At     int64  // Clock before which it is not made; 0: at once
}
