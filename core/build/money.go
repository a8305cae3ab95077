package build

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"asbru/core"
	"asbru/core/audit"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/ledger"
	"asbru/core/price"
)

// money is what requests are paid with: the worst case is held on every budget that may
// have to pay before the provider is asked, no byte of an answer goes out before that stands
// on the disk, and no end of one before what it cost does.
type money struct {
	till  *govern.Till
	notes sync.Pool // of *[audit.MaxCall]byte: room for what is written down of a call
	bills sync.Pool // of *bill

	audited bool    // every call is written down, also when nothing has to pay for it
	auditor Auditor // nil: nobody takes that anywhere
}

// A bill is what one Exchange owes.
type bill struct {
	hold     govern.Hold
	budgets  [govern.MaxAccounts]*Budget // that it is held on
	n        int
	ask      govern.Ask // and its accounts: here, so that asking allocates nothing
	accounts [govern.MaxAccounts]*govern.Account
	ended    bool
	prompt   int64        // our own count of its tokens
	looked   bool         // before is there
	before   audit.Before // what is written down of the request

	turns   uint8      // of a WebSocket, that are paid
	opening bool       // the one that begins is not held yet
	paid    core.Usage // what they used
	cost    core.Money // what they cost
}

func newMoney(audited bool) *money {
	m := &money{audited: audited}
	m.notes.New = func() any { return new([audit.MaxCall]byte) }
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
	b.hold, b.n, b.ended, b.looked, b.ask = govern.Hold{}, 0, false, false, govern.Ask{}
	b.turns, b.opening, b.paid, b.cost = 0, false, core.Usage{}, 0
	m.bills.Put(b)
}

// A purse is the budgets of a caller.
type purse struct{ own, shared []*Budget }

// Report implements core.Purse.
func (p *purse) Report(now int64) []core.BudgetState {
	var out []core.BudgetState
	for _, b := range slices.Concat(p.own, p.shared) {
		if b.account == nil {
			continue
		}
		s := b.account.Balance(now)
		out = append(out, core.BudgetState{Name: s.Name, Label: b.Limit.Label, Cap: s.Cap, Spent: s.Spent, Held: s.Held, Begun: s.Begun, Ends: s.Ends})
	}
	return out
}

// budgeted reports whether the document has a budget.
func (c *compiler) budgeted() bool {
	d := c.doc
	return len(d.Budgets) > 0 ||
		slices.ContainsFunc(d.VirtualKeys, func(k config.VirtualKey) bool { return len(k.Budgets) > 0 || k.BudgetUSDPerMonth != nil }) ||
		slices.ContainsFunc(d.Teams, func(t config.Team) bool { return len(t.Budgets) > 0 }) ||
		slices.ContainsFunc(d.Customers, func(c config.Customer) bool { return len(c.Budgets) > 0 }) ||
		slices.ContainsFunc(d.Providers, func(p config.Provider) bool { return len(p.Budgets) > 0 }) ||
		slices.ContainsFunc(d.Models, func(m config.Model) bool { return len(m.Budgets) > 0 })
}

// compileMoney gives the keys their purses. It comes after the keys.
func (c *compiler) compileMoney() {
	if c.money == nil {
		return
	}
	set := budgetsIn(c.doc, c.next)
	c.budgets = set.all()
	purses := make(map[string]*purse, len(c.doc.VirtualKeys))
	for i := range c.doc.VirtualKeys {
		v := &c.doc.VirtualKeys[i]
		p := new(purse)
		p.own, p.shared = set.of(c.next, v, c.customerOf(v))
		if len(p.own)+len(p.shared) > 0 {
			purses[v.Name] = p
			c.budgets = append(c.budgets, p.own...)
		}
	}
	if _, shared := set.of(c.next, &config.VirtualKey{}, ""); len(shared) > 0 && c.next.Anonymous != nil {
		c.next.Anonymous.Purse = &purse{shared: shared}
	}
	for _, k := range c.next.Keys {
		if p := purses[k.Name]; p != nil {
			k.Purse = p
		}
	}
}

