// Package sim runs the data plane against clients and providers that a seed makes up, on a
// clock that jumps: a stall of a minute costs nothing. What holds for every exchange,
// whatever happens to it, is checked at the end of each seed.
//
// It refuses to test what needs descriptors: the event loops run the same decisions and have
// their own tests.
package sim
