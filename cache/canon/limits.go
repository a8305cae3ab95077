package canon

// Bounds of what is sorted. Objects beyond them keep the order they came in: they are
// still told apart, and two spellings of them are two entries.
const (
	maxDepth   = 64        // of JSON that is put in canonical form; deeper values stand as they came
	maxMembers = 512       // of one object that are sorted
	maxHeld    = 256 << 10 // bytes of memory that a Writer keeps for the next form
)
