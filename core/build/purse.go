package build

import (
	"context"
	"errors"
	"slices"

	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// A purse is the budgets of a caller.
type purse struct {
	own, shared []*Budget
	all         []*govern.Account // of all of them, where each pays for whatever is asked; nil: some do not, or there are too many
}

// flatten sets p.all, once the accounts are open.
func (p *purse) flatten() {
	n := len(p.own) + len(p.shared)
	if n > govern.MaxAccounts {
		return
	}
	all := make([]*govern.Account, 0, n)
	for _, b := range slices.Concat(p.own, p.shared) {
		if !b.anything() || b.account == nil {
			return
		}
		all = append(all, b.account)
	}
	p.all = all
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

// compileMoney gives the keys their purses. It runs after compileKeys.
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
			c.purses = append(c.purses, p)
			c.budgets = append(c.budgets, p.own...)
		}
	}
	if _, shared := set.of(c.next, &config.VirtualKey{}, ""); len(shared) > 0 && c.next.Anonymous != nil {
		p := &purse{shared: shared}
		c.next.Anonymous.Purse, c.purses = p, append(c.purses, p)
	}
	for _, k := range c.next.Keys {
		if p := purses[k.Name]; p != nil {
			k.Purse = p
		}
	}
}

// hintOn advises what to do about a ledger that cannot be opened.
func hintOn(err error) string {
	if bad := (*ledger.Corrupt)(nil); errors.As(err, &bad) {
		return "nothing was changed: restore the directory from a backup, or name another one here to begin anew; asbru ledger dump shows what stands before the damage"
	}
	return ""
}

// openMoney opens the accounts once nothing else can fail. A lowered cap applies from
// then on.
func (c *compiler) openMoney() {
	if c.money == nil || c.deps.OpenTill == nil {
		return
	}
	till, err := c.deps.OpenTill()
	if err != nil {
		c.fail("governance.ledger", err.Error(), hintOn(err))
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
	for _, p := range c.purses {
		p.flatten()
	}
	c.money.till, c.next.Money = till, till
	c.openTrail()
}
