package probe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"asbru/core"
)

// A Prober probes each server of a list at its own interval.
type Prober struct {
	client *http.Client
	tell   func(provider string, ok bool, holds time.Duration)
	log    func(provider, problem string)

	mu     sync.Mutex // guards the fields below
	under  map[core.HealthCheck]context.CancelFunc
	closed bool
	ended  sync.WaitGroup
}

// New returns a Prober. It calls tell with every result and how long that holds, and log when
// a server fails or recovers (then problem is empty). Both are called by its own goroutines.
func New(tell func(provider string, ok bool, holds time.Duration), log func(provider, problem string)) *Prober {
	return &Prober{
		client: &http.Client{
			Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Timeout:       probeWait,
		},
		tell: tell, log: log, under: map[core.HealthCheck]context.CancelFunc{},
	}
}

// Watch replaces the list of servers. Those that are probed already keep their interval's
// phase. After Close it does nothing.
func (p *Prober) Watch(checks []core.HealthCheck) {
	p.mu.Lock()
	defer p.mu.Unlock()
	want := map[core.HealthCheck]bool{}
	for _, c := range checks {
		c.Every = max(c.Every, leastEvery)
		want[c] = true
		if p.under[c] != nil || p.closed {
			continue
		}
		ctx, cancel := context.WithCancel(context.Background())
		p.under[c] = cancel
		p.ended.Go(func() { p.ask(ctx, c) })
	}
	for c, cancel := range p.under {
		if !want[c] {
			cancel()
			delete(p.under, c)
		}
	}
}

// Close ends all probes and waits for their goroutines.
func (p *Prober) Close() {
	p.mu.Lock()
	p.closed = true
	for _, cancel := range p.under {
		cancel()
	}
	clear(p.under)
	p.mu.Unlock()
	p.ended.Wait()
	p.client.CloseIdleConnections()
}

// ask probes one server at its interval until ctx ends.
func (p *Prober) ask(ctx context.Context, c core.HealthCheck) {
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	was := ""
	for {
		problem := p.once(ctx, c.URL)
		if ctx.Err() != nil {
			return
		}
		p.tell(c.Provider, problem == "", held*c.Every+probeWait)
		if (problem == "") != (was == "") {
			p.log(c.Provider, problem)
		}
		was = problem
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// once probes a server and returns what is wrong with it; empty: nothing.
func (p *Prober) once(ctx context.Context, url string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	res, err := p.client.Do(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return "it does not answer in " + probeWait.String()
		}
		return err.Error()
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, maxDrained))
	if res.StatusCode >= 500 {
		return "it answers " + res.Status
	}
	return ""
}
