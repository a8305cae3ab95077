package hotpath

import (
	"os"
	"syscall"

	"asbru/hotpath/sock"
)

// A rest is how a loop waits for events. With traffic it lingers in its own epoll: one
// system call a wake, and no word to the scheduler, but its processor is kept for
// as long. When nothing came for a while it parks in the runtime's poller like any
// goroutine: three calls a wake, and an idle process holds nothing.
//
//	lingering ──nothing came for lingerMillis──▶ parked
//	    ▲                                           │
//	    └───────────────an event────────────────────┘
//
// Measured beside each other at 5,000 requests a second: lingering adds a fifth less
// at the median and half at p99 than parking. A system call that blocks by itself was
// worse than both at any rate: the monitor takes the processor away, and each wake
// begins with getting one back.
//
// One thread at a time waits in the runtime's poller, and takes the loop that it wakes away
// with it into the loop's own epoll. Then nobody hears of what else the process waits for, such as
// another parked loop, until the monitor looks, 10 ms later: that was 7 ms at p99 of two loops at
// 300 requests a second each. So a loop that was woken has another thread go there.
type rest struct {
	bell   *sock.Bell
	raw    syscall.RawConn // of bell
	look   func(uintptr) bool
	found  []sock.Event // by look
	parked bool
	woken  bool // from being parked, and nobody was sent in its place since
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

// wait returns the next events; none when the clocks want to be looked at.
func (l *loop) wait() []sock.Event {
	r := &l.rest
	if len(l.again) > 0 {
		evs, _ := l.poll.Linger(0)
		return evs
	}
	if !r.parked {
		if r.woken {
			r.woken = false
			go func() {}() // wakes a thread, which finds nothing else to do than to wait there
		}
		ms := l.soon()
		if evs, interrupted := l.poll.Linger(ms); len(evs) > 0 || interrupted || ms < lingerMillis {
			return evs // the last: somebody's time has come, which is no calm
		}
		r.parked = true
		r.bell.Arm()
	}
	r.found = nil
	if err := r.raw.Read(r.look); err != nil && !os.IsTimeout(err) {
		l.closing = true // the epoll is gone, and with it every connection
	}
	if len(r.found) > 0 {
		r.parked, r.woken = false, true
		r.bell.Disarm()
	}
	return r.found
}
