package core

// A Stage is one step of a Plan. It runs to completion on whatever carries the
// Exchange and must not wait: no lock that is held for I/O, no channel, no
// system call. A stage that has to wait is compiled into a Plan with Waits set.
type Stage func(x *Exchange) Verdict

// A Verdict is what a Stage decides.
type Verdict uint8

const (
	Continue Verdict = iota // go on to the next stage
	Answer                  // x.Reply is complete; do not go upstream
	Refuse                  // x.Fault says why
)

// A Plan is the pipeline of one Policy for one Op, flattened when the
// configuration was loaded. An absent feature is an absent element: an empty
// Plan costs three length checks.
type Plan struct {
	Admit  []Stage // whether and how fast
	Before []Stage // answers from memory, edits, holds
	After  []Stage // settle, store, note; always run, in order
	Waits  bool    // some stage may block: the Exchange needs a goroutine of its own

	Steps []Step // what Admit, Before and After hold, in order, for explain
}

// A Step names one compiled stage of a Plan and where it came from.
type Step struct{ Point, Name, From string }

// Run applies stages until one does not Continue.
func Run(x *Exchange, stages []Stage) Verdict {
	for _, s := range stages {
		if v := s(x); v != Continue {
			return v
		}
	}
	return Continue
}
