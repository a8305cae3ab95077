package core

// A Purse is what the requests of a caller are paid from: its own budgets, and those that it
// shares. core/build knows its concrete type.
type Purse interface {
	// Report says how each budget stands at a moment of Unix nanoseconds.
	Report(now int64) []BudgetState
}

// Accounts are all budgets, and the ledger they stand in. core/govern knows the concrete type; the
// vocabulary carries it from Snapshot to Snapshot and shows it.
type Accounts interface {
	// Figures are what they say about themselves, those of one name one after the other.
	Figures() []Figure
}

// A BudgetState is one budget at a moment.
type BudgetState struct {
	Name  string // what the ledger calls it
	Label string // for people: monthly budget of team "platform"
	Cap   Money
	Spent Money // in the window
	Held  Money // for requests under way
	Begun int64 // when the window began, Unix nanoseconds; 0: it has not, or never ends
	Ends  int64 // when it ends; 0: never, or it has not begun
}

// Left is what can still be held.
func (b BudgetState) Left() Money { return max(b.Cap-b.Spent-b.Held, 0) }
