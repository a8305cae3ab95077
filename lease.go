package main

import (
	"encoding/hex"
	"os"

	"asbru/control/lease"
	"asbru/core/config"
	"asbru/core/govern"
)

// beginLease gets a Book what it may spend of budgets that are shared with other machines, if the
// document shares them. The machine is its ledger: who opens that goes on with what it was granted.
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

// closeLease ends that; back: this machine is not going to spend any more.
func (g *gateway) closeLease(back bool) {
	if a := g.lease.Swap(nil); a != nil {
		a.Close(back)
	}
}
