// Package gate keeps a target from being asked for more than it can do.
//
// A Gate learns from the duration of answers how many concurrent requests its target can
// bear. Further requests wait for a place, interactive ones before batch, and callers take
// turns; a request that would have to wait too long is refused at once. While nobody waits,
// entering and leaving a Gate takes a few atomic operations.
//
// It refuses: locks while there is no queue, clocks and goroutines of its own, unbounded
// queues, and to let a request wait that will hardly be served.
package gate
