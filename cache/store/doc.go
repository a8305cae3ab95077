// Package store keeps the cache on disk: records under keys of 32 bytes, in append-only
// segments.
//
//	segment  = head, record…
//	head     = "asbru-cache", format, sealed or not, salt
//	record   = length, CRC-32C, kind, key, expiry, body
//
// Every record has a checksum, so that a process killed during a write leaves whole records and
// one torn tail, which is cut off when the directory is opened. Writes are synced in groups
// at intervals: a crash of the machine loses at most the last moment. With a secret, keys
// and bodies are sealed with AES-256-GCM, each record bound to its segment and position.
//
// It refuses to be shared by two processes, to serve reads (all live records are handed out
// once, at the start), and to continue silently after a failed write. It knows nothing about
// the bodies.
package store
