package hotpath

import (
	"slices"
	"sync"
	"time"

	"asbru/core"
)

// What a caller may do is judged when its request comes. That it may go on is judged again when
// the configuration changes and when a key ends: streams and sockets of a key that is no longer
// good are ended, on each lane in its own time. An exchange under way costs nothing for it: a loop
// compares one number a tick.

// A warden knows when to look.
type warden struct {
	mu    sync.Mutex
	ends  []int64     // Unix seconds at which keys end, in order; only those to come
	timer *time.Timer // nil: there is none to wait for
	over  bool
}

// Swap makes next the configuration of every Exchange that begins from now on
// and returns the one before. What is under way for a key that is not good under next ends.
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

// wind sets the clock to the next end of a key. A wall clock can be set, so it is looked at now and then.
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

// inspect ends what is under way for those who may no longer ask.
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

// rest ends the waiting for good.
func (w *warden) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over = true; w.timer != nil {
		w.timer.Stop()
	}
}

// A charge is the exchange under way on a connection of the goroutine lane, for others who may
// have to end it.
type charge struct {
	mu      sync.Mutex
	key     *core.VirtualKey // nil: none is under way
	under   *core.Snapshot
	stop    func() // ends what the exchange waits for; nil: it waits for nothing that can be ended
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

// waits says what ends the wait that begins now. A verdict that is there already ends it at once.
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

// rule ends the exchange of key for a reason. It reports false when that is not the one under way,
// or was ended already. A nil key is anybody's.
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

// ruled is why the exchange has to end; nil: it has not.
func (c *charge) ruled() *core.Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.verdict
}
