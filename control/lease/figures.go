package lease

import (
	"time"

	"asbru/core"
)

// Figures returns the Agent's counters. What each budget was granted is reported by the Book.
func (a *Agent) Figures() []core.Figure {
	away := int64(0)
	if a.away.Load() {
		away = 1
	}
	return []core.Figure{
		{Name: "asbru_lease_machines", Help: "Machines that share these budgets and are running.", N: a.alive.Load()},
		{Name: "asbru_lease_store_away", Help: "1 while the store that grants shared budgets does not answer.", N: away},
		{Name: "asbru_lease_clock_ahead_milliseconds", Help: "How far this machine's clock is ahead of the one of the store that grants shared budgets; beyond a minute, either way, nothing is granted.", N: a.ahead.Load() / int64(time.Millisecond)},
		{Name: "asbru_lease_grants_total", Help: "Times that this machine was granted more of a shared budget.", Total: true, N: a.granted.Load()},
		{Name: "asbru_lease_returns_total", Help: "Times that this machine returned unused money to a shared budget.", Total: true, N: a.returned.Load()},
		{Name: "asbru_lease_recalls_total", Help: "Times that this machine asked others to return money that they do not use.", Total: true, N: a.recalled.Load()},
		{Name: "asbru_lease_denials_total", Help: "Times that a shared budget had too little left on all machines together.", Total: true, N: a.denied.Load()},
		{Name: "asbru_lease_errors_total", Help: "Times that the store of shared budgets did not answer.", Total: true, N: a.troubles.Load()},
	}
}
