package core

// Accounts are all budgets, and the ledger they stand in. core/govern knows the concrete type; the
// vocabulary carries it from Snapshot to Snapshot and shows it.
type Accounts interface {
	// Figures are what they say about themselves, those of one name one after the other.
	Figures() []Figure
}
