// Package exact is the memory of the cache: values under keys of 32 bytes, within a bound of
// bytes. Ristretto decides what is worth keeping. Because it shows a new value only after a delay
// and rejects most new values once it is warm and full, a nursery precedes it: a
// few maps, read first, in which every new value is found at once and lives for a while before
// its worth is judged.
//
//	Put ─→ nursery ──half-way, or read──→ ristretto ──worth less──→ gone
//	          └──────too old────────────────────────→ gone
//
// It refuses to answer with a value whose whole key does not match. It
// does no I/O, knows nothing about the values, and takes the time from its caller.
package exact
