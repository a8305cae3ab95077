// Package remote finds questions with the same meaning by means of an encoder that
// a provider runs and a vector store that many processes share.
//
//	Ask   encode → search → judge, within a deadline, in a goroutine of its own.
//	      A search that is too late, one too many or failing is a miss, and counted.
//	Add   into a bounded queue; workers encode and write. What does not fit is dropped,
//	      and counted.
//
// It trusts neither. What a store returns is compared with the query (the space, the
// time, the seal if there is one), and the guard has the last word on the text. After several
// failures in a row it pauses for a while. It refuses to make anyone wait without a
// bound, and to let a client see that something here is broken.
package remote
