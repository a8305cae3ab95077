package canon

// Bounds on sorting. Larger objects keep their order: different ones still differ, but two spellings
// of one become two entries.
const (
	maxDepth   = 64        // of JSON in canonical form; deeper values are written unchanged
	maxMembers = 512       // of one object that is sorted
	maxHeld    = 256 << 10 // bytes of memory that a Writer keeps for the next form
)
