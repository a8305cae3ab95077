package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// ledgerName is the ledger's directory in that of the process's state.
const ledgerName = "asbru-ledger"

// drainingIn is the file in the ledger's directory that processes share a lock on which gave the ledger away and drain.
func drainingIn(dir string) string { return filepath.Join(dir, "draining") }

// draining reports whether there is such a process.
func draining(dir string) bool {
	path := drainingIn(dir)
	if _, err := os.Stat(path); err != nil {
		return false
	}
	l, err := ledger.Lock(path)
	if err != nil {
		return errors.Is(err, ledger.ErrLocked)
	}
	l.Close()
	return false
}

// The messages by which two processes pass on a ledger.
const (
	wordTake  = "take\n" // asks the owner of the ledger to give it away
	wordJoin  = "join\n" // asks the owner to serve the process that had it before
	wordYours = "yours\n"
)

// openTill is the Deps' OpenTill: the accounts of this process, which are opened for the first
// document with budgets and stay open.
func (g *gateway) openTill() (*govern.Till, error) {
	g.opening.Lock()
	defer g.opening.Unlock()
	if g.passing {
		g.missed.Store(true)
		return nil, errPassing
	}
	if g.till != nil {
		return g.till, g.beginLease(g.till.Book(), g.compiling)
	}
	dir, err := filepath.Abs(g.ledgerDir(g.compiling))
	if err != nil {
		return nil, err
	}
	g.unread.Store(g.compiling.Audit != nil && g.compiling.Audit.Off)
	o := govern.Options{Live: draining(dir)}
	book, err := g.openBook(dir, o)
	if errors.Is(err, ledger.ErrLocked) && !g.successor {
		book, err = g.outlive(dir, o, err)
	}
	var from net.Conn
	if err != nil && g.successor {
		book, from, err = g.inheritBook(dir, err)
	}
	if err != nil {
		if from != nil {
			from.Close()
		}
		if bad := (*ledger.Corrupt)(nil); errors.As(err, &bad) { // which names only the file
			err = fmt.Errorf("cannot open %s: %w", dir, err)
		}
		return nil, err
	}
	if from != nil {
		go g.serveLedger(book, from)
	}
	g.till, g.ledgerAt = govern.NewTill(book), dir
	if err := g.beginLease(book, g.compiling); err != nil {
		return nil, err
	}
	g.tellBook(book)
	g.offerLedger(dir)
	return g.till, nil
}

// outlive opens the ledger once the process that holds it is gone: one that was killed during a sync
// ends only when the sync does. err is why it could not be opened before.
func (g *gateway) outlive(dir string, o govern.Options, err error) (*govern.Book, error) {
	g.log.Warn("the ledger is still open in another process; waiting for that to end", "dir", dir, "seconds", ledgerDying.Seconds())
	var book *govern.Book
	for end := time.Now().Add(ledgerDying); errors.Is(err, ledger.ErrLocked) && time.Now().Before(end); {
		time.Sleep(ledgerLook)
		book, err = g.openBook(dir, o)
	}
	return book, err
}

// inheritBook opens the ledger of a successor: its predecessor gives it away, or has been killed before it could. err is
// why it could not be opened before. Processes that drain are served through from, or ask for it.
func (g *gateway) inheritBook(dir string, err error) (book *govern.Book, from net.Conn, _ error) {
	from, refused := takeLedger(dir)
	if refused == nil {
		book, err = g.openBook(dir, govern.Options{Live: true})
		return book, from, err
	}
	if !errors.Is(err, ledger.ErrLocked) {
		return nil, nil, refused
	}
	if book, err = g.outlive(dir, govern.Options{Live: true}, err); errors.Is(err, ledger.ErrLocked) {
		err = refused // which says more
	}
	return book, nil, err
}

func (g *gateway) openBook(dir string, o govern.Options) (*govern.Book, error) {
	fs, err := ledger.Disk(dir)
	if err != nil {
		return nil, err
	}
	o.Ready, o.Others = g.limited, func() bool { return draining(dir) }
	o.Ledger.Failed, o.Ledger.Needed = g.ledgerFailed, g.trailNeeds
	if n := segmentFor(dir); n > 0 {
		o.Ledger.Segment, o.Ledger.Ring = n, int(min(n/2, ledgerRing))
	}
	return govern.Open(fs, o)
}

// tellBook logs what was found when the ledger was opened.
func (g *gateway) tellBook(book *govern.Book) {
	r := book.Restart()
	g.log.Info("the ledger is open", "records", r.Ledger.Records, "ms", r.Ledger.Took.Milliseconds())
	for _, note := range r.Ledger.Notes {
		g.log.Warn("the ledger was strange", "what", note)
	}
	if r.Ledger.Torn > 0 {
		g.log.Warn("the ledger ended in an incomplete write; it was cut off", "bytes", r.Ledger.Torn)
	}
	if r.Jobs > 0 {
		g.log.Info("batches are under way at providers; what they may cost stays held", "batches", r.Jobs)
	}
	if r.Partial > 0 {
		g.log.Warn("calls that had begun and not ended were charged for what is known of them", "calls", r.Partial, "charged", r.Charged.String())
	}
}

