package main

import (
	"log/slog"
	"path/filepath"
	"testing"

	"asbru/core/config"
)

// A ledger keeps what a trail still has to read, and nothing when no trail is wanted.
func TestWhatTheTrailNeedsOfTheLedger(t *testing.T) {
	open := func(a *config.Audit) *gateway {
		doc := &config.Document{Audit: a}
		doc.Governance.Ledger = filepath.Join(t.TempDir(), "ledger")
		g := &gateway{s: &serving{}, log: slog.New(slog.DiscardHandler), compiling: doc, haveLimits: func() {}}
		if _, err := g.openTill(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.closeBook)
		return g
	}
	g := open(&config.Audit{NoSinks: true})
	if n := g.trailNeeds(); n != 0 {
		t.Errorf("before the trail is open %v is not needed; it needs all", n)
	}
	if _, err := g.openTrail(); err != nil {
		t.Fatal(err)
	}
	if n, end := g.trailNeeds(), g.till.Book().Ledger().End(); n > end {
		t.Errorf("an open trail has %v of a ledger of %v", n, end)
	}
	g.closeTrail()
	if n := g.trailNeeds(); n != 0 {
		t.Errorf("a trail that is closed and comes back does not need %v", n)
	}

	g = open(&config.Audit{Off: true})
	if n, end := g.trailNeeds(), g.till.Book().Ledger().End(); n <= end {
		t.Errorf("nobody reads the ledger, and only what is before %v may go", n)
	}
	g.compiling = &config.Document{Audit: &config.Audit{NoSinks: true}} // a later document wants one
	if _, err := g.openTrail(); err != nil {
		t.Fatal(err)
	}
	g.closeTrail()
	if n := g.trailNeeds(); n != 0 {
		t.Errorf("the trail of a later document does not need %v", n)
	}
}
