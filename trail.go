package main

import (
	"context"
	"errors"
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

// openTrail is the Deps' OpenTrail. The trail is opened with the ledger and closed before it:
// one process writes both.
func (g *gateway) openTrail() (build.Auditor, error) {
	g.opening.Lock()
	defer g.opening.Unlock()
	if g.passing {
		return nil, errPassing
	}
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
	if err := t.Start(book.Ledger()); err != nil {
		return errors.Join(err, t.Close())
	}
	g.trail.Store(t)
	g.audits.Store(keyless(doc))
	if _, fresh := t.Public(); fresh {
		g.log.Info("the audit trail has a new key; keep a copy of the public one elsewhere", "dir", o.Dir)
	}
	return nil
}

// applied records that another document is served. It does not wait for that to be durable, as a slow disk
// would delay the start; and no call is answered before everything ahead of it in the ledger is durable.
func (g *gateway) applied(by control.Actor, version control.Version, before, after *config.Document) {
	c := &audit.Change{Who: by.String(), Did: "apply", What: "document", Version: uint64(version), Before: sumOf(before), After: sumOf(after)}
	durable := g.say(c)
	if durable == nil {
		return
	}
	go func() { // bounded by noteWait; the process does not end before the ledger is written out
		ctx, cancel := context.WithTimeout(context.Background(), noteWait)
		defer cancel()
		g.unsaid(c, durable(ctx))
	}()
}

// changed records a change that was made through the admin API.
func (g *gateway) changed(c admin.Changed) {
	g.note(&audit.Change{Who: c.Who, From: c.From, Did: c.Did, What: c.What, Version: uint64(c.Revision), Before: c.Before, After: c.After})
}

// note records a change, if there is a trail, and returns when that is durable.
func (g *gateway) note(c *audit.Change) {
	if durable := g.say(c); durable != nil {
		ctx, cancel := context.WithTimeout(context.Background(), noteWait)
		defer cancel()
		g.unsaid(c, durable(ctx))
	}
}

// say appends a change to the ledger. durable waits until it is on the disk; nil: there is no trail, or it
// failed and that was logged.
func (g *gateway) say(c *audit.Change) (durable func(context.Context) error) {
	if !g.audited() {
		return nil
	}
	c.Time = time.Now().UnixNano()
	ctx, cancel := context.WithTimeout(context.Background(), noteWait)
	defer cancel()
	err := errNoLedger
	g.till.With(func(b *govern.Book) { durable, err = trail.Say(ctx, b.Ledger(), c) })
	g.unsaid(c, err)
	return durable
}

var errNoLedger = errors.New("the successor of this process has the ledger already")

// audited reports whether what is done comes to an audit trail, by way of the ledger. While that is handed over the trail is
// closed in one process and not open in the other yet.
func (g *gateway) audited() bool { return g.audits.Load() != nil }

// unsaid logs that a change is missing in the trail, if err is not nil.
func (g *gateway) unsaid(c *audit.Change, err error) {
	if err != nil {
		g.log.Error("a change is not in the audit trail", "by", c.Who, "what", c.What, "error", err)
	}
}

// sumOf is the digest of a document without its secrets; zero for no document.
func sumOf(doc *config.Document) [32]byte {
	if doc == nil {
		return [32]byte{}
	}
	return config.Sum(doc)
}

// turned counts a request that was refused before it had a Plan: the data plane's Options.Turned.
func (g *gateway) turned(x *core.Exchange, peer *[16]byte) {
	if g.audited() {
		g.strangers.Note(x, peer, time.Now().UnixNano())
	}
}

// tellTurned records the refused callers periodically, until ctx ends.
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

// writeTurned writes the counts of refused callers to the ledger, and keeps counting those for which it
// has no room.
func (g *gateway) writeTurned() {
	if !g.audited() {
		return
	}
	for _, t := range g.strangers.Take(time.Now().UnixNano()) {
		if !g.till.Write(&ledger.Record{Kind: ledger.Audit, ID: t.First, Time: t.Last, Payload: audit.AppendTurned(nil, &t)}) {
			g.strangers.Add(&t)
		}
	}
}

// trailNeeds is the position up to which the ledger may be discarded: as far as the trail has read it, or all
// of it if there is to be no trail. A trail that is about to be opened, or reopened, needs everything.
func (g *gateway) trailNeeds() ledger.Seq {
	if t := g.trail.Load(); t != nil {
		return t.Needed()
	}
	if g.unread.Load() {
		return math.MaxUint64
	}
	return 0
}

// closeTrail writes out the trail and closes it.
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

// auditor is whichever trail is open at the moment: it comes and goes with the ledger.
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