// openMoney opens the accounts, once nothing else can fail. A cap that is lowered holds from
// then on.
func (c *compiler) openMoney() {
	if c.money == nil || c.deps.OpenTill == nil {
		return
	}
	till, err := c.deps.OpenTill()
	if err != nil {
		c.fail("governance.ledger", err.Error(), "")
		return
	}
	book := till.Book()
	if book == nil {
		c.fail("governance.ledger", "is another process's now", "")
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), accountWait)
	defer cancel()
	for _, b := range c.budgets {
		b.Limit.Shared = c.doc.Leased()
		if b.account = book.Known(b.Account); b.account != nil {
			c.gates = append(c.gates, func() { b.account.SetLimit(b.Limit) })
		} else if b.account, err = book.Account(ctx, b.Account, b.Limit); err != nil {
			c.fail("governance.ledger", err.Error(), "")
			return
		}
	}
	c.money.till, c.next.Money = till, till
	c.openTrail()
}

// paid reports whether anything is held for an operation.
func (c *compiler) paid(op core.Op) bool { return c.money != nil && op != core.OpModels }

// hold holds the worst case of what a provider is asked for.
func (c *compiler) hold(_ *rules, op core.Op) (core.Stage, string) {
	if !c.paid(op) {
		return nil, ""
	}
	if c.doc.Leased() {
		return c.money.hold, "budgets of several machines"
	}
	return c.money.hold, "budgets"
}

