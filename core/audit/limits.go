package audit

// Bounds on packed records. The ledger reserves a kilobyte for each call in
// flight, so names have bounds of their own here; longer ones are cut, see appendName.
const (
	MaxCall   = 1024 // bytes of a packed Call
	MaxChange = 2048 // bytes of a packed Change
	MaxTurned = 160  // bytes of a packed Turned

	maxKey       = 64
	maxGroup     = 48 // team, customer
	maxModel     = 96
	maxProvider  = 32
	maxTarget    = 40 // of an attempt
	maxShown     = 16 // the provider key of an attempt
	maxStrangers = 64 // addresses and reasons that are counted separately

	// maxNamed is how much room a call has for its names before its end; longer ones are packed then.
	maxNamed = 192

	maxWord = 128
	maxNote = 1024

	// maxHashed is how much of a body is hashed: of a longer body its first and last
	// half of that. A prompt with pictures must not block an event loop for milliseconds.
	maxHashed = 256 << 10
)

// MaxLine is the greatest length of a line of the trail, in bytes without its line feed.
const MaxLine = 16 << 10
