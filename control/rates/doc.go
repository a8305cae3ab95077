// Package rates has several machines count the same rate limits, through a Valkey or Redis.
//
//	request ──take──▶ limit.Share (units that were granted) ◀──grant── Agent ──one script call──▶ server
//
// The server keeps one word for each rate, as core/limit does: the moment at which all of it will have come
// back. A machine has a slice of each rate that it uses granted ahead, so a request takes what is there and asks
// nobody; what is asked for is asked by one goroutine, for all rates in one call of a script. Slices shrink near the
// limit, what is idle is given back, and what was used without being granted is told afterwards.
//
// The package refuses to make a request wait for a server that does not answer: then each machine counts alone.
// Calls and streams under way are no rates; each machine counts its own.
package rates
