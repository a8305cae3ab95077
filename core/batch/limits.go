package batch

const (
	// MaxLine is how long one request or one result of a file can be, in bytes.
	MaxLine = 16 << 20
	// MaxID is how many bytes the name of a batch or of a file has at most.
	MaxID = 256
	// MaxStatus is how long an object of a batch is that has no results in it, in bytes.
	MaxStatus = 256 << 10

	readBytes  = 64 << 10 // of a file at a time
	maxSegment = 256      // bytes of a path's last segment that are looked at
)
