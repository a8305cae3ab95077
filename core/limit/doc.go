// Package limit bounds how fast callers may be and how much they may do at once: requests and
// tokens per period, calls and streams under way.
//
// Rates are GCRA on the monotonic clock: one atomic word per cell, without timers, locks or
// anything to sweep. The package refuses to forget on a reload (a Book carries the cells over by
// holder), to be affected by changes of the wall clock, and to refuse a request without saying
// which limit was hit, how much it allows, and when to try again.
package limit
