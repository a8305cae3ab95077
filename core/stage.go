package core

// A Stage is one step of a Plan. It runs to completion on the lane that carries the
// Exchange and must not block: no lock that is held during I/O, no channel, no
// system call. A stage that depends on another goroutine's result returns Wait.
type Stage func(x *Exchange) Verdict

// A Verdict is what a Stage decides.
type Verdict uint8

const (
	Continue Verdict = iota // go on to the next stage
	Answer                  // x.Reply is complete; do not go upstream
	Refuse                  // x.Fault says why
	Wait                    // run this stage again once the Waker of x was called, or at x.Until, whichever is first
)

// A Plan is the pipeline of one Policy for one Op, flattened when the
// configuration was loaded. An absent feature is an absent element: an empty
// Plan costs a few length checks.
type Plan struct {
	Admit  []Stage // run first: may this caller ask for this, and how fast
	Before []Stage // run before a target is chosen: answers from memory, holds on budgets
	Sent   []Stage // run after each request was sent, while the provider works on it; their verdicts are ignored and none may Wait
	Commit []Stage // run before the first byte of a provider's answer goes to the client
	During []Stage // run while a stream is under way, after each piece of it, with x.Stream so far; their verdicts are ignored and none may Wait
	Settle []Stage // run before the last byte does, with x.Usage known; they Continue or Wait
	Turn   []Stage // run after each turn of a WebSocket, with x.Usage so far; Refuse ends the connection
	After  []Stage // always run last, in order: charge, store, note. None may Wait

	Steps []Step // describes all of the above, in order, for explain
}

// A Step names one compiled stage of a Plan and where it came from.
type Step struct {
	Point, Name, From string
	Say               string // for explain: what it does, one sentence per line; empty: the name says enough
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

// Conclude runs all stages of After, of Sent or of During, whatever they return and whichever stage of x
// was waiting.
func Conclude(x *Exchange, all []Stage) {
	for _, s := range all {
		s(x)
	}
}
