// Package objects is the book of what callers made at providers: files, batches, containers, and which
// virtual key each of them is of. It is kept in a file of SQLite, in the Postgres that several
// machines share, or in memory alone.
//
// It refuses to hold what lies at the provider (names of things are all it knows), to be opened before
// somebody asks, to grow without a bound, and to be waited for on a lane: requests are told.
package objects
