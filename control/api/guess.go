package api

import (
	"hash/maphash"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"asbru/core"
)

// guesses counts wrong tokens by the address they come from. Addresses share cells if there are
// many, so that the table is bounded.
type guesses struct {
	mu    sync.Mutex
	seed  maphash.Seed
	cells map[uint64]cell // by a hash of the address, at most guessCells
	now   func() time.Time
}

// A cell counts the wrong tokens of some addresses within guessTime.
type cell struct {
	since time.Time
	wrong int
}

func (g *guesses) at(r *http.Request) uint64 {
	if g.cells == nil {
		g.seed, g.cells = maphash.MakeSeed(), map[uint64]cell{}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return 0
	}
	addr := from.Addr().Unmap().WithZone("")
	if addr.Is6() { // whoever has one address of a /64 has all of them
		p, _ := addr.Prefix(64)
		addr = p.Addr()
	}
	return maphash.Comparable(g.seed, addr) % guessCells
}

func (g *guesses) clock() time.Time {
	if g.now != nil {
		return g.now()
	}
	return time.Now()
}

// barred returns for how long the caller may not try again; 0: it may now.
func (g *guesses) barred(r *http.Request) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.cells[g.at(r)]
	if left := c.since.Add(guessTime).Sub(g.clock()); c.wrong >= maxGuesses && left > 0 {
		return left
	}
	return 0
}

// wrong counts a wrong token.
func (g *guesses) wrong(r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, now := g.at(r), g.clock()
	c := g.cells[at]
	if now.Sub(c.since) >= guessTime {
		c = cell{since: now}
	}
	c.wrong++
	g.cells[at] = c
}

// judge checks the token of a request. A caller with too many wrong tokens gets a Fault; its token
// is then not checked, so that nothing can be learnt.
func (h *handler) judge(r *http.Request) (open bool, f *core.Fault) {
	token := r.Header.Values("Authorization")
	if len(token) == 0 {
		return false, nil
	}
	if wait := h.guesses.barred(r); wait > 0 {
		seconds := int(wait/time.Second) + 1
		return false, &core.Fault{Code: core.RateLimited, Message: "cannot look at the admin token: " + strconv.Itoa(maxGuesses) + " wrong ones came from this address within a minute",
			Hint: "try again in " + strconv.Itoa(seconds) + " s", Retry: seconds}
	}
	if h.opens(token) {
		return true, nil
	}
	h.guesses.wrong(r)
	return false, nil
}
