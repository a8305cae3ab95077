// Package selftest sends what every client says through a gateway to every kind of provider
// and looks at both ends: at what reached the stand-in provider, and at what the client got.
// Each combination is a [Cell] of the matrix that docs/COMPATIBILITY.md shows and
// `asbru selftest` compares with.
//
// A format is written here by hand three times: how its client asks, what a request says,
// and what an answer says. So formats are compared with each other through facts, and nothing
// of the gateway is in the ruler. What the client should have got is what the provider's own
// answer says, read by the same hand.
//
// It refuses to know how a translation is made, and to excuse: what both formats can say
// and did not arrive is a failure, not a loss.
package selftest
