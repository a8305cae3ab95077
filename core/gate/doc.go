// Package gate keeps a target from being asked for more than it can do.
//
// A Gate learns how many requests its target bears at once, from how long answers
// take; those beyond wait for a place, interactive ones before batch, each caller in
// its turn; those that would wait too long are told so at once. Entering and leaving
// a Gate nobody waits at is a few atomic operations.
//
// It refuses: locks while there is no queue, clocks and goroutines of its own, queues
// without an end, and to let somebody wait who will hardly be served.
package gate
