// Command gate measures the cost of the gateway and compares it with committed
// bounds: `make gate` runs all steps, `make gate-hard` those that a noisy machine
// does not disturb.
//
//	gate [flags] [STEP ...]
//
// A step starts the processes that it needs on loopback (the gateway, the stand-in
// provider, nginx, HAProxy), measures, and ends every process that it started. Each
// can be run separately by its name; --list prints them.
//
// # Hard and soft
//
// A hard step counts: allocations, system calls, context switches,
// instructions, bytes of memory. Its bounds are absolute and must hold on every
// machine, busy or not. A soft step compares the gateway with nginx and HAProxy, in
// alternating windows of one run of `asbru loadgen`. Its bounds are ratios, and one
// fails only if the whole interquartile range over the rounds is beyond it.
//
// The bounds are in the JSON files next to this program, in the form that
// `asbru loadgen --gate` reads. counts.json is judged here: its figures, STEP.FIGURE,
// are those that this program counts itself.
//
// # What it refuses
//
// It uses the gateway only as a program: command line, configuration, /metrics,
// /proc. It sends only to loopback, compares no absolute time with another run, and
// counts a bound that could not be judged as a failure. If a step is skipped because
// its tool is missing, the output and the result say so. Results have no host name,
// path or address.
package main
