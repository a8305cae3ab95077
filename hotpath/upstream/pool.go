package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"asbru/core"
)

// A Pool makes and keeps the connections to one Endpoint. The goroutine lane borrows
// them with Get. The loop lanes dial with DialRaw and keep their idle connections
// themselves, in one stack per loop, so that no request takes a lock.
type Pool struct {
	end    endpoint
	tls    *tls.Config // nil: plain
	proxy  *url.URL    // nil: direct
	dialer net.Dialer
	over   func(context.Context) (net.Conn, error) // nil: the network
	ended  func()                                  // called by Close; may be nil
	tell   func(error)                             // called with why connecting fails; may be nil
	told   atomic.Int64                            // core.Clock of its last call; 0: never

	Open   atomic.Int64  // connections of all lanes
	Parked atomic.Int64  // idle connections of the loop lanes
	Dials  atomic.Uint64 // attempts to connect
	Failed atomic.Uint64 // attempts that failed

	closed atomic.Bool
	mu     sync.Mutex
	idle   []*Conn // last in, first out, so that the others can expire
}

// New makes the Pool of an Endpoint. Zero durations and counts mean defaults.
func New(e core.Endpoint) (*Pool, error) {
	if e.Connect == 0 {
		e.Connect = defaultConnect
	}
	if e.KeepAlive == 0 {
		e.KeepAlive = defaultKeep
	}
	if e.MaxConns == 0 {
		e.MaxConns = defaultMax
	}
	p := &Pool{end: endpoint{e}}
	var err error
	if p.tls, err = p.end.tls(); err != nil {
		return nil, err
	}
	if p.proxy, err = p.end.proxy(); err != nil {
		return nil, err
	}
	p.dialer = net.Dialer{Timeout: e.Connect, Control: p.control}
	return p, nil
}

// Over makes p connect with dial, for servers in place of a provider. The connections must be
// TCP connections unless only the goroutine lane uses them, because loops need descriptors.
// closed, which may be nil, is called by p's Close. Over must be called before p is used.
func (p *Pool) Over(dial func(context.Context) (net.Conn, error), closed func()) {
	p.over, p.ended = dial, closed
}

// Tell makes p call f with the reason why connecting fails: the first time, and then once a minute
// while it keeps failing. Clients only learn that the provider could not be reached. f is called by
// the goroutine that connects, and must return quickly. Tell must be called before p is used.
func (p *Pool) Tell(f func(err error)) { p.tell = f }

// fails counts an attempt to connect that failed, and reports why unless the caller's ctx has ended.
func (p *Pool) fails(ctx context.Context, err error) {
	p.Open.Add(-1)
	p.Failed.Add(1)
	if p.tell == nil || ctx.Err() != nil {
		return
	}
	now, last := core.Clock(), p.told.Load()
	if (last == 0 || now-last >= int64(tellEvery)) && p.told.CompareAndSwap(last, now) {
		p.tell(err)
	}
}

// Dial makes a connection that p does not keep, with TLS if the Endpoint uses it.
func (p *Pool) Dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.end.Connect)
	defer cancel()
	c, err := p.reach(ctx)
	if err == nil && p.tls != nil {
		c, err = p.secure(ctx, c)
	}
	return c, err
}

// Endpoint returns the endpoint that p connects to.
func (p *Pool) Endpoint() core.Endpoint { return p.end.Endpoint }

// Secure reports whether connections of p use TLS.
func (p *Pool) Secure() bool { return p.tls != nil }

// KeepAlive returns how long a connection may be idle.
func (p *Pool) KeepAlive() time.Duration { return p.end.KeepAlive }

// Closed reports whether p must keep no more idle connections.
func (p *Pool) Closed() bool { return p.closed.Load() }

// Close closes the idle connections; those in use end with their Exchange.
func (p *Pool) Close() error {
	p.closed.Store(true)
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, c := range idle {
		c.Close()
	}
	if p.ended != nil {
		p.ended()
	}
	return nil
}

func (p *Pool) control(_, address string, _ syscall.RawConn) error {
	if p.proxy != nil {
		return nil // the operator named the proxy, which judges the addresses it connects to
	}
	return p.end.permitted(address)
}

// A Conn is one connection of the goroutine lane.
type Conn struct {
	net.Conn
	Reused bool // it has carried an exchange before
	pool   *Pool
	since  time.Time
	once   sync.Once
}

// Close ends the connection. It may be called twice.
func (c *Conn) Close() error {
	c.once.Do(func() { c.pool.Open.Add(-1) })
	return c.Conn.Close()
}

// Get borrows an idle connection, or dials. With fresh it always dials.
func (p *Pool) Get(ctx context.Context, fresh bool) (*Conn, error) {
	for !fresh {
		c := p.pop()
		if c == nil {
			break
		}
		if silent(c.Conn) {
			return c, nil
		}
		c.Close()
	}
	nc, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: nc, pool: p}, nil
}

func (p *Pool) pop() *Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		c := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if time.Since(c.since) < p.end.KeepAlive {
			return c
		}
		go c.Close() // a TLS close may wait for its last record
	}
	return nil
}

// Put gives a connection back. Its last reply must have been read completely.
func (c *Conn) Put() {
	p := c.pool
	c.Reused, c.since = true, time.Now()
	p.mu.Lock()
	if !p.closed.Load() {
		p.idle = append(p.idle, c)
		c = nil
	}
	p.mu.Unlock()
	if c != nil {
		c.Close()
	}
}

// Stats returns the counters and gauges of p.
func (p *Pool) Stats() core.PoolStats {
	p.mu.Lock()
	idle := len(p.idle)
	p.mu.Unlock()
	return core.PoolStats{
		Endpoint: p.end.Scheme + "://" + p.end.address(),
		Open:     p.Open.Load(), Idle: int64(idle) + p.Parked.Load(),
		Dials: p.Dials.Load(), DialErrors: p.Failed.Load(),
	}
}

// Sweep closes connections that have been idle for longer than KeepAlive.
func (p *Pool) Sweep(now time.Time) {
	p.mu.Lock()
	k := 0
	for k < len(p.idle) && now.Sub(p.idle[k].since) >= p.end.KeepAlive {
		k++
	}
	old := append([]*Conn(nil), p.idle[:k]...)
	p.idle = append(p.idle[:0], p.idle[k:]...)
	p.mu.Unlock()
	for _, c := range old {
		c.Close()
	}
}
