// Command gate measures what the gateway costs and holds it against committed
// bounds: `make gate` runs all of it, `make gate-hard` the part that a noisy
// machine cannot disturb.
//
//	gate [flags] [STEP ...]
//
// A step starts what it needs on loopback (the gateway, the stand-in provider,
// nginx, HAProxy), measures, and ends every process it started. Each runs alone
// by its name; --list prints them.
//
// # Hard and soft
//
// A hard step counts: allocations, system calls, context switches,
// instructions, bytes of memory. Its bounds are absolute and must hold on every
// machine, busy or not. A soft step compares: the gateway beside nginx and
// HAProxy, in windows that take turns in one run of `asbru loadgen`. Its bounds
// are ratios, and one fails only when the whole interquartile range over the
// rounds is beyond it.
//
// The bounds stand in the JSON files beside this program, in the form that
// `asbru loadgen --gate` reads. counts.json is judged here: its figures are
// STEP.FIGURE of what this program counts by itself.
//
// # What it refuses
//
// It knows the gateway only as a program: command line, configuration,
// /metrics, /proc. It sends nothing beyond loopback, compares no absolute time
// with another run, and calls a bound that could not be judged a failure. A
// step whose tool is missing is skipped aloud, in the result as on the screen.
// Results hold no host name, path or address.
package main
