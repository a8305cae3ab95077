package rates

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"asbru/core"
	"asbru/core/limit"
)

// Options configure an Agent.
type Options struct {
	URL  string // redis://user:password@host:port/database, or rediss:// for TLS
	Desk *limit.Desk
	Log  *slog.Logger
}

// An Agent obtains for the Shares of a Desk what this machine may take. One goroutine does all work.
type Agent struct {
	o      Options
	to     rueidis.ClientOption
	client rueidis.Client // nil: not connected
	alive  map[*limit.Share]struct{}
	lost   bool // the failure of the server has been logged

	stop  context.CancelFunc
	ended chan struct{}
	close sync.Once

	here                     atomic.Bool
	rounds, granted, trouble atomic.Int64
}

// Open makes an Agent without connecting. It returns an error for a malformed address, without
// showing it, since it may hold a password.
func Open(o Options) (*Agent, error) {
	to, err := rueidis.ParseURL(o.URL)
	if err != nil {
		return nil, errors.New("cannot share rate limits: the address is none of the form redis://user:password@host:port/database")
	}
	to.ReadBufferEachConn, to.WriteBufferEachConn, to.RingScaleEachConn = buffer, buffer, ring
	to.ConnWriteTimeout, to.Dialer.Timeout = askWait, askWait
	to.DisableCache, to.DisableRetry, to.AlwaysRESP2, to.ForceSingleClient, to.ClientName = true, true, true, true, "asbru"
	return &Agent{o: o, to: to, alive: map[*limit.Share]struct{}{}, ended: make(chan struct{})}, nil
}

// Start serves the Desk until Close.
func (a *Agent) Start() {
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	go a.run(ctx)
}

// Close gives back what is not used. From then on this machine counts alone.
func (a *Agent) Close() {
	a.close.Do(a.stop)
	<-a.ended
}

func (a *Agent) run(ctx context.Context) {
	defer close(a.ended)
	defer a.leave()
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	next := time.Now() // when a failed server is tried again
	for ctx.Err() == nil {
		if !a.here.Load() && !time.Now().Before(next) {
			a.arrive(ctx)
			next = time.Now().Add(againWait)
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			for _, s := range a.o.Desk.Take() {
				a.alive[s] = struct{}{}
			}
			all := make([]*limit.Share, 0, len(a.alive))
			for s := range a.alive {
				all = append(all, s)
			}
			a.serve(ctx, all, true, false)
		case <-a.o.Desk.Asked():
			some := a.o.Desk.Take()
			for _, s := range some {
				a.alive[s] = struct{}{}
			}
			a.serve(ctx, some, false, false)
		}
	}
}

// arrive connects, and starts serving if the server answers.
func (a *Agent) arrive(ctx context.Context) {
	var err error
	if a.client == nil {
		a.client, err = rueidis.NewClient(a.to)
	}
	if err == nil {
		err = ask(ctx, a.client, []need{{share: &limit.Share{Name: "check"}, Need: limit.Need{Rate: limit.Rate{Units: 1, Per: time.Second}}}})
	}
	if err != nil {
		a.away(ctx, err)
		return
	}
	for s := range a.alive {
		s.Forget()
	}
	a.here.Store(true)
	a.o.Desk.Serve(true)
	if a.lost {
		a.o.Log.Info("rate limits are shared with other machines again")
	}
	a.lost = false
}

// away makes this machine count alone.
func (a *Agent) away(ctx context.Context, err error) {
	a.o.Desk.Serve(false)
	a.here.Store(false)
	for s := range a.alive {
		s.Forget()
	}
	if ctx.Err() != nil {
		return
	}
	a.trouble.Add(1)
	if !a.lost {
		a.o.Log.Error("rate limits are not shared: each machine counts alone until the server answers", "error", err)
	}
	a.lost = true
}

// serve obtains what shares need; at a beat it also drops those that nobody uses.
func (a *Agent) serve(ctx context.Context, shares []*limit.Share, beat, ending bool) {
	if !a.here.Load() {
		for _, s := range shares {
			s.Forget()
		}
		return
	}
	list := make([]need, 0, min(len(shares), batch))
	flush := func() bool {
		if len(list) == 0 {
			return true
		}
		err := ask(ctx, a.client, list)
		if err != nil {
			a.away(ctx, err)
			return false
		}
		now := core.Clock()
		for i := range list {
			list[i].share.Granted(&list[i].Need, list[i].units, list[i].full, now)
			a.granted.Add(list[i].units)
		}
		a.rounds.Add(1)
		list = list[:0]
		return true
	}
	for _, s := range shares {
		n := s.Need(beat, ending)
		if n.Idle() {
			if s.Wake(); beat && !s.Alive() {
				delete(a.alive, s)
			}
			continue
		}
		if list = append(list, need{share: s, Need: n}); len(list) == batch && !flush() {
			return
		}
	}
	flush()
}

// leave gives back what is left, as far as time permits.
func (a *Agent) leave() {
	a.o.Desk.Serve(false)
	ctx, cancel := context.WithTimeout(context.Background(), endWait)
	defer cancel()
	all := a.o.Desk.Take()
	for s := range a.alive {
		all = append(all, s)
	}
	a.serve(ctx, all, true, true)
	for _, s := range all {
		s.Forget()
	}
	a.here.Store(false)
	if a.client != nil {
		a.client.Close()
	}
}

// Figures returns the Agent's metrics.
func (a *Agent) Figures() []core.Figure {
	here := int64(0)
	if a.here.Load() {
		here = 1
	}
	return []core.Figure{
		{Name: "asbru_shared_rates_here", Help: "1 while rate limits are counted together with other machines, 0 while this machine counts alone.", N: here},
		{Name: "asbru_shared_rates_calls_total", Help: "Calls to the server of shared rate limits.", Total: true, N: a.rounds.Load()},
		{Name: "asbru_shared_rates_granted_total", Help: "Units of shared rate limits that this machine was granted.", Total: true, N: a.granted.Load()},
		{Name: "asbru_shared_rates_troubles_total", Help: "Times that the server of shared rate limits did not answer.", Total: true, N: a.trouble.Load()},
	}
}
