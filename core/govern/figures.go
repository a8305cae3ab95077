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
		{Name: "asbru_budget_holds", Help: "Calls whose worst case is held.", N: s.Holds},
		{Name: "asbru_budget_jobs", Help: "Batches at providers whose worst case is held until they have ended.", N: int64(b.jobs.count())},
		{Name: "asbru_budget_refusals_total", Help: "Calls refused: a budget lacked the money, or the ledger had no room.", Total: true, Label: "why", Value: "money", N: int64(s.Refused)},
		{Name: "asbru_budget_refusals_total", Label: "why", Value: "ledger", N: int64(s.RefusedByLog), Total: true},
		{Name: "asbru_budget_clamped_total", Help: "Calls that were charged what was held, because more was claimed.", Total: true, N: int64(s.Clamped)},
		{Name: "asbru_budget_double_ends_total", Help: "Calls that ended more than once: a bug. Nothing came of it.", Total: true, N: int64(s.Twice)},
		{Name: "asbru_ledger_bytes_total", Help: "Bytes of records written and synced.", Total: true, N: int64(l.Bytes)},
		{Name: "asbru_ledger_groups_total", Help: "Writes that were synced.", Total: true, N: int64(l.Groups)},
		{Name: "asbru_ledger_behind_bytes", Help: "Bytes appended and not yet durable.", N: int64(l.End - l.Durable)},
		{Name: "asbru_ledger_free_bytes", Help: "Bytes that new calls may reserve.", N: l.Free},
	}
	all := b.Balances(time.Now().UnixNano())
	all = all[:min(len(all), maxShown)]
	for i := range all {
		out = append(out, core.Figure{Name: "asbru_budget_spent_nanodollars", Help: "Spent in the budget's window.", Label: "budget", Value: all[i].Name, N: int64(all[i].Spent)})
	}
	for i := range all {
		if all[i].Shared {
			out = append(out, core.Figure{Name: "asbru_budget_granted_nanodollars", Help: "What this machine may spend of a budget that machines share.", Label: "budget", Value: all[i].Name, N: int64(all[i].Granted)})
		}
	}
	for i := range all {
		if all[i].Cap != Unlimited {
			out = append(out, core.Figure{Name: "asbru_budget_left_nanodollars", Help: "What can still be held.", Label: "budget", Value: all[i].Name, N: int64(all[i].Left())})
		}
	}
	return out
}
