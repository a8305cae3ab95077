// Package store keeps the cache on disk: records by a key of 32 bytes, in segments that
// are only ever appended to.
//
//	segment  = head, record…
//	head     = "asbru-cache", format, sealed or not, salt
//	record   = length, CRC-32C, kind, key, expiry, body
//
// Every record has a sum, so that a process killed amid a write leaves whole records and
// one torn tail, which is cut off when the directory is opened. Writes are synced together
// once in a while: what a crash of the machine takes is the last moment. With a key, keys
// and bodies are sealed with AES-256-GCM, each record bound to its segment and its place.
//
// It refuses to be shared by two processes, to serve reads (all that is alive is handed out
// once, at the start), and to go on silently after a write failed. It knows nothing of what
// the bodies are.
package store
