package build

import (
	"fmt"
	"sync"
	"time"

	"asbru/core"
	"asbru/core/audit"
	"asbru/core/govern"
	"asbru/core/ledger"
	"asbru/core/price"
)

// money is what requests are paid with: the worst case is held on every budget that may
// have to pay before the provider is asked, no byte of an answer goes out before that stands
// on the disk, and no end of one before what it cost does.
type money struct {
	till  *govern.Till
	bills sync.Pool // of *bill

	batches batching
	audited bool    // every call is written down, also when nothing has to pay for it
	auditor Auditor // nil: nobody takes that anywhere
}

// A bill is what one Exchange owes.
type bill struct {
	ended   bool
	looked  bool   // before is there
	opening bool   // of a WebSocket, the turn that begins is not held yet
	turns   uint32 // that are paid
	noted   int32  // x.Stream.Said when progress was last written down
	n       int    // of budgets and accounts
	lot     *lot   // the batch that it begins; nil: it begins none

	asked int64      // Clock at ask.Now
	ask   govern.Ask // here, so that asking allocates nothing
	terms price.Held // what was known of its cost
	hold  govern.Hold

	before audit.Before // what is written down of the request

	budgets  [govern.MaxAccounts]*Budget // that it is held on, if not on all of its purse
	accounts [govern.MaxAccounts]*govern.Account

	paid core.Usage // what the turns used
	cost core.Money // what they cost
}

func newMoney(audited bool) *money {
	m := &money{audited: audited, batches: batching{counts: make(chan struct{}, maxCounts)}}
	return m
}

// take returns an empty bill.
func (m *money) take() *bill {
	if b, _ := m.bills.Get().(*bill); b != nil {
		return b
	}
	return new(bill)
}

// give takes back a bill that nobody holds any more.
func (m *money) give(b *bill) {
	clear(b.budgets[:b.n])
	clear(b.accounts[:b.n])
	b.hold, b.n, b.ended, b.looked, b.ask, b.lot = govern.Hold{}, 0, false, false, govern.Ask{}, nil
	b.turns, b.noted, b.opening, b.paid, b.cost = 0, 0, false, core.Usage{}, 0
	m.bills.Put(b)
}

// hold is the stage.
func (m *money) hold(x *core.Exchange) core.Verdict {
	p, _ := x.Key.Purse.(*purse)
	if p == nil && !m.audited {
		return core.Continue
	}
	if f := m.untrailed(); f != nil {
		x.Fault = f
		return core.Refuse
	}
	b, _ := x.Bill.(*bill) // there is one when the stage has waited
	if b == nil {
		b = m.take()
	}
	x.Bill = b
	v := m.fill(b, p, x, time.Now())
	switch {
	case v == core.Wait:
	case !b.hold.Held():
		x.Bill = nil
		m.give(b)
	}
	return v
}

// fill holds what x may cost on the budgets that may have to pay; on none, if none has.
func (m *money) fill(b *bill, p *purse, x *core.Exchange, now time.Time) core.Verdict {
	if b.lot == nil && x.Op == core.OpPass {
		b.lot = lotOf(x, now)
	}
	if b.lot != nil && p != nil && m.count(b.lot, x) == core.Wait {
		return core.Wait
	}
	some, accounts := false, []*govern.Account(nil)
	if p != nil && p.all != nil && b.lot == nil && !x.Peek.Free {
		b.n, accounts = 0, p.all
	} else if some, x.Fault = b.payers(p, x); x.Fault != nil {
		return core.Refuse
	} else {
		accounts = b.accounts[:b.n]
	}
	if len(accounts) == 0 && !m.audited {
		return core.Continue
	}
	h, ok, note := price.Held{}, true, m.most()
	if b.lot == nil {
		h, ok = price.Hold(x, now.Unix())
	} else if h, x.Fault = m.terms(b, x); x.Fault != nil {
		return core.Refuse
	} else {
		note = max(note, govern.MaxJobNote)
	}
	if b.turns == 0 { // the body may be gone when the answer is over
		b.terms = h
	}
	if !ok && len(accounts) > 0 {
		x.Fault = &core.Fault{
			Code: core.Forbidden, Kind: "model_not_priced", Param: "model",
			Message: fmt.Sprintf("model %q has no known price, and key %q has a budget", x.Peek.Model, x.Key.Name),
			Hint:    "ask for another model, or have a price written for it",
		}
		return core.Refuse
	}
	b.ask = govern.Ask{ID: x.ID, Attempt: uint8(b.turns), Accounts: accounts, Worst: h.Worst, Floor: h.Least, Now: now.UnixNano(), Some: some, Note: note}
	b.asked = core.ClockAt(now)
	v, r := m.till.Hold(x, &b.hold, &b.ask)
	if r != nil {
		x.Fault = refusal(r, now.UnixNano())
	}
	return v
}

