package route

import (
	"sync/atomic"
	"time"
)

// A reason says why a fuse is open. Those from benched on are the provider's own
// word, which no other success takes back.
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

// A fuse keeps requests away until a moment, then lets one through to see. One word
// says it all, so that looking is one load.
type fuse struct {
	until   atomic.Int64 // Clock until which nobody passes; 0: closed
	claimed atomic.Int64 // Clock when the probe under way passed; 0: none does
	why     atomic.Uint32
	again   atomic.Int32 // times in a row that it opened

	opened, rested, died atomic.Uint64 // how often it did, by reason
}

func (f *fuse) closed() bool { return f.until.Load() == 0 }

// ready reports whether admit would be likely to say yes. It changes nothing.
func (f *fuse) ready(now int64) bool {
	u := f.until.Load()
	return u == 0 || u <= now
}

// admit reports whether a request may pass. When the rest is over exactly one
// passes, as the probe; the others wait for what comes of it, or for probeWait.
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

// rest opens the fuse for d, and never for less than was said before.
func (f *fuse) rest(now int64, d time.Duration, why reason) {
	until := now + int64(min(max(d, time.Millisecond), maxRest))
	if f.claimed.Swap(0) != 0 { // it was a probe: the end of its wait is nobody's word
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

// force lets a request through although nobody should pass.
func (f *fuse) force(now int64) {
	if !f.closed() {
		f.claimed.CompareAndSwap(0, now)
	}
}

// mend closes the fuse after a good answer to a request that began at began, if that
// was let through after the rest. Answers to older requests say nothing new.
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

// close closes the fuse if it is open for that reason.
func (f *fuse) close(why reason) {
	if u := f.until.Load(); u != 0 && reason(f.why.Load()) == why && f.until.CompareAndSwap(u, 0) {
		f.claimed.Store(0)
		f.again.Store(0)
	}
}

// state names what a request would meet.
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
