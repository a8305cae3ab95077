// Package limit bounds how fast callers may be and how much they may do at once: requests and
// tokens a period, calls and streams under way.
//
// A rate is GCRA on the monotonic clock: one atomic word a cell, no timer, no lock, nothing to
// sweep. It refuses to forget on a reload (a Book keeps the cells by whose they are), to let a
// change of the wall clock open anything, and to say no without saying which limit, how much
// of it, and when it can be tried again.
package limit
