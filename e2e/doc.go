// Package e2e tests the program as people run it: the real binary, stand-in
// providers on loopback, real clients. It holds nothing but tests.
//
// It refuses to look inside: what it knows of the gateway is what comes out of
// its sockets, its output and its exit code.
package e2e
