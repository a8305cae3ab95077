// Command soak puts the real program under what the world does to it, with load
// running, and holds what comes out against bounds: hand-overs, restarts behind a
// supervisor's socket, broken programs, broken configurations, thousands of slow
// clients, too few descriptors. After each step its memory and descriptors must
// be back where they were, and its log must not speak of a bug. `make soak` runs
// all steps in about six minutes; --steps and the counts make it shorter.
//
// It refuses to know the gateway from inside: everything is seen from outside, by
// sockets, signals, /proc and the log. Its load is asbru loadgen and streams of
// its own. It ends only what it started.
package main
