package route

import (
	"sync/atomic"
	"time"
)

// A reason says why a fuse is open. Those from benched on are statements of the provider, which
// a success elsewhere does not revoke.
type reason uint32

const (
	whole   reason = iota
	failing        // transport, 5xx, no first token
	unwell         // a health probe failed
	benched        // 429, or Retry-After
	dead           // 401, 402, 403
)

func (r reason) String() string {
	return [...]string{"", "failures", "health probe", "rate limit", "refused key"}[r]
}

// A fuse (a circuit breaker) keeps requests away until a moment, then lets one through as a
// probe. Its state is one word, so that checking it is one load.
type fuse struct {
	until   atomic.Int64 // Clock until which no request passes; 0: closed
	claimed atomic.Int64 // Clock when the probe under way was let through; 0: there is none
	why     atomic.Uint32
	again   atomic.Int32 // how many times in a row it has opened

	opened, rested, died atomic.Uint64 // how often it did, by reason
}

func (f *fuse) closed() bool { return f.until.Load() == 0 }

// ready reports whether admit would probably return true. It changes nothing.
func (f *fuse) ready(now int64) bool {
	u := f.until.Load()
	return u == 0 || u <= now
}

// admit reports whether a request may pass. When the rest is over exactly one request
// passes as the probe; the others stay away until it has ended, or for probeWait.
func (f *fuse) admit(now int64) bool {
	u := f.until.Load()
	if u == 0 {
		return true
	}
	if u > now || !f.until.CompareAndSwap(u, now+int64(probeWait)) {
		return false
	}
	f.claimed.Store(now)
	return true
}

// rest opens the fuse for d, and never shortens a rest under way.
func (f *fuse) rest(now int64, d time.Duration, why reason) {
	until := now + int64(min(max(d, time.Millisecond), maxRest))
	if f.claimed.Swap(0) != 0 { // it was a probe: until was set by admit, not by a failure
		f.until.Store(until)
	} else if !f.lengthen(until) {
		return
	}
	f.why.Store(uint32(why))
	switch why {
	case benched:
		f.rested.Add(1)
	case dead:
		f.died.Add(1)
	default:
		f.opened.Add(1)
	}
}

func (f *fuse) lengthen(until int64) bool {
	for {
		u := f.until.Load()
		if u >= until {
			return false
		}
		if f.until.CompareAndSwap(u, until) {
			return true
		}
	}
}

// force lets a request through an open fuse.
func (f *fuse) force(now int64) {
	if !f.closed() {
		f.claimed.CompareAndSwap(0, now)
	}
}

// mend closes the fuse after a good answer to a request that began at began, if that request was
// let through after the rest. Answers to older requests prove nothing.
func (f *fuse) mend(began int64) {
	u := f.until.Load()
	if u == 0 {
		return
	}
	if c := f.claimed.Load(); c != 0 && began >= c && f.until.CompareAndSwap(u, 0) {
		f.claimed.Store(0)
		f.again.Store(0)
		f.why.Store(uint32(whole))
	}
}

// close closes the fuse if it is open for the given reason.
func (f *fuse) close(why reason) {
	if u := f.until.Load(); u != 0 && reason(f.why.Load()) == why && f.until.CompareAndSwap(u, 0) {
		f.claimed.Store(0)
		f.again.Store(0)
	}
}

// state names the state that a request would meet.
func (f *fuse) state(now int64) string {
	u := f.until.Load()
	switch {
	case u == 0:
		return "closed"
	case u <= now || f.claimed.Load() != 0:
		return "half-open"
	}
	switch reason(f.why.Load()) {
	case benched:
		return "benched"
	case dead:
		return "dead"
	}
	return "open"
}
