package core

import (
	"sync/atomic"
	"time"
)

// A Shadow sends a copy of some requests to another target. That answer is
// compared with the one that the client got, and dropped.
type Shadow struct {
	Route *Route // leads only to that target
	Tally *ShadowTally

	// Draw decides at random whether an exchange is copied. It takes no lock.
	Draw func() bool

	// Cost returns the cost of usage at a target; nil: no price is known. ok is false for a target
	// without a price.
	Cost func(t *Target, u *Usage) (m Money, ok bool)

	Say string // for explain: where and how many
}

// A ShadowTally counts the outcomes of a Shadow's copies. Index 0 of a pair is the client's answer,
// 1 the shadow's; pairs cover compared answers only.
type ShadowTally struct {
	Sent, Dropped, Failed, Compared atomic.Uint64 // Dropped: too many were under way, or the request was too long

	SameFinish, SameCalls atomic.Uint64

	TTFT, Total [2]atomic.Uint64 // nanoseconds
	Out, Text   [2]atomic.Uint64 // tokens, and bytes of text
	Cost        [2]atomic.Uint64 // nanodollars, of answers where both are known
}

// A Comparison is what a shadow's answer was like beside that of the client.
type Comparison struct {
	ID          [16]byte // of the exchange
	Route       string
	Main, Other Sketch // the client's, the shadow's
	Priced      bool   // both Costs are known
}

// A Sketch is the outline of one answer.
type Sketch struct {
	Target string
	Status int           // 0: none came
	Whole  bool          // it came to its end and could be read
	TTFT   time.Duration // request sent → first content, of a stream; 0: unknown
	Total  time.Duration // request sent → end
	Usage  Usage
	Cost   Money
	Text   int    // bytes of text
	Calls  string // of tools, each with its name and the names of its arguments, in order of the alphabet; empty: none
	Finish Finish
}

// Rate is the tokens a second behind the first content; 0: unknown.
func (s *Sketch) Rate() float64 {
	if d := s.Total - s.TTFT; s.Usage.Out > 0 && d > 0 {
		return float64(s.Usage.Out) / d.Seconds()
	}
	return 0
}

// Add counts c.
func (t *ShadowTally) Add(c *Comparison) {
	if !c.Main.Whole || !c.Other.Whole {
		t.Failed.Add(1)
		return
	}
	t.Compared.Add(1)
	if c.Main.Finish == c.Other.Finish {
		t.SameFinish.Add(1)
	}
	if c.Main.Calls == c.Other.Calls {
		t.SameCalls.Add(1)
	}
	for i, s := range [...]*Sketch{&c.Main, &c.Other} {
		t.TTFT[i].Add(uint64(max(s.TTFT, 0)))
		t.Total[i].Add(uint64(max(s.Total, 0)))
		t.Out[i].Add(uint64(max(s.Usage.Out, 0)))
		t.Text[i].Add(uint64(s.Text))
		if c.Priced {
			t.Cost[i].Add(uint64(max(s.Cost, 0)))
		}
	}
}
