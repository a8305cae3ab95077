package main

import (
	"cmp"
	"errors"
	"path/filepath"
	"strings"

	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// ledgerName is the ledger's directory in that of the process's state.
const ledgerName = "asbru-ledger"

// openBook is the Deps' OpenBook: the accounts of this process, which are opened for the first
// document with budgets and stay open.
func (g *gateway) openBook() (*govern.Book, error) {
	if g.book != nil {
		return g.book, nil
	}
	dir := g.ledgerDir(g.compiling)
	fs, err := ledger.Disk(dir)
	if err != nil {
		return nil, err
	}
	book, err := govern.Open(fs, govern.Options{Ledger: ledger.Options{Failed: g.ledgerFailed}})
	if err != nil {
		return nil, err
	}
	if g.book = book; g.level.Level() != silent {
		g.tellBook()
	}
	return book, nil
}

// tellBook logs what was found when the ledger was opened.
func (g *gateway) tellBook() {
	if g.book == nil {
		return
	}
	r := g.book.Restart()
	g.log.Info("the ledger is open", "records", r.Ledger.Records, "ms", r.Ledger.Took.Milliseconds())
	for _, note := range r.Ledger.Notes {
		g.log.Warn("the ledger was strange", "what", note)
	}
	if r.Ledger.Torn > 0 {
		g.log.Warn("the ledger ended in what nobody was promised; it was cut off", "bytes", r.Ledger.Torn)
	}
	if r.Partial > 0 {
		g.log.Warn("calls that had begun and not ended were charged for what is known of them", "calls", r.Partial, "charged", r.Charged.String())
	}
}

// ledgerDir is where the document has the ledger; without a word of it, where the supervisor lets
// the process keep its state, or the directory it was started in.
func (g *gateway) ledgerDir(doc *config.Document) string {
	if doc.Governance.Ledger != "" {
		return doc.Governance.Ledger
	}
	state, _ := g.s.env.Lookup("STATE_DIRECTORY")
	state, _, _ = strings.Cut(state, ":")
	return filepath.Join(cmp.Or(state, "."), ledgerName)
}

var errLedger = errors.New("the ledger cannot be written any more")

// ledgerFailed ends the process: what cannot be written down must not be done.
func (g *gateway) ledgerFailed(err error) {
	g.log.Error("the ledger cannot be written any more; no work is taken", "error", err)
	g.fail(errors.Join(errLedger, err))
}

// closeBook writes down what is left.
func (g *gateway) closeBook() {
	if g.book == nil {
		return
	}
	if err := g.book.Close(); err != nil {
		g.log.Error("the ledger was not closed in order; the next start reads what is there", "error", err)
	}
}
