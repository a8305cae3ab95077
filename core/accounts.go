package core

// Accounts are all budgets and the ledger behind them. Only core/govern knows the concrete type;
// core hands it on from Snapshot to Snapshot and exposes its metrics.
type Accounts interface {
	// Figures returns their metrics, with those of one name next to each other.
	Figures() []Figure
}
