package core

// Taken is what an Exchange has of its caller's limits until it is over. core/limit fills
// and reads it; the vocabulary only carries it.
type Taken struct {
	By     Limiter // who limits the caller; nil: nobody
	More   any     // the holder besides those of By; nil: none
	Tokens int64   // held of the limits of tokens, until it is known how many there were
	Held   bool    // something was taken of By, and is given back when x is over
	Stream bool    // it counts as a stream
	Since  uint32  // Clock since when it waits to hear what other machines have left, milliseconds that begin anew at 2³²; 0: it does not
}

// A Limiter is what bounds how fast a caller may be. core/limit knows its concrete type.
type Limiter interface {
	// Report says how much is left of each limit at a moment of Clock.
	Report(now int64) []LimitState

	// AppendHeader appends the header lines, each ended by CRLF, that tell the client of x
	// how much is left, in the words of the format it speaks.
	AppendHeader(dst []byte, x *Exchange) []byte
}

// A LimitState is one limit of somebody's and what is left of it.
type LimitState struct {
	Holder string // as in: team "platform"
	Kind   string // requests, tokens, calls, streams
	Most   int64  // that it allows, at once
	Left   int64
	Per    int64 // nanoseconds in which Most come back; 0: of calls and streams
	Full   int64 // nanoseconds until all of it is back
}

// Bounds are all limits of a Snapshot. core/limit knows the concrete type; the vocabulary
// carries it from one to the next.
type Bounds interface {
	// Report says how much is left of the limits of a holder, such as `team "platform"`.
	Report(holder string, now int64) []LimitState
}
