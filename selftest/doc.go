// Package selftest sends requests of every client format through a gateway to every kind of
// provider, and checks both ends: what reached the stand-in provider, and what the client got.
// Each combination is a [Cell] of the matrix that docs/COMPATIBILITY.md shows and
// `asbru selftest` compares with.
//
// For each format it has three hand-written parts: writing a client's request, reading a
// request, and reading an answer. So formats are compared by facts, independently of the
// gateway. The client's answer is compared with the provider's own answer, read by the same
// code.
//
// It refuses to use the gateway's translation, and to excuse failures: if something that both
// formats have did not arrive, that is a failure and not a loss.
package selftest
