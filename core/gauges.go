package core

import "sync/atomic"

// LaneStats counts what one lane (one way of carrying client connections) did.
// The lane adds, core/meter reads at scrape time; a lane of several workers may
// give each its own LaneStats under one Name, and they are summed.
type LaneStats struct {
	Name string // in metrics; set before the lane starts, never changed

	Conns      atomic.Int64  // client connections open now
	Accepted   atomic.Uint64 // client connections taken on
	Refused    atomic.Uint64 // client connections closed unserved: over the limit, bad TLS
	HandedOver atomic.Uint64 // client connections given to another lane or to the slow door
	Requests   atomic.Uint64 // exchanges ended, well or not
	BytesIn    atomic.Uint64 // body bytes read from clients
	BytesOut   atomic.Uint64 // bytes of answers written to clients, with heads and framing
	Buffers    atomic.Int64  // borrowed when the lane last counted
	Unread     atomic.Uint64 // events of streams that could not be read, and passed or were left out
	Panics     atomic.Uint64 // recovered at the connection; each is a bug

	Faults  [NumCodes]atomic.Uint64       // exchanges ended by a Fault, by Code
	Skipped [len(SkipNames)]atomic.Uint64 // exchanges that were done without something for want of the client's time, by the bits of Skips

	Decide Histogram // own time of an exchange, kernel calls not counted
	Kernel Histogram // own time of an exchange with the kernel's write calls
}

// PoolStats is what a Pool says about itself.
type PoolStats struct {
	Endpoint   string // scheme://host:port; the same for every Target behind the Pool
	Open, Idle int64  // connections; the idle ones are among the open ones
	Dials      uint64 // connections attempted
	DialErrors uint64 // of those, the ones that did not come about
}

// A Gauged Pool can be asked how it is doing. Stats takes no lock the hot path
// waits for. Pools that are not Gauged are left out of the metrics.
type Gauged interface{ Stats() PoolStats }
