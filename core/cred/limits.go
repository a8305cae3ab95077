package cred

import "time"

// Bounds on the size of what is fetched, and on how long it may take.
const (
	maxReplyBytes  = 256 << 10 // the answer of a token endpoint
	maxFileBytes   = 1 << 20   // a credentials file
	maxTokenBytes  = 8 << 10   // a bearer token; it has to fit in a head
	maxTold        = 200       // bytes of an error text of foreign origin
	maxNesting     = 5         // profiles and credentials that refer to one another
	maxINILines    = 20_000
	maxHeaderBytes = 64 << 10

	webTimeout   = 15 * time.Second // one call over a network
	localTimeout = 5 * time.Second  // one call to the machine's own metadata service
	localConnect = time.Second      // to connect: if it exists, it answers at once
	fetchTimeout = 40 * time.Second // all calls that one credential needs
)

// When a credential is renewed and when a failed renewal is tried again.
const (
	renewAhead   = 5 * time.Minute  // before a credential expires, at the latest, if it is valid for long enough
	unsaidLife   = 10 * time.Minute // assumed for a token that does not state its lifetime
	maxLife      = 30 * 24 * 3600   // seconds; a longer lifetime counts as this
	renewLeast   = 5 * time.Second  // least time between two renewals
	reread       = 5 * time.Minute  // interval for files, which do not expire but can be replaced
	firstPause   = time.Second      // after the first failure; doubled with each
	longestPause = time.Minute      // between tries, if the failure is the issuer's
	refusedPause = 5 * time.Minute  // if the issuer refuses our request: 4xx
	longestNap   = time.Minute      // how often the wall clock is read, as the machine may have been suspended
	skewLeast    = 30 * time.Second
)
