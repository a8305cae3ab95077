// Package rates counts rate limits together with other machines, through a Valkey or Redis.
//
//	request ──take──▶ limit.Share (granted units) ◀──grant── Agent ──one script call──▶ server
//
// The server keeps one word for each rate, as core/limit does: the time at which the rate will have
// recovered completely. A machine has a slice of each rate that it uses granted in advance, so that a request
// takes units without asking anyone. One goroutine asks the server, for all rates in one call of a script. Slices shrink
// near the limit, idle units are given back, and units used without a grant are reported afterwards.
//
// The package refuses to make a request wait for a server that does not answer: in that case each machine counts
// alone. Limits on calls and streams in flight are not rates; each machine counts its own.
package rates
