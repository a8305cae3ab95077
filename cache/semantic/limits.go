package semantic

const (
	shards     = 64      // of spaces; a writer holds one
	maxEntries = 1 << 20 // entries of an Index whose Options do not say
	maxSpaces  = 1 << 17 // spaces of an Index
	maxTasks   = 1024    // spaces that wait for a merge; when more do, the writer merges
	candidates = 4       // entries that the guard is asked about, for each way of finding them
)

// Least nearness of two questions, by mode, where Options do not say.
const (
	strictCosine   = 0.5
	balancedCosine = 0.9
	relaxedCosine  = 0.8
)
