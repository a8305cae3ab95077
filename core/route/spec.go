package route

import (
	"time"

	"asbru/core"
)

// A Spec is what one Route is compiled from, besides its Targets.
type Spec struct {
	Book *Book // knows all of the Targets
	Prev *Book // holds the earlier state of the Route of that name; nil: there is none

	Strategy Strategy
	Balanced int       // how many of the first Targets are balanced; the rest follow in order. Below 2: all in order
	Weights  []int     // of the balanced, by Weighted and Adaptive; nil: 1 each
	Prices   []float64 // of the balanced, by Cheapest; in any one unit

	Attempts int      // the most attempts, up to core.MostAttempts; 0: core.MaxAttempts
	Retry    *Retry   // nil: the defaults
	Breaker  *Breaker // nil: the defaults

	Hedge  *Hedge       // nil: none
	Shadow *core.Shadow // nil: none
	Rescue bool         // have the next target continue a stream that breaks

	Bind time.Duration // how long an unused session binding is kept; 0: DefaultBind, below 0: sessions are not followed
}

// A Retry is the budget for a Route's retries: a share per request, plus some per second.
// Trying another key after 401, 402 or 403 is free.
type Retry struct {
	Share, Rate float64

	// Again is how often a failed target is asked once more when no other is left, within the
	// Route's attempts. The wait before the first time is Backoff, plus or minus a fifth, and
	// doubles each time; if the provider asks for a longer wait it gets that, up to Longest.
	Again   int
	Backoff time.Duration // 0: DefaultBackoff
	Longest time.Duration // 0: DefaultLongestBackoff
}

// A Breaker says when a target with a key is not asked for a while.
type Breaker struct {
	Off      bool          // failures do not open it; what a provider says about its keys (401, 429 ...) still does
	Failures int           // in a row; 0: DefaultFailures
	Ratio    float64       // of failed answers in ten seconds; 0: DefaultRatio
	Least    int           // answers in ten seconds for Ratio to count; 0: DefaultLeast
	Open     time.Duration // 0: DefaultOpen
	Try      bool          // when all are benched, ask the one that would be back first anyway
	Refuse   bool          // do not ask failed targets even if no other is left
}

func (b *Breaker) set(from *Breaker) {
	if from != nil {
		*b = *from
	}
	if b.Failures == 0 {
		b.Failures = DefaultFailures
	}
	if b.Ratio == 0 {
		b.Ratio = DefaultRatio
	}
	if b.Least == 0 {
		b.Least = DefaultLeast
	}
	if b.Open == 0 {
		b.Open = DefaultOpen
	}
}
