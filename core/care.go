package core

import "time"

// A Care is what a Route does for its exchanges beyond failing over: each part of it asks a
// second target for the same answer. An exchange that needs it runs on a goroutine of its own.
type Care struct {
	Hedge  *Hedge  // nil: one target is asked at a time
	Shadow *Shadow // nil: no request is copied
	Rescue bool    // a stream that breaks after its first content is continued by the next target
}

// A Hedge asks a second target when the first one is slow. Both funcs take no lock, do no
// I/O and may be called concurrently for different Exchanges.
type Hedge struct {
	// Wait returns how long the attempt under way may take to its first content before a second
	// one is made in parallel; 0: there is to be none. It is called once per Exchange.
	Wait func(x *Exchange) time.Duration

	// Pick returns the target and key for an attempt parallel to the one under way, which is the
	// last of tried. It never returns the same target with the same key. A nil target means that
	// there is no other, or that a cap on hedges is reached.
	Pick func(x *Exchange, tried []Attempt) (*Target, *ProviderKey)

	Say string // for explain: after what, and what caps it
}
