package cred

import "time"

// Bounds of what is fetched and how long it may take.
const (
	maxReplyBytes  = 256 << 10 // the answer of a token endpoint
	maxFileBytes   = 1 << 20   // a credentials file
	maxTokenBytes  = 8 << 10   // a bearer token; it has to fit in a head
	maxTold        = 200       // bytes of an error text from outside
	maxNesting     = 5         // profiles and credentials that are got by means of others
	maxINILines    = 20_000
	maxHeaderBytes = 64 << 10

	webTimeout   = 15 * time.Second // one call over a network
	localTimeout = 5 * time.Second  // one call to the machine's own metadata service
	localConnect = time.Second      // it is there at once or not at all
	fetchTimeout = 40 * time.Second // all the calls one credential takes
)

// When a credential is renewed and when a failed renewal is tried again.
const (
	renewAhead   = 5 * time.Minute  // before a credential expires, at the latest, if it lives long enough
	unsaidLife   = 10 * time.Minute // of a token that does not say how long it lives
	maxLife      = 30 * 24 * 3600   // seconds; a longer one is renewed as if it were this
	renewLeast   = 5 * time.Second  // between two renewals
	reread       = 5 * time.Minute  // for what has no end but can be replaced: files
	firstPause   = time.Second      // after the first failure; doubled with each
	longestPause = time.Minute      // between tries, when the other side is to blame
	refusedPause = 5 * time.Minute  // when it says that our request is: 4xx
	longestNap   = time.Minute      // a machine may be suspended: the wall clock is looked at this often
	skewLeast    = 30 * time.Second
)
