// Package ledger is an append-only log of what was spent, kept so that it can be
// believed after a power cut. One process writes it; a record that was reported
// durable is there after any crash, exactly once, byte for byte.
//
// A record's place is its name: a Seq is the position in the log, in bytes, that
// follows the record. So every record says where the next one begins, a gap shows, and
// "durable up to here" is one number. Appending costs a copy into a ring of memory and
// never waits: room is reserved before the work begins that will have to be written
// down. One goroutine writes what the ring holds and syncs it, as soon as there is
// something and together with all that came meanwhile.
//
// What stands on disk, all integers little-endian:
//
//	00000000000000000000.log   segments: a head, then records without gaps
//	checkpoint-0000…0000.ckp   what the records up to a Seq add up to
//	durable                    the last Seq known to be synced; never synced itself
//	spare                      space that is already allocated, for the next segment
//
// A segment is sealed (cut to its length and synced) before the next one is begun, so
// only the last one may end in something that is no record. There, and only when nothing
// shows that it had been synced, it is a torn tail and cut off, which is reported.
// Everything else that does not add up is a *Corrupt with file and offset, and the
// ledger is not opened.
//
// The package refuses to retry a sync that failed (the kernel may have dropped the
// pages), to guess past damage, to interpret amounts, and to make an append wait.
package ledger
