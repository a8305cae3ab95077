package core

// A Stage is one step of a Plan. It runs to completion on whatever carries the
// Exchange and must not wait: no lock that is held for I/O, no channel, no
// system call. A stage that lacks what another goroutine will bring returns Wait.
type Stage func(x *Exchange) Verdict

// A Verdict is what a Stage decides.
type Verdict uint8

const (
	Continue Verdict = iota // go on to the next stage
	Answer                  // x.Reply is complete; do not go upstream
	Refuse                  // x.Fault says why
	Wait                    // ask this stage again when the Waker of x was called, at x.Until, or a little later
)

// A Plan is the pipeline of one Policy for one Op, flattened when the
// configuration was loaded. An absent feature is an absent element: an empty
// Plan costs a few length checks.
type Plan struct {
	Admit  []Stage // whether and how fast
	Before []Stage // answers from memory, edits, holds
	Sent   []Stage // behind each request that went to a provider, while that works on it; none waits, and what they say is not heard
	Commit []Stage // before the first byte of a provider's answer goes to the client
	Settle []Stage // before its end does; x.Usage is known. A stage here continues or waits
	Turn   []Stage // after each turn of a WebSocket, with all of x.Usage so far; what refuses ends it
	After  []Stage // settle, store, note; always run, in order; none waits

	Steps []Step // what they hold, in order, for explain
}

// A Step names one compiled stage of a Plan and where it came from.
type Step struct {
	Point, Name, From string
	Say               string // for explain: what it does, a sentence a line; empty: its name says it
}

// Run applies stages until one does not Continue. After Wait it is called again with the
// same stages, and begins with the one that waited.
func Run(x *Exchange, stages []Stage) Verdict {
	for int(x.stage) < len(stages) {
		v := stages[x.stage](x)
		if v != Continue {
			if v != Wait {
				x.stage = 0
			}
			return v
		}
		x.stage++
	}
	x.stage = 0
	return Continue
}

// Conclude runs the stages of After, or of Sent: every one of them, wherever x stands.
func Conclude(x *Exchange, all []Stage) {
	for _, s := range all {
		s(x)
	}
}
