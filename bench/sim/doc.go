// Package sim runs the data plane against clients and providers that are generated from a seed,
// on a simulated clock, so that a stall of a minute takes no time. At the end of each seed it
// checks the properties that every exchange must have.
//
// It refuses to test code that needs descriptors: the event loops make the same decisions and
// have their own tests.
package sim
