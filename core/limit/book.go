package limit

import (
	"fmt"
	"time"

	"asbru/core"
)

// A Book holds the cells of one Snapshot, by their holders. It is written to during compilation
// only; a cell is carried over for as long as its holder has the same limit.
type Book struct {
	prev    *Book
	now     int64
	desk    *Desk // nil: rates are counted on this machine alone
	cells   map[id]*state
	holders map[string]*Holder
	leads   map[amount]*leads
}

// An id identifies a cell across reloads: the amount that a limit allows may change, what it counts
// and its period may not.
type id struct {
	who  string
	kind Kind
	per  int64
	turn int // index among otherwise equal limits of one holder
}

type state struct {
	cell  Cell
	crowd Crowd
	rate  Rate   // of the holder that was compiled last
	part  *Share // of that; nil: it is not shared. For use during compilation only
}

// NewBook makes a Book that takes over the cells of prev at the moment now; a nil prev: all are
// new.
func NewBook(prev *Book, now int64) *Book {
	return &Book{prev: prev, now: now, cells: map[id]*state{}, holders: map[string]*Holder{}, leads: map[amount]*leads{}}
}

// A Holder has limits of its own: a key, a team, a provider ...
type Holder struct {
	who   string // as in: key "ci"
	rules []bound
}

type bound struct {
	Rule
	*state
	share *Share // nil: the rate is not shared

	// Of a Rate, worked out beforehand.
	burst     int64
	one, most int64 // nanoseconds that one unit, and all of the burst, take to be replenished
	says      *leads
}

// Holder returns the holder called who, such as `team "platform"`. The rules are those it was
// first asked with; nil: there are none.
func (b *Book) Holder(who string, rules []Rule) *Holder {
	if len(rules) == 0 {
		return nil
	}
	if h := b.holders[who]; h != nil {
		return h
	}
	h := &Holder{who: who}
	turns := map[id]int{}
	for _, r := range rules {
		at := id{who: who, kind: r.Kind}
		if r.rated() {
			at.per = int64(r.Rate.Per)
		}
		turns[at]++
		at.turn = turns[at]
		s := b.state(at, r.Rate)
		one := bound{Rule: r, state: s, share: b.shared(s, at, &r)}
		if r.rated() {
			one.burst, one.one, one.most = r.Rate.burst(), r.Rate.takes(1), r.Rate.takes(r.Rate.burst())
			one.says = b.lead(amount{r.Kind, one.burst})
		}
		h.rules = append(h.rules, one)
	}
	b.holders[who] = h
	return h
}

func (b *Book) state(at id, r Rate) *state {
	var s *state
	if b.prev != nil {
		s = b.prev.cells[at]
	}
	if s == nil {
		s = new(state)
	} else if s.rate != r && r.Units > 0 {
		s.cell.convert(s.rate, r, b.now)
	}
	s.rate = r
	b.cells[at] = s
	return s
}

// shared is the Share of a rate; nil: it is counted here alone.
func (b *Book) shared(s *state, at id, r *Rule) *Share {
	switch {
	case b.desk == nil || !r.rated():
		s.part = nil
		return nil
	case s.part == nil || s.part.desk != b.desk:
		s.part = &Share{desk: b.desk, Name: fmt.Sprintf("%s %s %s %d", at.who, at.kind, time.Duration(at.per), at.turn)}
	}
	rate := r.Rate
	s.part.rate.Store(&rate)
	return s.part
}

// Forget releases the previous Book, once all holders have been asked for.
func (b *Book) Forget() { b.prev = nil }

// Report implements core.Bounds. It may be called at any time once the Book is compiled.
func (b *Book) Report(holder string, now int64) []core.LimitState {
	if h := b.holders[holder]; h != nil {
		return h.Report(now)
	}
	return nil
}

// Report returns what is left of the limits, those of each holder in order.
func (h *Holder) Report(now int64) []core.LimitState {
	out := make([]core.LimitState, len(h.rules))
	for i := range h.rules {
		out[i] = h.rules[i].report(h.who, now)
	}
	return out
}

func (b *bound) report(who string, now int64) core.LimitState {
	s := core.LimitState{Holder: who, Kind: b.Kind.String(), Most: b.Most}
	if !b.rated() {
		s.Left = max(b.Most-b.crowd.In(), 0)
		return s
	}
	s.Most, s.Per = b.Rate.burst(), int64(b.Rate.Per)
	s.Left, s.Full = b.left(now)
	return s
}

// left is how many units can be taken now, and after how long all can, as far as this machine knows.
func (b *bound) left(now int64) (units, full int64) {
	full = max(b.cell.back.Load()-now, 0)
	units = b.Rate.comes(b.most - full)
	if b.share != nil && b.share.desk.here.Load() {
		others, all := b.share.left(now)
		units, full = min(units, others), max(full, all)
	}
	return units, full
}
