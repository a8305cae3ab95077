// Command soak tests the real program under load in adverse conditions, and compares
// the results with bounds: hand-overs, restarts with a supervisor's socket, broken
// programs, broken configurations, thousands of slow clients, too few descriptors.
// After each step memory and descriptors must be back to their previous values, and
// the log must not report a bug. `make soak` runs all steps in about six minutes;
// --steps and the counts shorten it.
//
// It observes the gateway only from outside, by sockets, signals, /proc and the log.
// Its load is asbru loadgen and streams of its own. It ends only processes that it
// started.
package main
