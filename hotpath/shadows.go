package hotpath

import (
	"context"
	"sync"
)

// shadows keeps account of requests under way that no client waits for.
type shadows struct {
	most   int             // under way
	ctx    context.Context // ends with the Server
	cancel context.CancelFunc
	seats  chan struct{} // one for each that may be talking to a target at the same time

	mu    sync.Mutex
	n     int  // under way, including those that wait for a seat
	ended bool // no more are let in
	all   sync.WaitGroup
}

func (s *shadows) init(seats, most int) {
	s.most, s.seats = most, make(chan struct{}, seats)
	s.ctx, s.cancel = context.WithCancel(context.Background())
}

// enter counts one more in, if there is room for it; leave counts it out.
func (s *shadows) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.n == s.most {
		return false
	}
	s.n++
	s.all.Add(1)
	return true
}

func (s *shadows) leave() {
	s.mu.Lock()
	s.n--
	s.mu.Unlock()
	s.all.Done()
}

// close ends all that are under way.
func (s *shadows) close() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.cancel()
	s.all.Wait()
}
