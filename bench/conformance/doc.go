// Package conformance holds every dialect against recorded provider traffic: what was
// sent and answered is read into the neutral form and written again, by the same dialect
// and across. Its only contents are tests; `make conformance` runs them and prints a count
// per provider and feature. Without the recordings they are skipped.
package conformance
