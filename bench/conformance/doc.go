// Package conformance holds every dialect against recorded provider traffic: what was
// sent and answered is read into the neutral form and written again, by the same dialect
// and across. Answers, recorded ones and some of its own, are also spelled, framed and
// broken off as other providers would: what they say must not depend on it.
//
// Its only contents are tests; `make conformance` runs them and prints a count per provider
// and feature. Without the recordings those that need them are skipped.
package conformance
