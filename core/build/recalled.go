package build

import (
	"time"

	"asbru/core"
	"asbru/core/govern"
	"asbru/core/ledger"
	"asbru/core/price"
)

// recalled charges x for a cached answer what its target would have charged, if the
// cache's policy is core.ChargeFull. This is held and settled at once, after the answer. A
// budget with too little left pays nothing: a cached answer is not refused for lack of money.
func (m *money) recalled(x *core.Exchange) {
	t := x.Answered
	now := time.Now()
	if t == nil || t.Price == nil || !x.Usage.Known {
		return
	}
	p := t.Price(x, nil, x.Name)
	if p == nil {
		return
	}
	x.Cost = price.Hastened(price.Cost(p.At(now.Unix()), &x.Usage), x)
	if m == nil || x.Cost <= 0 {
		return
	}
	own, _ := x.Key.Purse.(*purse)
	if own == nil {
		return
	}
	var accounts [govern.MaxAccounts]*govern.Account
	n := 0
	for _, list := range [...][]*Budget{own.own, own.shared} {
		for _, g := range list {
			if n < len(accounts) && g.account != nil && g.Covers(x, t, x.Name) {
				accounts[n] = g.account
				n++
			}
		}
	}
	if n == 0 {
		return
	}
	b := m.take()
	q := govern.Ask{ID: x.ID, Accounts: accounts[:n], Worst: x.Cost, Floor: x.Cost, Now: now.UnixNano()}
	if !m.till.Charge(&b.hold, &q, &govern.End{Cost: x.Cost, Now: q.Now, Flags: ledger.Cached}) {
		x.Cost = 0
	}
	m.give(b)
}
