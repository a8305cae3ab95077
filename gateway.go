package main

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"asbru/control"
	"asbru/control/admin"
	"asbru/control/api"
	"asbru/control/batches"
	"asbru/control/lease"
	"asbru/control/objects"
	"asbru/control/trail"
	"asbru/core"
	"asbru/core/audit"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/limit"
	"asbru/core/meter"
	"asbru/core/probe"
	"asbru/doors"
	"asbru/hotpath"
	"asbru/systemd"
)

// A gateway is everything that runs in one process. It is made by newGateway,
// given its configuration by load and its sockets by open, and lives from start
// to the end of attend.
type gateway struct {
	s       *serving
	instead string // the address served instead of the document's; empty: the document's
	started time.Time
	level   *slog.LevelVar
	changes *slog.LevelVar // of the Plane; silent while the first document is loaded, whose problems are printed as check prints them
	log     *slog.Logger

	server *hotpath.Server
	plane  *control.Plane
	slow   *slowDoor
	ring   *core.Ring       // finished exchanges; nil: no access log
	access *meter.AccessLog // nil: there is none
	meter  lazyMeter
	token  atomic.Pointer[[32]byte] // SHA-256 of the admin token; nil: none

	data, admin *endpoint // admin is nil when there is no admin listener
	certs       *api.Certs
	hand        systemd.HandOver
	prober      *probe.Prober
	serves      atomic.Pointer[hotpath.Server] // server, for goroutines that may run before it is made
	own         string                         // the credential by which the cache asks the front door for embeddings
	lister      string                         // the credential by which lists are asked for
	lists       chan struct{}                  // one for each page of a list that is being asked for
	made        atomic.Pointer[objects.Book]   // what virtual keys made at providers; nil: no document had any

	fixed      *config.Document // what the process started with
	keep       keeping
	trail      atomic.Pointer[trail.Trail]     // the audit trail; nil: there is none, or another process has it
	lease      atomic.Pointer[lease.Agent]     // obtains slices of shared budgets; nil: none are shared, or another process has the ledger
	audits     atomic.Pointer[config.Document] // the document that the trail was opened for; nil: it never was
	desk       *limit.Desk                     // connects the cells of rate limits with rates
	rates      atomic.Pointer[rateAgent]       // counts rate limits together with other machines; nil: this one counts alone
	strangers  audit.Strangers                 // requests refused at the door that are not in the ledger yet
	unread     atomic.Bool                     // the ledger was opened for a document without a trail, so nothing follows it
	batches    *batches.Sweeper                // asks how batches stand, and charges what they came to
	till       *govern.Till                    // where requests are paid; nil: no document has had a budget so far
	limited    <-chan struct{}                 // closed by haveLimits: the first document's budgets have their limits
	haveLimits func()
	opening    sync.Mutex                       // held while the ledger or what belongs to it is opened for a document
	drains     io.Closer                        // says that this process gave the ledger away; nil: it did not
	passing    bool                             // the ledger is given away, or about to be; guarded by opening
	missed     atomic.Bool                      // a change was refused because of that
	ledgerAt   string                           // the ledger's directory, which later documents cannot change
	successor  bool                             // another process handed this one its sockets
	handing    atomic.Pointer[handing]          // the hand-over of this process' sockets that is under way; nil: none is
	offer      atomic.Pointer[net.UnixListener] // where a successor asks for the ledger; nil: nowhere
	compiling  *config.Document                 // the document that is being compiled; the Plane's writer owns it
	next       applying                         // between Compile and Swap; the Plane's writer owns it
	ended      sync.WaitGroup                   // waits for everything that start and accept began, except the data listener
	stop       func()                           // stops what ended waits for
	broken     chan error                       // a listener that broke
}

func newGateway(s *serving, from *source, in *inheritance) *gateway {
	g := &gateway{s: s, successor: in.handed, instead: cmp.Or(s.listen, in.address()), started: s.began, level: new(slog.LevelVar), changes: new(slog.LevelVar), broken: make(chan error, 4)}
	g.log = newLog(s.stderr, g.level)
	g.slow = newSlowDoor()
	limited := make(chan struct{})
	g.limited, g.haveLimits = limited, sync.OnceFunc(func() { close(limited) })
	g.meter.g, g.desk = g, limit.NewDesk()
	g.own, g.lister, g.lists = newCredential(), newCredential(), make(chan struct{}, maxLists)
	g.batches = g.newSweeper()
	g.prober = probe.New(g.probed, g.probeTold)
	g.plane = control.New(control.Options{Path: from.path, Env: s.env, Kept: g.kept, Compile: g.compile, Undo: g.undo, Swap: g.swap, Applied: g.applied, Log: newLog(s.stderr, g.changes)})
	g.keep.api = admin.New(admin.Options{Plane: g.plane, Snapshot: g.snapshot, Store: g.keep.store.Load, Balances: balances{g}, Objects: g.shownObjects, Changed: g.changed, Log: g.log})
	return g
}

// serverOptions are built once the first document is known, because it decides whether
// exchanges are recorded.
func (g *gateway) serverOptions() hotpath.Options {
	return hotpath.Options{
		Doors:   doors.All(),
		Slow:    g.slow.take,
		Records: g.ring,
		Bug: func(v any, stack []byte) {
			g.log.Error("bug: a connection panicked and was closed", "panic", v, "stack", string(stack))
		},
		Turned:   g.turned,
		Shadowed: g.compared,
		Loops:    g.s.loops,
	}
}

