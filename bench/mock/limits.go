package mock

import "time"

// Bounds on everything that could otherwise grow or last without limit.
const (
	maxHead     = 32 << 10 // bytes of a request head
	maxBody     = 64 << 20 // bytes of a request body
	maxFields   = 100      // header fields of a request
	maxTrailer  = 8 << 10  // bytes after the last chunk, and of one chunk-size line
	maxPending  = 64 << 10 // bytes read ahead of the request being answered
	maxBurst    = 64 << 10 // bytes built before they are written to the socket
	maxKept     = 1 << 20  // a shared buffer that has grown beyond this is released
	maxModel    = 192      // bytes of a model name, as written in the JSON
	maxToolName = 64       // bytes of a tool name
	maxLogged   = 64 << 10 // bytes of a body kept for the request log

	maxTokens     = 200_000          // tokens of one reply
	maxReply      = 16 << 20         // bytes of one unary reply
	maxDelay      = 10 * time.Minute // any single configured wait
	maxDims       = 4096             // dimensions of one embedding
	maxComponents = 4 << 20          // numbers of all embeddings of one reply
	defaultDims   = 1536

	maxConns   = 1 << 16 // connections of one server
	maxShards  = 64      // event loops of one server
	maxEvents  = 256     // readiness events taken at once
	readBytes  = 64 << 10
	drainWait  = time.Second           // answers under way when the server stops
	lingerWait = time.Second           // unread input after an early refusal
	idleWait   = 10 * time.Minute      // of an idle connection
	sweepEvery = 30 * time.Second      // between checks for idle connections
	acceptWait = 50 * time.Millisecond // after the process ran out of descriptors
	tailEvery  = 20                    // one request in this many is in the tail
	dripPieces = 20                    // pieces of a head under slow-head
	dripTime   = time.Second           // their default total time
)
