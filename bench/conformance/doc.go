// Package conformance tests every dialect with recorded provider traffic: requests and
// answers are read into the neutral form and written again, in the same dialect and in
// others. Answers, both recorded and hand-written, are also spelled, framed and broken off as
// other providers would do, which must not change their content.
//
// It contains only tests; `make conformance` runs them and prints a count per provider and
// feature. Without the recordings the tests that need them are skipped.
package conformance
