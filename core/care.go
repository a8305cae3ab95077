package core

import "time"

// A Care is what a Route does for its exchanges besides failing over: each of its parts asks a
// second target for one answer. An exchange that needs it is carried by a goroutine of its own.
type Care struct {
	Hedge  *Hedge  // nil: one target is asked at a time
	Shadow *Shadow // nil: no request is copied
	Rescue bool    // a stream that breaks behind its first content is continued by the next target
}

// A Hedge asks a second target when the first one is slow. Both funcs take no lock, do no
// I/O and may be called concurrently for different Exchanges.
type Hedge struct {
	// Wait is how long the attempt under way may be without content before another one is
	// made beside it. It is asked once for each Exchange. 0: none is.
	Wait func(x *Exchange) time.Duration

	// Pick returns the target and key of an attempt beside the one under way, the last of
	// tried. It is never the same target with the same key. A nil target means that there is
	// none, or that a cap on hedges is reached.
	Pick func(x *Exchange, tried []Attempt) (*Target, *ProviderKey)

	Say string // for explain: after what, and what caps it
}
