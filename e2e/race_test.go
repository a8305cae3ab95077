//go:build race

package e2e

// The program is built like the tests: with the race detector or without.
const race = true