// payers finds the budgets that may have to pay for x. some reports whether a part of them may be spared.
func (b *bill) payers(p *purse, x *core.Exchange) (some bool, f *core.Fault) {
	b.n = 0
	if p == nil || x.Peek.Free {
		return false, nil
	}
	for _, list := range [...][]*Budget{p.own, p.shared} {
		for _, g := range list {
			may, must, f := b.reached(g, x)
			if f != nil {
				return false, f
			}
			if !may {
				continue
			}
			if b.n == len(b.accounts) {
				return false, &core.Fault{Code: core.Forbidden, Message: fmt.Sprintf("a request cannot be charged to more than %d budgets", len(b.accounts)), Hint: "ask an administrator to take some away"}
			}
			b.budgets[b.n], b.accounts[b.n] = g, g.account
			b.n++
			some = some || !must
		}
	}
	return some, nil
}

// look notes what is written down of the request of x, once: while all of it is there.
func (m *money) look(x *core.Exchange, b *bill) {
	if b.looked {
		return
	}
	b.looked = true
	if m.audited {
		b.before = audit.Look(x)
		m.content(x)
	}
}

// close ends what is held for x, once.
func (m *money) close(x *core.Exchange, b *bill) {
	if b.ended {
		return
	}
	var room [usualNote]byte
	if e, kind, ok := m.reckon(x, b, room[:0]); ok {
		m.till.End(&b.hold, &e, kind)
	}
}

// progress writes down what x would cost if it broke off now, which it does if the process dies.
func (m *money) progress(x *core.Exchange, b *bill) {
	b.noted = x.Stream.Said
	if b.ended || b.turns > 0 || b.lot != nil {
		return
	}
	now, all := b.ask.Now+core.Clock()-b.asked, x.Usage
	x.Usage = x.Stream.Usage
	b.terms.Worst = b.hold.Worst()
	cost, _ := price.Charge(x, b.terms, b.ask.Now/int64(time.Second))
	x.Usage = all
	m.till.Progress(&b.hold, cost, now)
}

// settle is close for an answer whose end waits until that is durable.
func (m *money) settle(x *core.Exchange, b *bill) core.Verdict {
	if !b.ended {
		var room [usualNote]byte
		if e, kind, ok := m.reckon(x, b, room[:0]); ok {
			return m.till.Conclude(x, &b.hold, &e, kind)
		}
	}
	return m.till.Ended(x, &b.hold)
}

