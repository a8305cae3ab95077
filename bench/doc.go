// Package bench holds what the gateway may cost, as tests: the size of the
// binary, the time it takes to start, and more budgets beside them. It refuses
// to know the gateway from inside; it builds and runs the real program.
package bench
