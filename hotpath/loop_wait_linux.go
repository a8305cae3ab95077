package hotpath

import (
	"os"
	"syscall"

	"asbru/hotpath/sock"
)

// A rest is how a loop waits for events. Under traffic it lingers in its own epoll: one
// system call a wake-up, and the scheduler is not involved, but the loop keeps its processor
// meanwhile. After a while without events it parks in the runtime's poller like any
// goroutine: three calls a wake-up, and an idle process occupies nothing.
//
//	lingering ──no event for lingerMillis──▶ parked
//	    ▲                                       │
//	    └───────────────an event────────────────┘
//
// Measured side by side at 5,000 requests a second, lingering adds a fifth less latency at
// the median, and half as much at p99, as parking does. A plainly blocking system call was
// worse than both at any rate: the runtime's monitor takes the processor away, and each
// wake-up starts with getting one back.
//
// One thread at a time waits in the runtime's poller. When it wakes a loop, it leaves the poller
// and runs that loop, which then waits in its own epoll. Until the monitor notices, up to 10 ms
// later, no thread watches the poller for other events, such as those of another parked loop: with
// two loops at 300 requests a second each this cost 7 ms at p99. A woken loop therefore sends
// another thread to the poller.
type rest struct {
	bell   *sock.Bell
	raw    syscall.RawConn // of bell, to park in
	look   func(uintptr) bool
	found  []sock.Event // the events that look found
	parked bool
	woken  bool // was parked, and has not sent another thread to the poller since
}

func (r *rest) open(p *sock.Poll) (err error) {
	if r.bell, err = sock.NewBell(p); err != nil {
		return err
	}
	r.look = func(uintptr) bool {
		r.found, _ = p.Linger(0)
		return len(r.found) > 0
	}
	r.raw, err = r.bell.File.SyscallConn()
	return err
}

// wait returns the next events; none if the deadlines are to be checked.
func (l *loop) wait() []sock.Event {
	r := &l.rest
	if len(l.again) > 0 {
		evs, _ := l.poll.Linger(0)
		return evs
	}
	if !r.parked {
		if r.woken {
			r.woken = false
			go func() {}() // wakes a thread that finds nothing to run and so goes to wait in the poller
		}
		ms := l.soon()
		if evs, interrupted := l.poll.Linger(ms); len(evs) > 0 || interrupted || ms < lingerMillis {
			return evs // a short wait means that a nap is due, which is no idleness
		}
		r.parked = true
		r.bell.Arm()
	}
	r.found = nil
	if err := r.raw.Read(r.look); err != nil && !os.IsTimeout(err) {
		l.closing = true // the epoll descriptor is gone, and with it every connection
	}
	if len(r.found) > 0 {
		r.parked, r.woken = false, true
		r.bell.Disarm()
	}
	return r.found
}
