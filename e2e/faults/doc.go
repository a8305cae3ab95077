// Package faults tests the gateway against the failure catalogue: a provider that misbehaves
// by a script, a good one as fallback, both lanes, and what the client must see. It contains
// only tests.
//
// The scripts are the rows of own_test.go and, if the data set is next to this repository,
// those of provider.jsonl. A step that the interpreter does not know fails its row, so that
// nothing is skipped silently. Expectations of a row that the gateway does not meet yet are
// listed in the log of the test.
package faults
