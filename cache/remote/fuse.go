package remote

import (
	"sync"
	"time"
)

// A fuse stops requests to a service that does not answer:
//
//	closed ──fuseFails in a row──→ open ──rest is over──→ one is let through ──ok──→ closed
//	                                ↑                            │
//	                                └──────── failed: twice the rest
type fuse struct {
	mu    sync.Mutex
	fails int
	rest  time.Duration // the current pause; 0: closed
	until time.Time
	tried bool // one was let through, and its outcome is not known yet
}

// lets reports whether a request may be made. The caller of a permitted one must call note.
func (f *fuse) lets(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rest == 0 {
		return true
	}
	if now.Before(f.until) || f.tried {
		return false
	}
	f.tried = true
	return true
}

// note records the outcome of a request, and reports whether the fuse opened or closed by it.
func (f *fuse) note(ok bool, now time.Time) (changed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.rest > 0
	f.tried = false
	if ok {
		f.fails, f.rest = 0, 0
		return was
	}
	if f.fails++; f.fails < fuseFails && !was {
		return false
	}
	if was && now.Before(f.until) {
		return false // one that was under way when the fuse opened
	}
	f.rest = min(max(2*f.rest, fuseLeast), fuseMost)
	f.until = now.Add(f.rest)
	return !was
}

// open reports whether requests are stopped.
func (f *fuse) open() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rest > 0
}

// spare cancels a permitted request that was not made.
func (f *fuse) spare() {
	f.mu.Lock()
	f.tried = false
	f.mu.Unlock()
}
