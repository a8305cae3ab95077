package govern

import (
	"time"

	"asbru/core"
)

// Figures implements core.Accounts; there are none while another process has the Book.
func (t *Till) Figures() []core.Figure {
	if b := t.Book(); b != nil {
		return b.Figures()
	}
	return nil
}

// Figures is what the Book says about itself. Money is in nanodollars: metrics are no place to round it.
func (b *Book) Figures() []core.Figure {
	s, l := b.Stats(), b.log.Stats()
	out := []core.Figure{
		{Name: "asbru_budget_holds", Help: "Calls in flight whose worst-case cost is held.", N: s.Holds},
		{Name: "asbru_budget_jobs", Help: "Batches in progress whose worst-case cost is held.", N: int64(b.jobs.count())},
		{Name: "asbru_budget_refusals_total", Help: "Calls refused because a budget had too little left, or because the ledger had no room.", Total: true, Label: "why", Value: "money", N: int64(s.Refused)},
		{Name: "asbru_budget_refusals_total", Label: "why", Value: "ledger", N: int64(s.RefusedByLog), Total: true},
		{Name: "asbru_budget_clamped_total", Help: "Calls whose reported cost was higher than what was held, and was charged only up to that.", Total: true, N: int64(s.Clamped)},
		{Name: "asbru_budget_double_ends_total", Help: "Calls that ended more than once, which is a bug and is charged once only.", Total: true, N: int64(s.Twice)},
		{Name: "asbru_ledger_bytes_total", Help: "Bytes of records written to the ledger and synced.", Total: true, N: int64(l.Bytes)},
		{Name: "asbru_ledger_groups_total", Help: "Synced writes of the ledger, each of one or more records.", Total: true, N: int64(l.Groups)},
		{Name: "asbru_ledger_behind_bytes", Help: "Bytes of records appended to the ledger and not yet synced.", N: int64(l.End - l.Durable)},
		{Name: "asbru_ledger_free_bytes", Help: "Bytes of the ledger that new calls can still reserve.", N: l.Free},
	}
	all := b.Balances(time.Now().UnixNano())
	all = all[:min(len(all), maxShown)]
	for i := range all {
		out = append(out, core.Figure{Name: "asbru_budget_spent_nanodollars", Help: "Money spent of a budget in its current window.", Label: "budget", Value: all[i].Name, N: int64(all[i].Spent)})
	}
	for i := range all {
		if all[i].Shared {
			out = append(out, core.Figure{Name: "asbru_budget_granted_nanodollars", Help: "Money of a shared budget that this machine has been granted.", Label: "budget", Value: all[i].Name, N: int64(all[i].Granted)})
		}
	}
	for i := range all {
		if all[i].Cap != Unlimited {
			out = append(out, core.Figure{Name: "asbru_budget_left_nanodollars", Help: "Money of a budget that new calls can still hold.", Label: "budget", Value: all[i].Name, N: int64(all[i].Left())})
		}
	}
	return out
}