// look notes what is written down of a request, now that it is on its way: nobody waits for
// that. It also has the intent written.
func (c *compiler) look(_ *rules, op core.Op) (core.Stage, string) {
	if !c.paid(op) {
		return nil, ""
	}
	m := c.money
	return func(x *core.Exchange) core.Verdict {
		if b, ok := x.Bill.(*bill); ok {
			m.till.Nudge()
			m.look(x, b)
		}
		return core.Continue
	}, "budgets"
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

// intent keeps an answer back until what it may cost stands on the disk.
func (c *compiler) intent(_ *rules, op core.Op) (core.Stage, string) {
	if !c.paid(op) {
		return nil, ""
	}
	m := c.money
	return func(x *core.Exchange) core.Verdict {
		if b, ok := x.Bill.(*bill); ok {
			m.look(x, b)
			return m.till.Begun(x, &b.hold)
		}
		return core.Continue
	}, "budgets"
}

// settle charges what an answer costs and keeps its end back until that stands on the disk.
func (c *compiler) settle(_ *rules, op core.Op) (core.Stage, string) {
	if !c.paid(op) {
		return nil, ""
	}
	m := c.money
	return func(x *core.Exchange) core.Verdict {
		b, ok := x.Bill.(*bill)
		if !ok {
			return core.Continue
		}
		m.close(x, b)
		return m.till.Ended(x, &b.hold)
	}, "budgets"
}

// cost notes what an exchange cost, and settles it when nothing has yet: it failed, its client
// left, or nobody was asked.
func (c *compiler) cost(_ *rules, op core.Op) (core.Stage, string) {
	m := c.money
	if op == core.OpModels {
		if m == nil || !m.audited {
			return nil, ""
		}
		return func(x *core.Exchange) core.Verdict { // nothing is paid for it
			m.unheld(x)
			return core.Continue
		}, "audit"
	}
	return func(x *core.Exchange) core.Verdict {
		b, ok := x.Bill.(*bill)
		if !ok {
			if x.Charge == core.ChargeFull {
				m.recalled(x)
			} else if len(x.Attempts()) > 0 {
				x.Cost = uncounted(x, time.Now().Unix())
			}
			m.unheld(x)
			return core.Continue
		}
		m.close(x, b)
		x.Bill = nil // nobody else holds it
		m.give(b)
		return core.Continue
	}, "prices"
}

// renew charges the turn of a WebSocket that is over, and holds the worst case of the next.
func (c *compiler) renew(_ *rules, op core.Op) (core.Stage, string) {
	if op != core.OpRealtime || c.money == nil {
		return nil, ""
	}
	m := c.money
	return func(x *core.Exchange) core.Verdict {
		b, ok := x.Bill.(*bill)
		p, _ := x.Key.Purse.(*purse)
		if !ok || b.ended && !b.opening {
			return core.Continue
		}
		if !b.opening {
			m.close(x, b)
			b = &bill{before: b.before, looked: b.looked, turns: b.turns + 1, opening: true, paid: x.Usage, cost: x.Cost}
			x.Bill = b // the one before may still be on its way to the disk
		}
		v := m.fill(b, p, x, time.Now())
		if v == core.Wait {
			return v
		}
		b.opening = false
		b.ended = !b.hold.Held() // all that was used is charged
		return v
	}, "budgets"
}

// uncounted is what an exchange cost that nothing was held for. Its prompt is read for our own
// count only where the provider's cannot be used.
func uncounted(x *core.Exchange, now int64) core.Money {
	list := x.Attempts()
	if x.Usage.Known && !list[len(list)-1].Resumes {
		if cost, flaw := price.Charge(x, 0, 0, now); !flaw.Estimated() {
			return cost
		}
	}
	cost, _ := price.Charge(x, 0, price.Prompt(x), now)
	return cost
}

// hold is the stage.
func (m *money) hold(x *core.Exchange) core.Verdict {
	p, _ := x.Key.Purse.(*purse)
	if p == nil && !m.audited {
		return core.Continue
	}
	if x.Fault = m.untrailed(); x.Fault != nil {
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
	b.n = 0
	accounts := &b.accounts
	var own, shared []*Budget
	if p != nil && !x.Peek.Free {
		own, shared = p.own, p.shared
	}
	some := false
	for _, list := range [...][]*Budget{own, shared} {
		for _, g := range list {
			may, must := g.reached(x)
			if !may {
				continue
			}
			if b.n == len(accounts) {
				x.Fault = &core.Fault{Code: core.Forbidden, Message: fmt.Sprintf("a request cannot be charged to more than %d budgets", len(accounts)), Hint: "ask an administrator to take some away"}
				return core.Refuse
			}
			b.budgets[b.n], accounts[b.n] = g, g.account
			b.n++
			some = some || !must
		}
	}
	if b.n == 0 && !m.audited {
		return core.Continue
	}
	worst, floor, prompt, ok := price.Hold(x, now.Unix())
	if b.turns == 0 { // the body may be gone when the answer is over
		b.prompt = prompt
	}
	if !ok && b.n > 0 {
		x.Fault = &core.Fault{
			Code: core.Forbidden, Kind: "model_not_priced", Param: "model",
			Message: fmt.Sprintf("nobody knows what model %q costs, and what key %q spends is limited", x.Peek.Model, x.Key.Name),
			Hint:    "ask for another model, or have a price written for it",
		}
		return core.Refuse
	}
	b.ask = govern.Ask{ID: x.ID, Attempt: b.turns, Accounts: accounts[:b.n], Worst: worst, Floor: floor, Now: now.UnixNano(), Some: some, Note: m.most()}
	v, r := m.till.Hold(x, &b.hold, &b.ask)
	if r != nil {
		x.Fault = refusal(r, now.UnixNano())
	}
	return v
}

// reached reports whether b may have to pay for x, and whether it must whoever answers.
func (b *Budget) reached(x *core.Exchange) (may, must bool) {
	if b.alias == "" && len(b.providers) == 0 && b.models == nil {
		return true, true
	}
	must = true
	price.Reach(x, func(t *core.Target, name []byte) bool {
		if b.Covers(x, t, name) {
			may = true
		} else {
			must = false
		}
		return true
	})
	return may, must
}

// close ends what is held for x, once.
func (m *money) close(x *core.Exchange, b *bill) {
	if b.ended {
		return
	}
	b.ended = true
	m.look(x, b)
	now := time.Now()
	e := govern.End{Now: now.UnixNano()}
	var flaw price.Flaw
	all := x.Usage
	x.Usage = all.Less(&b.paid)
	if b.turns == 0 || x.Usage.In|x.Usage.Out != 0 { // else nothing came after the last turn
		e.Cost, flaw = price.Charge(x, b.hold.Worst(), b.prompt, now.Unix())
	}
	if flaw.Estimated() {
		e.Flags |= ledger.Estimated
	}
	x.Cost = min(e.Cost, b.hold.Worst())
	if i := len(x.Attempts()); e.Cost > 0 && i > 0 {
		t := x.Attempts()[i-1].Target
		for i, g := range b.budgets[:b.n] {
			if !g.Covers(x, t, x.Name) {
				e.Spare |= 1 << i
			}
		}
	}
	n := m.notes.Get().(*[audit.MaxCall]byte)
	defer m.notes.Put(n)
	e.Note = m.note(n[:0], x, &b.before, e.Now)
	x.Usage, x.Cost = all, x.Cost+b.cost
	kind := ledger.Settle
	if e.Cost == 0 {
		kind = ledger.Release
	}
	m.till.End(&b.hold, &e, kind)
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