// reckon works out how x ends; note is room for what is written down of it. ok is false when that was a batch, and is
// done.
func (m *money) reckon(x *core.Exchange, b *bill, note []byte) (e govern.End, kind ledger.Kind, ok bool) {
	b.ended = true
	m.look(x, b)
	if b.lot != nil {
		m.closeLot(x, b)
		return e, 0, false
	}
	now := core.Clock()
	e.Now = b.ask.Now + now - b.asked
	var flaw price.Flaw
	all := x.Usage
	if b.turns > 0 {
		x.Usage = all.Less(&b.paid)
		x.Usage.Known = x.Usage.In|x.Usage.Out != 0
	}
	if b.turns == 0 || x.Usage.Known || x.Stream.Said > 0 { // else nothing came after the last turn
		b.terms.Worst = b.hold.Worst()
		e.Cost, flaw = price.Charge(x, b.terms, b.ask.Now/int64(time.Second))
		if price.Complete(x, b.terms.Prompt); b.turns == 0 {
			all = x.Usage
		}
	}
	if flaw.Doubtful() {
		e.Flags |= ledger.Estimated
	}
	x.Cost = min(e.Cost, b.hold.Worst())
	if e.Cost > 0 && len(x.Attempts()) > 0 {
		e.Spare = b.spared(x)
	}
	e.Note = m.note(note, x, &audit.End{Before: &b.before, Cost: x.Cost, Time: e.Now, Clock: now})
	x.Usage, x.Cost = all, x.Cost+b.cost
	if kind = ledger.Settle; e.Cost == 0 {
		kind = ledger.Release
	}
	return e, kind, true
}

// reached is Budget.reached for what b is for; it is refused when a budget would have to pay a part of it.
func (b *bill) reached(g *Budget, x *core.Exchange) (may, must bool, f *core.Fault) {
	if b.lot == nil {
		may, must = g.reached(x)
		return may, must, nil
	}
	may, must, mixed := b.lot.reached(g)
	if mixed {
		f = &core.Fault{Code: core.Forbidden, Kind: "batch_not_counted",
			Message: fmt.Sprintf("cannot start the batch: its requests name %d models, and the %s is for some of them only", len(b.lot.models), g.Limit.Label),
			Hint:    "send a batch for each model"}
	}
	return may, must, f
}

// spared are the accounts that pay nothing now that x is over. Of a stream that broke and was continued, those pay
// that cover either part.
func (b *bill) spared(x *core.Exchange) uint32 {
	list := x.Attempts()
	last := b.spares(x, list[len(list)-1].Target, x.Name)
	was := x.Broken()
	if was == nil {
		return last
	}
	first := b.spares(x, list[was.Attempts-1].Target, was.Name)
	if x.Stream.Said == 0 && (x.Fault == nil || x.Fault.Code != core.ClientGone) { // nobody continued it
		return first
	}
	return first & last
}

// spares are the accounts that pay nothing when t has answered, under name.
func (b *bill) spares(x *core.Exchange, t *core.Target, name []byte) (spare uint32) {
	for i, g := range b.budgets[:b.n] {
		covers := false
		if b.lot == nil {
			covers = g.Covers(x, t, name)
		} else {
			covers = b.lot.covers(g, t, b.lot.names()[0])
		}
		if !covers {
			spare |= 1 << i
		}
	}
	return spare
}

// refusal is what a caller is told whose request cannot be paid.
func refusal(r *govern.Refusal, now int64) *core.Fault {
	if r.Account == nil {
		return &core.Fault{
			Code: core.Overloaded, Retry: ledgerRetry, Cause: r.Unwrap(),
			Message: r.Error(), Hint: "try again in a moment; the operator's log says why",
		}
	}
	if r.Cause != nil { // the budget may have money
		return &core.Fault{
			Code: core.Overloaded, Retry: leaseRetry, Cause: r.Cause, Message: r.Error(),
			Hint: "try again in a moment, or ask for fewer tokens with max_tokens; the operator's log says why",
		}
	}
	f := &core.Fault{Code: core.OverBudget, Message: r.Error(), Hint: "ask for fewer tokens with max_tokens, or have the budget raised"}
	if r.Ends > 0 {
		at := time.Unix(0, r.Ends).UTC()
		f.Hint = f.Hint + fmt.Sprintf("; it begins anew at %s", at.Format(time.RFC3339))
		if r.Left >= r.Need || r.Cap >= r.Need {
			f.Retry = int(min(max((r.Ends-now)/int64(time.Second), 1), maxRetryAfter))
		}
	}
	return f
}
