// Package store keeps what the admin API and asbru keys change: virtual keys, teams, customers,
// budgets, limits and prices, in an SQLite file or in a Postgres database that several
// machines share. Every change is one transaction with its own revision, and is committed only
// if the whole configuration with it can be served.
//
// It refuses to store a credential (keys are stored as digests, the admin token as a hash), to
// store what cannot be served, and to be queried by requests: those see Snapshots.
package store
