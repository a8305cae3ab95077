package route

import (
	"time"

	"asbru/core"
)

// A Spec is what one Route is compiled from, besides its Targets.
type Spec struct {
	Book *Book // knows all of the Targets
	Prev *Book // what was kept of the Route of that name; nil: nothing

	Strategy Strategy
	Balanced int       // so many of the first Targets are balanced; the rest follow in order. Below 2: all in order
	Weights  []int     // of the balanced, by Weighted and Adaptive; nil: 1 each
	Prices   []float64 // of the balanced, by Cheapest; in any one unit

	Attempts int      // at most, up to core.MostAttempts; 0: core.MaxAttempts
	Retry    *Retry   // nil: the defaults
	Breaker  *Breaker // nil: the defaults

	Hedge  *Hedge       // nil: none
	Shadow *core.Shadow // nil: none
	Rescue bool         // a stream that breaks is continued by the next target

	Bind time.Duration // how long an unused session binding is kept; 0: DefaultBind, below 0: sessions are not followed
}

// A Retry is the budget of a Route's retries: so many for each request, and so many a
// second besides. Asking with another key after 401, 402 or 403 is not paid for.
type Retry struct {
	Share, Rate float64

	// Again is how often a target that failed is asked once more when nobody else is left,
	// within the Route's attempts. The first wait before it is Backoff, a fifth more or less,
	// doubled each time; a provider that asks to wait longer is given that, and up to Longest.
	Again   int
	Backoff time.Duration // 0: DefaultBackoff
	Longest time.Duration // 0: DefaultLongestBackoff
}

// A Breaker says when a target with a key is left alone.
type Breaker struct {
	Off      bool          // failures do not open it; what a provider says of its keys still counts
	Failures int           // in a row; 0: DefaultFailures
	Ratio    float64       // of failed answers in ten seconds; 0: DefaultRatio
	Least    int           // answers in ten seconds for Ratio to count; 0: DefaultLeast
	Open     time.Duration // 0: DefaultOpen
	Try      bool          // when all are benched, the one that would be back first is asked all the same
	Refuse   bool          // with nobody else left, targets that failed are not asked either
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