// ledgerDir is the ledger's directory: from the document, else in the state directory that the
// supervisor names, else in the working directory.
func (g *gateway) ledgerDir(doc *config.Document) string {
	if doc.Governance.Ledger != "" {
		return doc.Governance.Ledger
	}
	state, _ := g.s.env.Lookup("STATE_DIRECTORY")
	state, _, _ = strings.Cut(state, ":")
	return filepath.Join(cmp.Or(state, "."), ledgerName)
}

var errLedger = errors.New("the ledger cannot be written any more")

// ledgerFailed ends the process: what cannot be recorded must not be served.
func (g *gateway) ledgerFailed(err error) {
	g.log.Error("the ledger cannot be written any more; no work is taken", "error", err)
	g.fail(errors.Join(errLedger, err))
}

// closeBook writes out and closes the accounts.
func (g *gateway) closeBook() {
	if g.till == nil {
		return
	}
	if l := g.offer.Load(); l != nil {
		l.Close()
	}
	g.haveLimits()
	g.closeTrail()
	g.closeLease(true)
	if err := g.till.Close(); err != nil {
		g.log.Error("the ledger was not closed in order; the next start reads what is there", "error", err)
	}
}

// serveLedger accounts for the calls that the predecessor still carries.
func (g *gateway) serveLedger(book *govern.Book, from net.Conn) {
	if err := book.Serve(from); err != nil && !errors.Is(err, net.ErrClosed) { // the ledger was given on, or closed
		g.log.Warn("the process before this one ended its talk in the middle; what it had under way was charged for what is known of it", "error", err)
	}
}

// A handing is a hand-over, as far as the ledger is concerned: what begins to be given away while it is under way is
// not taken back in the middle of that.
type handing struct {
	mu    sync.Mutex
	over  chan struct{} // closed once it is over; ok says how
	ok    bool
	given chan struct{} // closed once nobody carries anything to a successor that is gone; nil: the ledger was not asked for
}

// begin reports whether the ledger may be given away now: the hand-over is under way, and nobody else has asked.
func (h *handing) begin() bool {
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.over:
		return false
	default:
	}
	if h.given != nil {
		return false
	}
	h.given = make(chan struct{})
	return true
}

// end says how the hand-over went. After one that failed the ledger can be taken back.
func (h *handing) end(ok bool) {
	h.mu.Lock()
	h.ok = ok
	close(h.over)
	given := h.given
	h.mu.Unlock()
	if !ok && given != nil {
		<-given // the successor is gone, so nothing is waited for there
	}
}

// passLedger gives the ledger to a successor that asks for it during the hand-over h; from then on this
// process has its calls accounted for there.
func (g *gateway) passLedger(dir string, to net.Conn, h *handing) {
	defer close(h.given)
	g.pass(true)
	g.closeTrail()
	g.closeLease(false)
	if err := g.till.Pass(); err != nil {
		g.log.Error("the ledger was not closed in order", "error", err)
	}
	drains, err := ledger.Share(drainingIn(dir))
	if err != nil {
		g.log.Warn("others may take this process for one that is gone, and charge its calls for what is known of them", "error", err)
	} else {
		g.drains = drains
	}
	to.SetDeadline(time.Time{})
	io.WriteString(to, wordYours) // if the successor is gone, the next read will tell
	for to != nil {
		g.till.Carry(to)
		if <-h.over; !h.ok {
			return // handOver takes the ledger back
		}
		to = g.rejoin(dir) // the successor gave it to one of its own, or is gone
	}
}

// rejoin finds the process that has the ledger now. If there is none for a while, calls go on, and what they cost is written
// down by the next one, if that starts while this process drains; nil: none did.
func (g *gateway) rejoin(dir string) net.Conn {
	told := false
	for end := time.Now().Add(g.drainWait()); time.Now().Before(end); {
		to, err := joinLedger(dir)
		if err == nil {
			return to
		}
		g.till.Lost(err)
		if !told {
			g.log.Warn("what the last calls cost cannot be written down before another process is started", "error", err)
			told = true
		}
	}
	return nil
}

// errPassing refuses a change of the configuration that would open what is about to be the successor's.
var errPassing = errors.New("is being handed over to the successor of this process; try again in a moment")

// pass says whether the ledger is given away. While it is, changes of the configuration are refused: they would open the trail
// and the agent of the leases again, which the successor opens as well.
func (g *gateway) pass(away bool) {
	g.opening.Lock()
	g.passing = away
	g.opening.Unlock()
}

// retakeLedger reopens the ledger after a hand-over that failed.
func (g *gateway) retakeLedger() {
	if g.till == nil {
		return
	}
	if g.drains != nil { // it is not one of the others
		g.drains.Close()
		g.drains = nil
	}
	back, err := g.till.Retake(func(o govern.Options) (*govern.Book, error) { return g.openBook(g.ledgerAt, o) })
	switch {
	case err != nil:
		g.ledgerFailed(err)
		return
	case !back:
		return
	}
	defer g.pass(false)
	g.keep.book.Store(g.till.Book())
	if err := g.beginLease(g.till.Book(), g.fixed); err != nil {
		g.log.Error("shared budgets cannot be served; calls go on within what was granted", "error", err)
	}
	if doc := g.audits.Load(); doc != nil {
		if err := g.beginTrail(g.till.Book(), doc); err != nil {
			g.ledgerFailed(err)
			return
		}
	}
	g.offerLedger(g.ledgerAt)
}
