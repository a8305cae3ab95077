// Package faults holds the failure catalogue against the gateway: a provider that
// misbehaves as a script says, a good one to fall back on, both lanes between them and a
// client, and what the client must see. It holds nothing but tests.
//
// The scripts are the rows of own_test.go and, where the data set lies beside this
// repository, those of provider.jsonl. A step that the interpreter does not know fails its
// row: nothing is passed over in silence. What a row demands and the gateway does not have
// yet is listed, row by row, in the log of the test.
package faults
