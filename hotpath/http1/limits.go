package http1

// Bounds of one message. They are not configurable, because the buffers of callers
// are sized by them.
const (
	// MaxHead bounds a head in bytes, from the first to the empty line's LF.
	MaxHead = 32 << 10

	// MaxFields bounds the field lines of a head.
	MaxFields = 100

	// MaxTarget bounds a request target in bytes.
	MaxTarget = 8 << 10

	// MaxValue bounds one field value in bytes, including trailing blanks.
	MaxValue = 16 << 10

	// MaxHost bounds a Host value in bytes: a DNS name, a colon, a port.
	MaxHost = 255 + 6

	// MaxContentLength bounds the announced length of a body in bytes. Callers have
	// lower bounds; this one keeps sums of lengths far below overflow.
	MaxContentLength = 16 << 30

	// MaxChunk bounds the size of one chunk in bytes.
	MaxChunk = 1 << 31

	// MaxSizeLine bounds a chunk's size line in bytes, including extensions, excluding
	// CR LF.
	MaxSizeLine = 256

	// MaxExtensions bounds the chunk extensions of one body in bytes, so that they
	// cannot exceed the data by far.
	MaxExtensions = 8 << 10

	// MaxTrailer bounds the trailer section of a chunked body in bytes.
	MaxTrailer = 8 << 10
)
