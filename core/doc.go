// Package core is the vocabulary of the gateway: what a request is, what was
// decided about it, and what the running configuration looks like.
//
// It holds no goroutines, does no I/O, keeps no mutable package variables and
// imports only the standard library (never net). Every other package speaks in
// its terms.
package core
