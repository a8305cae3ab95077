package main

import (
	"encoding/hex"
	"os"

	"asbru/control/lease"
	"asbru/core/config"
	"asbru/core/govern"
)

// beginLease starts the agent that obtains a Book's slices of budgets shared with other machines, if
// the document shares any. A machine is identified by its ledger: whoever opens that continues with
// what was granted to it.
func (g *gateway) beginLease(book *govern.Book, doc *config.Document) error {
	if !doc.Leased() || g.lease.Load() != nil || book == nil {
		return nil
	}
	id := book.Restart().Ledger.ID
	host, err := os.Hostname()
	if err != nil {
		host = "unknown" // people have the id
	}
	a, err := lease.Open(lease.Options{Postgres: doc.Store.Postgres.Reveal(), Machine: hex.EncodeToString(id[:]), Host: host, Log: g.log})
	if err != nil {
		return err
	}
	a.Start(book)
	g.lease.Store(a)
	return nil
}

// closeLease stops the agent. back: this machine will not spend any more, so it returns its slices.
func (g *gateway) closeLease(back bool) {
	if a := g.lease.Swap(nil); a != nil {
		a.Close(back)
	}
}
