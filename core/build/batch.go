package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"asbru/core"
	"asbru/core/audit"
	"asbru/core/batch"
	"asbru/core/govern"
	"asbru/core/ledger"
	"asbru/core/price"
)

// A Fetch asks a provider for something that it keeps, by GET, as the gateway's own caller and with one of the
// provider's keys; empty: it has none. path is one of the gateway's own. The body is to be closed.
type Fetch func(ctx context.Context, provider, key, path string) (status int, body io.ReadCloser, err error)

// batching is what the document says of batches.
type batching struct {
	fetch  Fetch // nil: no file is read
	look   func(name string)
	flat   core.Money    // what is held for a batch that cannot be counted; 0: it is refused
	counts chan struct{} // one for each file that is being counted
}

// refuse says why a batch is not begun that budgets would have to pay; nil: it is, and then what is held for it
// is known.
func (m *money) refuse(l *lot, x *core.Exchange) *core.Fault {
	var unpriced unpricedError
	switch {
	case l.err == nil:
		return nil
	case errors.As(l.err, &unpriced):
		return &core.Fault{Code: core.Forbidden, Kind: "model_not_priced", Param: "model",
			Message: fmt.Sprintf("cannot start the batch: %v, and what key %q spends is limited", l.err, x.Key.Name), Hint: "ask for another model, or have a price written for it"}
	case l.err == errBusy:
		return &core.Fault{Code: core.Overloaded, Retry: ledgerRetry, Message: "cannot start the batch: " + l.err.Error(), Hint: "try again in a moment"}
	case m.batches.flat == 0:
		return &core.Fault{Code: core.Forbidden, Kind: "batch_not_counted", Cause: l.err,
			Message: fmt.Sprintf("cannot start the batch: what it may cost is not known, as %v, and what key %q spends is limited", l.err, x.Key.Name),
			Hint:    "send its requests in the body or in a file that this gateway can read, or have governance.batches.hold_usd set"}
	}
	l.blind, l.worst, l.least = true, m.batches.flat, m.batches.flat
	return nil
}

// terms is what is held for the batch that b is for.
func (m *money) terms(b *bill, x *core.Exchange) (h price.Held, f *core.Fault) {
	l := b.lot
	if m.till.Crowded() {
		return h, &core.Fault{Code: core.Overloaded, Retry: ledgerRetry, Message: fmt.Sprintf("cannot start the batch: %d are under way already", govern.MaxJobs), Hint: "try again when some have ended"}
	}
	if x.Watch != l { // else the stage has waited
		l.next, x.Watch = x.Watch, l
	}
	if b.n == 0 {
		l.blind = true // nobody has to pay, and it is only written down
		return price.Held{Worst: notHeld}, nil
	}
	if f := m.refuse(l, x); f != nil {
		return h, f
	}
	return price.Held{Worst: l.worst, Least: l.least}, nil
}

// closeLot ends the call that began a batch, or did not: what is held for it goes on to be held when the provider
// has it.
func (m *money) closeLot(x *core.Exchange, b *bill) {
	l, now := b.lot, time.Now().UnixNano()
	e := govern.End{Now: now}
	kind := ledger.Release
	var t *core.Target
	if n := len(x.Attempts()); n > 0 {
		t = x.Attempts()[n-1].Target
		e.Spare = b.spares(x, t, x.Name)
	}
	note, begun := l.note(x, e.Spare)
	switch {
	case begun && note != nil:
		kind = ledger.Job
	case begun: // nobody will ever know what it came to
		e.Cost, e.Flags = l.claim(b, l.worst), ledger.Estimated
	case sentOnly(x):
		e.Cost, e.Flags = l.claim(b, l.least), ledger.Estimated
	}
	if e.Cost > 0 {
		kind = ledger.Settle
	}
	x.Cost = min(e.Cost, b.hold.Worst())
	var room [usualNote]byte
	said := m.note(room[:0], x, &audit.End{Before: &b.before, Cost: x.Cost, Time: now, Clock: core.Clock()})
	if e.Note = said; kind == ledger.Job {
		e.Note, e.Spare = note, 0
		if m.audited {
			m.till.Write(&ledger.Record{Kind: ledger.Audit, ID: x.ID, Time: now, Payload: said})
		}
	}
	m.till.End(&b.hold, &e, kind)
}

// claim is what is charged of what a batch may have cost; nothing where nobody pays for it.
func (l *lot) claim(b *bill, cost core.Money) core.Money {
	if b.n == 0 {
		return 0
	}
	return cost
}

// note is what is written down of a batch. begun reports whether the provider has begun one; without a note it
// cannot be told which.
func (l *lot) note(x *core.Exchange, spare uint32) (note []byte, begun bool) {
	list := x.Attempts()
	if len(list) == 0 || list[len(list)-1].Status < 200 || list[len(list)-1].Status >= 300 {
		return nil, false
	}
	a := &list[len(list)-1]
	s, err := batch.Read(l.form, l.reply)
	if err != nil || l.long {
		return nil, true
	}
	n := batch.Note{Form: l.form.String(), Place: l.place, Provider: a.Target.Provider, Name: s.Name, Op: uint8(l.source.Op), Models: l.models, Requests: l.n,
		Caller: x.Key.Name, Team: x.Key.Team, Customer: x.Key.Customer, At: time.Now().UnixNano(), Spare: spare}
	if n.Models == nil && len(l.source.Model) > 0 {
		n.Models = []string{string(l.source.Model)}
	}
	if a.Target.Model != "" { // whatever its requests say
		n.Models = []string{a.Target.Model}
	}
	if a.Key != nil {
		n.Key = a.Key.Name
	}
	if note = n.Append(nil); len(note) > govern.MaxJobNote {
		n.Models = nil
		note = n.Append(nil)
	}
	if len(note) > govern.MaxJobNote {
		return nil, true
	}
	return note, true
}

// sentOnly reports whether the provider has the request of x and nothing came back that says what it did with it.
func sentOnly(x *core.Exchange) bool {
	list := x.Attempts()
	return len(list) > 0 && list[len(list)-1].Status == 0 && list[len(list)-1].Began > 0
}

// glance has a batch looked at that a client of x has just been told about.
func (m *money) glance(x *core.Exchange) {
	list := x.Attempts()
	if !x.Peek.Free || m.batches.look == nil || len(list) == 0 || list[len(list)-1].Status != 200 {
		return
	}
	form, name, ok := batch.Asks(x.From.Name, x.Path)
	if !ok {
		return
	}
	title := batch.Title(list[len(list)-1].Target.Provider, form.String(), name)
	if _, open := m.till.Job(title); open {
		m.batches.look(title)
	}
}
