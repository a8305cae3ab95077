package main

import (
	"context"
	"math"
	"path/filepath"
	"time"

	"asbru/control"
	"asbru/control/admin"
	"asbru/control/trail"
	"asbru/core"
	"asbru/core/audit"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// trailName is the audit trail's directory, beside that of the ledger.
const trailName = "asbru-audit"

// openTrail is the Deps' OpenTrail. The trail is opened when the ledger is, and closed before it:
// who writes the one writes the other.
func (g *gateway) openTrail() (build.Auditor, error) {
	if g.trail.Load() == nil {
		if err := g.beginTrail(g.till.Book(), g.compiling); err != nil {
			return nil, err
		}
	}
	return auditor{g}, nil
}

func (g *gateway) beginTrail(book *govern.Book, doc *config.Document) error {
	o, err := trail.Configure(doc.Audit, filepath.Join(filepath.Dir(g.ledgerAt), trailName))
	if err != nil {
		return err
	}
	o.Log, o.Failed = g.log, g.ledgerFailed
	g.unread.Store(false)
	t, err := trail.Open(o)
	if err != nil {
		return err
	}
	t.Start(book.Ledger())
	g.trail.Store(t)
	g.audits.Store(doc)
	if _, fresh := t.Public(); fresh {
		g.log.Info("the audit trail has a new key; keep a copy of the public one elsewhere", "dir", o.Dir)
	}
	return nil
}

// applied writes down that another document is served. Nobody waits until that is durable: a start would be as
// late as the disk is slow, and no call is answered before what stands in the ledger before it is durable.
func (g *gateway) applied(by control.Actor, version control.Version, before, after *config.Document) {
	c := &audit.Change{Who: by.String(), Did: "apply", What: "document", Version: uint64(version), Before: sumOf(before), After: sumOf(after)}
	durable := g.say(c)
	if durable == nil {
		return
	}
	go func() { // ended by noteWait; the end of the process waits for all that the ledger has
		ctx, cancel := context.WithTimeout(context.Background(), noteWait)
		defer cancel()
		g.unsaid(c, durable(ctx))
	}()
}

// changed writes down a change that was made through the admin API.
func (g *gateway) changed(c admin.Changed) {
	g.note(&audit.Change{Who: c.Who, From: c.From, Did: c.Did, What: c.What, Version: uint64(c.Revision), Before: c.Before, After: c.After})
}

// note writes down a change, when there is a trail to write it to, and returns when it is durable.
func (g *gateway) note(c *audit.Change) {
	if durable := g.say(c); durable != nil {
		ctx, cancel := context.WithTimeout(context.Background(), noteWait)
		defer cancel()
		g.unsaid(c, durable(ctx))
	}
}

// say appends a change to the ledger. durable waits until it is there for good; nil: there is no trail, or
// what went wrong was told.
func (g *gateway) say(c *audit.Change) (durable func(context.Context) error) {
	if g.trail.Load() == nil {
		return nil
	}
	book := g.till.Book()
	if book == nil {
		return nil // another process has the ledger: this one drains
	}
	c.Time = time.Now().UnixNano()
	ctx, cancel := context.WithTimeout(context.Background(), noteWait)
	defer cancel()
	durable, err := trail.Say(ctx, book.Ledger(), c)
	g.unsaid(c, err)
	return durable
}

// unsaid tells that a change is not in the trail; a nil err: it is.
func (g *gateway) unsaid(c *audit.Change, err error) {
	if err != nil {
		g.log.Error("a change is not in the audit trail", "by", c.Who, "what", c.What, "error", err)
	}
}

// sumOf tells a document from others, secrets left out; zero for none.
func sumOf(doc *config.Document) [32]byte {
	if doc == nil {
		return [32]byte{}
	}
	return config.Sum(doc)
}

// turned counts a request that was turned away at the door. It is the data plane's Options.Turned.
func (g *gateway) turned(x *core.Exchange, peer *[16]byte) {
	if g.trail.Load() != nil {
		g.strangers.Note(x, peer, time.Now().UnixNano())
	}
}

// tellTurned writes down now and then who was turned away, until ctx ends.
func (g *gateway) tellTurned(ctx context.Context) {
	tick := time.NewTicker(turnedEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			g.writeTurned()
		}
	}
}

// writeTurned brings what was counted of them to the ledger. What that has no room for is counted on.
func (g *gateway) writeTurned() {
	if g.trail.Load() == nil {
		return
	}
	for _, t := range g.strangers.Take(time.Now().UnixNano()) {
		if !g.till.Write(&ledger.Record{Kind: ledger.Audit, ID: t.First, Time: t.Last, Payload: audit.AppendTurned(nil, &t)}) {
			g.strangers.Add(&t)
		}
	}
}

// trailNeeds is how far nobody needs the ledger any more: what the trail has, and all of it if none is
// wanted. A trail that is about to be opened, or was closed to be opened again, needs what is there.
func (g *gateway) trailNeeds() ledger.Seq {
	if t := g.trail.Load(); t != nil {
		return t.Needed()
	}
	if g.unread.Load() {
		return math.MaxUint64
	}
	return 0
}

// closeTrail takes what is left to the trail.
func (g *gateway) closeTrail() {
	g.writeTurned()
	t := g.trail.Swap(nil)
	if t == nil {
		return
	}
	if err := t.Close(); err != nil {
		g.log.Error("the audit trail was not closed in order; the next start brings it up to date", "error", err)
	}
}

// auditor is the trail that there is now: it goes and comes with the ledger.
type auditor struct{ g *gateway }

// Trouble implements build.Auditor.
func (a auditor) Trouble() error {
	if t := a.g.trail.Load(); t != nil {
		return t.Trouble()
	}
	return nil
}

// Content implements build.Auditor.
func (a auditor) Content(x *core.Exchange) {
	if t := a.g.trail.Load(); t != nil {
		t.Content(x)
	}
}
