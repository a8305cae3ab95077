// Package exact is the memory of the cache: values by a key of 32 bytes, within a bound of
// bytes. Ristretto decides what is worth keeping; because it shows a new value only later,
// and turns most new values away once it is warm and full, a nursery stands before it: a
// few maps, read first, where every new value is found at once and lives a while before
// its worth is judged.
//
//	Put ─→ nursery ──half-way, or read──→ ristretto ──worth less──→ gone
//	          └──────too old────────────────────────→ gone
//
// It refuses to answer with a value whose whole key is not the one that was asked for. It
// does no I/O, knows nothing of what the values are, and takes the time from its caller.
package exact
