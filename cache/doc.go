// Package cache remembers answers: a question that was answered before is answered again
// from memory, in whatever format it is asked, and one that is being answered is not asked
// twice.
//
//	Look   is there an answer? then it is x.Reply. Is somebody asking? then wait with them.
//	       Else this exchange leads: it goes upstream, and what comes back is written down.
//	Keep   what was written down is handed to a worker, which reads it and keeps it if it
//	       is a whole answer.
//
// An answer belongs to whoever asked: a virtual key, unless the configuration widens that.
// The owner is part of the key, so that no other can be given it. It is kept in the neutral
// form, by the digest of what was asked in canonical form (cache/canon), in memory
// (cache/exact) and, if a directory is named, on disk (cache/store).
//
// It refuses to keep what is not whole, what failed, what was cut at a limit or filtered,
// what a fallback said in another's place, and what only one format can say. It never waits
// on the request path, and what it cannot remember in time it forgets and counts.
package cache
