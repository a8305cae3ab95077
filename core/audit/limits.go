package audit

// Bounds of what is packed. A ledger record holds a kilobyte of each call that is under
// way, so names have bounds of their own here; one that is longer is cut, see appendName.
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
	maxStrangers = 64 // addresses and reasons that are counted apart

	maxWord = 128
	maxNote = 1024

	// maxHashed is how much of a body is hashed: of a longer one the first and the last
	// half of it. A prompt with pictures must not keep an event loop for milliseconds.
	maxHashed = 256 << 10
)

// MaxLine is how many bytes a line of the trail has at most, without what ends it.
const MaxLine = 16 << 10

// maxVerified bounds what one line that is verified may take: no line of ours is as long.
const maxVerified = 1 << 20
