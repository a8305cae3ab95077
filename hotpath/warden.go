package hotpath

import (
	"slices"
	"sync"
	"time"

	"asbru/core"
)

// A caller is authorised when its request comes, and again whenever the configuration changes or
// a key expires: streams and WebSockets of a key that is no longer valid are ended, by each lane
// in its own time. This costs an exchange under way nothing; a loop compares one number per tick.

// A warden knows when keys expire.
type warden struct {
	mu    sync.Mutex
	ends  []int64     // Unix seconds at which keys expire, sorted; only future ones
	timer *time.Timer // nil: no key expires
	over  bool
}

// Swap makes next the configuration of every Exchange that begins from now on
// and returns the previous one. Exchanges under way end if their key is not valid under next.
func (s *Server) Swap(next *core.Snapshot) (old *core.Snapshot) {
	old = s.snap.Swap(next)
	w := &s.warden
	w.mu.Lock()
	w.ends = w.ends[:0]
	if next != nil {
		for _, k := range next.Keys {
			if k.Ends > 0 && !k.Disabled {
				w.ends = append(w.ends, k.Ends)
			}
		}
		slices.Sort(w.ends)
	}
	w.mu.Unlock()
	if old != nil {
		s.inspect()
	} else {
		s.wind()
	}
	return old
}

// wind sets the timer to when the next key expires. The wall clock may be adjusted, so it is also checked now and then.
func (s *Server) wind() {
	w := &s.warden
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now().Unix()
	for len(w.ends) > 0 && w.ends[0] <= now {
		w.ends = w.ends[1:]
	}
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if len(w.ends) > 0 && !w.over {
		w.timer = time.AfterFunc(min(time.Duration(w.ends[0]-now)*time.Second, wardenRest), s.inspect)
	}
}

// inspect ends the exchanges under way of keys that are no longer valid.
func (s *Server) inspect() {
	s.rounds.Add(1)
	snap, now := s.snap.Load(), time.Now().Unix()
	if snap != nil {
		s.judge(func(k *conn) *core.Fault {
			if key, under := k.charge.who(); key != nil {
				return snap.Bars(key, under, now)
			}
			return nil
		})
	}
	s.wind()
}

// rest stops the timer for good.
func (w *warden) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over = true; w.timer != nil {
		w.timer.Stop()
	}
}

// A charge identifies the exchange under way on a connection of the goroutine lane, so that the
// warden can end it.
type charge struct {
	mu      sync.Mutex
	key     *core.VirtualKey // nil: none is under way
	under   *core.Snapshot
	stop    func() // interrupts what the exchange waits for; nil: it waits for nothing that can be interrupted
	verdict *core.Fault
}

// take begins an exchange of x's caller, and free ends it.
func (c *charge) take(x *core.Exchange) {
	c.mu.Lock()
	c.key, c.under, c.stop, c.verdict = x.Key, x.Snap, nil, nil
	c.mu.Unlock()
}

func (c *charge) free() {
	c.mu.Lock()
	c.key, c.under, c.stop = nil, nil, nil
	c.mu.Unlock()
}

// waits sets how to interrupt the wait that begins now. A verdict given before interrupts it at once.
func (c *charge) waits(stop func()) {
	c.mu.Lock()
	c.stop = stop
	late := c.verdict != nil
	c.mu.Unlock()
	if late && stop != nil {
		stop()
	}
}

func (c *charge) who() (*core.VirtualKey, *core.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.key, c.under
}

// rule ends the exchange of key with a fault. It reports false if that exchange is not under way, or
// was ended already. A nil key stands for any.
func (c *charge) rule(key *core.VirtualKey, why *core.Fault) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key == nil || key != nil && c.key != key || c.verdict != nil {
		return false
	}
	if c.verdict = why; c.stop != nil {
		c.stop()
	}
	return true
}

// ruled returns why the exchange has to end; nil: it may continue.
func (c *charge) ruled() *core.Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.verdict
}
