package loadgen

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// portable is the lane for systems without epoll, with a goroutine for each connection. It
// costs several times as much as loop, and otherwise does the same.
type portable struct {
	clock clock
	stop  *atomic.Bool

	mu   sync.Mutex
	idle [maxTargets][]*line // kept connections, by target index; guarded by mu
}

// line is a kept connection.
type line struct {
	conn net.Conn
	buf  []byte
	used bool
}

func openPortable(k clock, stop *atomic.Bool) (lane, error) {
	return &portable{clock: k, stop: stop}, nil
}

func (p *portable) run(s *shot, t *tally) error {
	r := &salvo{p: p, s: s, t: t, due: make(chan int64, maxBacklog), busy: make(map[*line]bool)}
	r.left.Store(int64(s.limit))
	over := make(chan struct{})
	var wg, watch sync.WaitGroup
	watch.Go(func() { r.watch(over) })
	if s.arrivals == nil {
		p.sleep(s.start)
	}
	for i := 0; i < s.conns && s.arrivals == nil; i++ {
		wg.Go(r.closedLoop)
	}
	if s.arrivals != nil {
		r.schedule(&wg)
	}
	close(r.due)
	wg.Wait()
	close(over)
	watch.Wait()
	return nil
}

// line takes a kept connection or opens one.
func (p *portable) line(t *target, fresh bool) (*line, error) {
	if !fresh {
		if l := p.take(t); l != nil {
			return l, nil
		}
	}
	c, err := net.DialTimeout("tcp", t.addr.String(), dialWait)
	if err != nil {
		return nil, err
	}
	return &line{conn: c, buf: make([]byte, readBytes)}, nil
}

// take returns the most recently used line, nil if none is kept.
func (p *portable) take(t *target) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.idle[t.index]
	if len(kept) == 0 {
		return nil
	}
	l := kept[len(kept)-1]
	p.idle[t.index] = kept[:len(kept)-1]
	return l
}

func (p *portable) keep(t *target, l *line) {
	p.mu.Lock()
	p.idle[t.index] = append(p.idle[t.index], l)
	p.mu.Unlock()
}

// sleep waits until at, or until the run is stopped.
func (p *portable) sleep(at int64) {
	for !p.stop.Load() {
		d := at - p.clock.now()
		if d <= 0 {
			return
		}
		time.Sleep(min(time.Duration(d), tickEvery))
	}
}

func (p *portable) hangUp(t *target) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.idle {
		if t != nil && t.index != i {
			continue
		}
		for _, l := range p.idle[i] {
			l.conn.Close()
		}
		p.idle[i] = nil
	}
}

func (p *portable) close() { p.hangUp(nil) }
