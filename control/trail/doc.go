// Package trail keeps the audit trail: it follows the ledger, writes a line of what each
// record says (core/audit), numbered, chained and signed, into files of its own, and
// brings these lines to wherever they are wanted: SQLite, Postgres, ClickHouse, a webhook,
// object storage.
//
//	ledger ──Follow──▶ files of the trail (the spool) ──a feed each──▶ sinks
//
// A line is given to nobody before it is synced, and a part of the ledger is needed until
// its lines are. A sink says itself how far it has come, in the same transaction as its
// rows where it knows transactions; so a line is stored once however often it is sent. What
// a sink does not take waits in the files, up to a bound; then the trail stops to read the
// ledger, which keeps what is not read, and Trouble says that no new work should be taken.
//
// No request ever waits for anything here. The package refuses to drop a record, to renumber
// one, and to write a secret: neither prompts nor keys are in what it is given.
package trail
