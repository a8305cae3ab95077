// Package cache remembers answers. A question that was answered before is answered from memory,
// whatever format it is asked in, and a question that is being answered is not asked
// twice.
//
//	Look   Is there an answer? Then it becomes x.Reply. Is another exchange asking the same?
//	       Then this one waits for its answer. Otherwise it leads: it goes upstream, and its
//	       answer is recorded.
//	Keep   The recording goes to a worker, which decodes it and stores it if it is a
//	       complete answer.
//
// An answer belongs to its owner: the virtual key that asked, unless the configuration widens that.
// The owner is part of the key, so nobody else can get the answer. It is stored in the neutral
// form, under the digest of the question in canonical form (cache/canon), in memory
// (cache/exact) and, if a directory is configured, on disk (cache/store).
//
// It refuses to store answers that are incomplete, failed, cut at a limit or filtered,
// that a fallback gave, or that only one format can express. It never waits
// on the request path: what it cannot store in time is dropped and counted.
package cache