// start begins the background work. Nothing is accepted yet.
func (g *gateway) start(whole context.Context) {
	var ctx context.Context
	ctx, g.stop = context.WithCancel(whole)
	g.haveLimits()
	g.begin(func() { g.plane.Watch(ctx) })
	g.begin(func() { g.sweep(ctx) })
	g.begin(func() { g.tellTurned(ctx) })
	g.begin(func() { g.tellDeeds(ctx) })
	g.begin(func() { g.follow(ctx) })
	g.begin(func() { g.batches.Run(ctx) })
	if g.certs != nil {
		g.begin(func() { g.certs.Watch(ctx) })
	}
	if g.access != nil {
		go g.access.Run() // ended by its Close
	}
	g.begin(func() { g.serveSlow(ctx) })
	go func() { // runs until the process ends: it is alive during a drain too
		if err := systemd.Watchdog(whole, g.alive); err != nil {
			g.log.Warn("no watchdog", "error", err)
		}
	}()
}

// begin runs f in the background. f must end after stop was called.
func (g *gateway) begin(f func()) { g.ended.Go(f) }

// accept starts accepting connections and tells the supervisor.
func (g *gateway) accept(ctx context.Context) {
	go func() {
		if err := g.server.Serve(g.data.serve); err != nil && !g.server.Draining() {
			g.fail(err)
		}
	}()
	if g.admin != nil {
		ctx, cancel := context.WithCancel(ctx)
		g.admin.end = cancel
		go func() { // still answers while the process drains
			if err := api.Serve(ctx, g.admin.serve, g.pages(true), api.Serving{Log: g.log, Grace: adminGrace}); err != nil {
				g.fail(err)
			}
		}()
	}
	args := []any{"address", g.data.raw.Addr().String(), "version", version, "start_ms", float64(time.Since(g.started)/(100*time.Microsecond)) / 10}
	if g.admin != nil {
		args = append(args, "admin", g.admin.raw.Addr().String())
	}
	g.log.Info("listening", args...)
	g.notify(systemd.Ready, systemd.Status("serving on "+g.data.raw.Addr().String()))
}

// fail reports a listener that broke; the first one ends the process.
func (g *gateway) fail(err error) {
	select {
	case g.broken <- err:
	default:
	}
}

// notify tells the supervisor. A message that does not arrive changes nothing.
func (g *gateway) notify(state ...string) {
	if err := systemd.Notify(state...); err != nil {
		g.log.Warn("cannot notify the supervisor", "error", err)
	}
}

// pages serves what is not LLM traffic, for the admin listener or the data listener.
func (g *gateway) pages(admin bool) http.Handler {
	origins := g.origins
	if admin {
		origins = nil // pages call the data plane
	}
	return api.New(api.Options{
		Admin:      admin,
		Origins:    origins,
		TokenSum:   g.tokenSum,
		Governance: g.keep.api,
		Shared:     g.shared,
		Memory:     g.remembered,
		Metrics:    g.meter.write,
		Status:     g.status,
		Build:      buildInfo(),
		Log:        g.log,
	})
}

// origins returns the web origins whose pages may call, in the running configuration.
func (g *gateway) origins() []core.Origin {
	if s := g.server.Snapshot(); s != nil {
		return s.Origins
	}
	return nil
}

// remembered returns the answer cache of the running configuration together with the calls known
// by their idempotency keys; nil: there is neither.
func (g *gateway) remembered() core.Memory {
	s := g.server.Snapshot()
	switch {
	case s == nil:
		return nil
	case s.Repeats == nil:
		return s.Memory
	case s.Memory == nil:
		return s.Repeats
	}
	return memories{s.Memory, s.Repeats}
}

func (g *gateway) tokenSum() [32]byte {
	if sum := g.token.Load(); sum != nil {
		return *sum
	}
	if sum := g.keep.token.Load(); sum != nil {
		return *sum
	}
	return [32]byte{}
}

func (g *gateway) status() api.Status {
	s := g.plane.Status()
	return api.Status{
		Snapshot: uint64(s.Version), Draining: g.server.Draining(), Started: g.started,
		Reloads: api.Reloads{OK: uint64(s.Version), Failed: s.Refused, Last: s.At, Problem: s.LastError},
	}
}

// sweep closes provider connections that were idle for too long, and returns memory to the system
// after a load peak.
func (g *gateway) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	var slim slimmer
	slim.begin()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			slim.look()
			for _, p := range g.server.Snapshot().Pools {
				if p, ok := p.(interface{ Sweep(time.Time) }); ok {
					p.Sweep(now)
				}
			}
		}
	}
}

// base is the gateway's URL without a path, for messages.
func (g *gateway) base() string {
	scheme := "http://"
	if g.certs != nil {
		scheme = "https://"
	}
	addr := g.data.raw.Addr().String()
	if host, port, err := net.SplitHostPort(addr); err == nil {
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			addr = net.JoinHostPort("127.0.0.1", port)
		}
	}
	return scheme + addr
}
