package limit

import "time"

// Bounds of a rate. Within them no product overflows and a cell stays exact to the
// nanosecond.
const (
	MaxUnits = 1 << 40
	MinPer   = time.Second
	MaxPer   = 366 * 24 * time.Hour

	// MostBurst is how many periods' units may come at once.
	MostBurst = 32

	// MostHolders is how many holders one request meets: its key, team, customer, provider and model, and everybody.
	MostHolders = 6
)
