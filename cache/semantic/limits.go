package semantic

const (
	shards     = 64      // of spaces; a writer locks one
	maxEntries = 1 << 20 // default for the entries of an Index
	maxSpaces  = 1 << 17 // spaces of an Index
	maxTasks   = 1024    // spaces waiting for a merge; beyond that, writers merge themselves
	candidates = 4       // entries that the guard judges, for each way of finding them
)

// Default for the least similarity of two questions, by mode.
const (
	strictCosine   = 0.5
	balancedCosine = 0.9
	relaxedCosine  = 0.8
)
