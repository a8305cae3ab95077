// Package remote finds questions that mean the same with the help of others: an encoder that
// some provider runs, a store that many processes share.
//
//	Ask   encode → search → judge, within a deadline, in a goroutine of its own.
//	      Too late, too many or out of order is a miss, and counted.
//	Add   into a bounded queue; workers encode and write. What does not fit is dropped,
//	      and counted.
//
// It trusts neither. What a store returns is compared with what was asked for (the space, the
// time, the seal if there is one), and the guard has the last word on the text. After several
// failures in a row it leaves them alone for a while. It refuses to make anybody wait without a
// bound, and to tell a client that something here is broken.
package remote
