package core

// Taken is what an Exchange occupies of its caller's limits until it is over. Only core/limit
// reads and writes it.
type Taken struct {
	By     Limiter // limits the caller; nil: nothing does
	More   any     // a holder in addition to those of By; nil: none
	Tokens int64   // reserved from token limits until the real number is known; if Turned, the tokens that those turns have reported
	Held   bool    // something was taken from By and is to be given back at the end
	Stream bool    // it counts as a stream
	Turned bool    // it is a WebSocket, turns of it are over, and what was reserved is corrected
	Since  uint32  // Clock in milliseconds, modulo 2³², since when it waits for units from other machines; 0: it does not
}

// A Limiter enforces the rate limits of a caller. Only core/limit knows the concrete type.
type Limiter interface {
	// Report returns the state of each limit at a moment of Clock.
	Report(now int64) []LimitState

	// AppendHeader appends the header lines, each ended by CRLF, that tell the client of x
	// how much is left, with the names that its format has for them.
	AppendHeader(dst []byte, x *Exchange) []byte
}

// A LimitState is one limit of a holder and what is left of it.
type LimitState struct {
	Holder string // as in: team "platform"
	Kind   string // requests, tokens, calls, streams
	Most   int64  // how much it allows at once
	Left   int64
	Per    int64 // nanoseconds in which Most is replenished; 0 for limits of calls and streams under way
	Full   int64 // nanoseconds until it is fully replenished
}

// Bounds are all rate limits of a Snapshot. Only core/limit knows the concrete type; core hands
// it on from one Snapshot to the next.
type Bounds interface {
	// Report returns the state of the limits of a holder, such as `team "platform"`.
	Report(holder string, now int64) []LimitState
}
