package main

import (
	"context"
	"errors"
	"os"
	"time"

	"asbru/control"
	"asbru/systemd"
)

// attend does what signals ask until the process is to end. It returns nil
// after an orderly end.
func (g *gateway) attend(ctx context.Context, signals <-chan os.Signal) error {
	for {
		select {
		case err := <-g.broken:
			return g.cannotGoOn(err)
		case sig := <-signals:
			if why := g.signalled(ctx, sig); why != "" {
				return g.drain(signals, why)
			}
		}
	}
}

// handedOver is why a process ends that has a successor.
const handedOver = "handed over"

// signalled does what one signal asks. It returns why the process is to end; empty: it is not.
func (g *gateway) signalled(ctx context.Context, sig os.Signal) string {
	switch sig {
	case sigReload:
		g.reload(ctx)
	case sigHandOver:
		if !g.handOver(ctx) {
			return ""
		}
		if g.admin != nil {
			g.admin.end() // the successor answers there, and is not draining
		}
		return handedOver
	default:
		g.notify(systemd.Stopping, systemd.Status("draining"))
		return "stopping"
	}
	return ""
}

// cannotGoOn logs why the process has to end, and returns that.
func (g *gateway) cannotGoOn(err error) error {
	if !errors.Is(err, errLedger) { // which was logged before
		g.log.Error("a listener broke", "error", err)
	}
	return err
}

// reload reads the configuration again, and lets the access log move to a new file.
func (g *gateway) reload(ctx context.Context) {
	if err := systemd.NotifyReloading(); err != nil {
		g.log.Warn("cannot notify the supervisor", "error", err)
	}
	if g.access != nil {
		g.access.Reopen()
	}
	ctx, cancel := context.WithTimeout(ctx, reloadWait)
	defer cancel()
	// The Plane logs what it did or refused, and keeps it for the status page.
	if _, _, err := g.plane.Reload(ctx, control.Actor{Kind: "signal", Name: "SIGHUP"}); errors.Is(err, control.ErrNoFile) {
		g.log.Info("there is no configuration file to read again")
	}
	g.notify(systemd.Ready)
}

// handOver starts the successor. It reports whether that now serves.
func (g *gateway) handOver(ctx context.Context) bool {
	h := &handing{over: make(chan struct{})}
	g.handing.Store(h)
	pid, err := g.hand.Start(ctx, g.listeners())
	g.handing.Store(nil)
	if h.end(err == nil); err != nil {
		g.retakeLedger()
		g.log.Error("hand-over refused; this process goes on", "error", err)
		g.catchUp(ctx)
		return false
	}
	g.log.Info("handed over", "successor", pid)
	return true
}

// catchUp applies what has changed in the file or the store while a hand-over that failed had the ledger.
func (g *gateway) catchUp(ctx context.Context) {
	if !g.missed.Swap(false) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reloadWait)
	defer cancel()
	by := control.Actor{Kind: "hand-over"}
	if _, _, err := g.plane.Reload(ctx, by); errors.Is(err, control.ErrNoFile) { // what else is refused, the Plane logs
		g.plane.Keep(ctx, by, nil, nil)
	}
}

// drain lets every exchange under way finish, and ends. Another signal ends it
// at once, unless it is an echo of the first: timeout(1) and others signal a
// process and its group. To a process that has handed over the first signal to end is
// not another one: who stops the service signals it together with its successor.
func (g *gateway) drain(signals <-chan os.Signal, why string) error {
	wait := g.drainWait()
	g.log.Info("draining", "because", why, "at_most", wait.String(), "hint", "another signal ends it at once")
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	begun, told, last := time.Now(), why != handedOver, time.Now()
	over := make(chan error, 1)
	go func() { over <- g.finish(ctx) }()
	for {
		select {
		case err := <-over:
			if err != nil {
				g.log.Warn("drained", "after", time.Since(begun).String(), "cut", "connections were still open")
			} else {
				g.log.Info("drained", "after", time.Since(begun).String())
			}
			return nil
		case err := <-g.broken:
			return g.cannotGoOn(err)
		case sig := <-signals:
			if sig == sigReload || sig == sigHandOver || time.Since(last) < sameHand {
				continue
			}
			if !told && g.hand.Heir() {
				told, last = true, time.Now()
				g.log.Info("draining on, as the successor does", "signal", sig.String(), "hint", "another signal ends it at once")
				continue
			}
			g.log.Warn("stopped at once", "signal", sig.String())
			return errTold
		}
	}
}

// finish closes the doors. The slow one stays open a moment longer than the front, because a
// connection accepted just before may still be on its way there.
func (g *gateway) finish(ctx context.Context) error {
	later := time.AfterFunc(slowStay, g.stop)
	err := g.server.Drain(ctx)
	later.Stop()
	g.stop()
	if g.admin != nil {
		defer g.admin.end()
	}
	return errors.Join(err, g.wait(ctx), g.outwait(ctx))
}

// outwait returns when no process that drains has calls any more that are paid from the ledger of this one, and what its own
// calls cost was written down by who has the ledger; or with ctx: after that they could only be charged for what is known of them.
func (g *gateway) outwait(ctx context.Context) error {
	if g.till == nil {
		return nil
	}
	if g.till.Awaited() {
		g.log.Info("the process before this one still has calls that are paid here; waiting for their end")
	}
	tick := time.NewTicker(ledgerLook)
	defer tick.Stop()
	for g.till.Awaited() || g.till.Unsaid() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// wait returns when the background work has ended, or ctx.
func (g *gateway) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		g.ended.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close writes out what is left of the ledger and the access log.
func (g *gateway) close() {
	g.prober.Close()
	defer g.keep.close()
	defer g.closeObjects()
	g.closeRates()
	g.closeBook()
	if g.access != nil {
		g.access.Close()
	}
	if g.data != nil {
		g.data.raw.Close()
	}
	if g.admin != nil {
		g.admin.raw.Close()
	}
	if g.server != nil {
		for _, c := range g.server.Snapshot().Fresh {
			c.Close()
		}
		if m := g.server.Snapshot().Memory; m != nil {
			if err := m.Close(); err != nil {
				g.log.Error("the cache was not written out", "error", err)
			}
		}
	}
}
