// Package govern keeps the accounts that calls are paid from. A Book holds the worst case
// of a call on all its accounts before it begins, all or none, and settles what it came to
// when it is over, once. Both stand in the ledger, so what is spent is known after any
// crash; a call that was cut off by one is charged as partial, never as nothing.
//
// A hold passes no cap, however many are made at the same moment: what was settled and
// what is held never exceed it. A call that claims more than was held is charged what was
// held, and the claim is written down. Nothing here locks: an account is a few atomic
// words, and a hold on several is refused for good reason only, never because another
// hold, refused in the same moment, was in its way (but for a bound on how long it looks
// on while others are stopped in the middle of theirs: see maxTries).
//
//	idle ──Hold──▶ held ──Settle──▶ done      (settle: what it cost)
//	                 ├────Release──▶ done      (release: it cost nothing)
//	                 └─crash, restart─▶        (settle, partial: what was known of it)
//
// Machines may share an account: then a hold takes no more than this one was granted (a Lease), and
// one that lacks money has its stage wait a moment while more is asked for at a Desk.
//
// The package refuses to know prices, keys and requests, to retry, and to wait: a ledger
// without room refuses the hold. It knows no database either: who grants is control/lease.
package govern
