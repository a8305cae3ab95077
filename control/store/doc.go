// Package store keeps what the admin API and asbru keys change: virtual keys, teams, customers,
// budgets, limits and prices, in a file of SQLite or in a database of Postgres that several
// machines share. Every change is one transaction with a revision of its own, and is made only
// when the whole configuration with it can be served.
//
// It refuses to keep a credential (keys are kept as digests, the admin token as a hash), to
// keep what cannot be served, and to be asked by a request: requests see Snapshots.
package store
