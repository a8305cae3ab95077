// Package trail keeps the audit trail. It follows the ledger, writes a line for
// each record (core/audit), numbered, chained and signed, into files of its own, and
// delivers these lines to sinks: SQLite, Postgres, ClickHouse, a webhook,
// object storage.
//
//	ledger ──Follow──▶ files of the trail (the spool) ──one feed each──▶ sinks
//
// A line is delivered only after it was synced, and a part of the ledger is needed until
// its lines are. A sink itself knows its position, stored in the same transaction as its
// rows where it has transactions; so a line is stored once however often it is sent. What
// a sink does not accept waits in the files, up to a bound. Beyond it the trail stops reading the
// ledger, which keeps what was not read, and Trouble says that no new calls should be accepted.
//
// No request ever waits for anything here. The package refuses to drop a record, to renumber
// one, and to write a secret: its input contains neither prompts nor keys.
package trail
