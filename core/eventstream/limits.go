package eventstream

const (
	// MaxMessage bounds a message in bytes, sums included: what AWS's own readers take.
	MaxMessage = 16 << 20

	// maxWord bounds a header value in bytes, as the encoding does: its length is signed.
	maxWord = 1<<15 - 1

	// maxHeaders bounds the headers of a message, which are a few short words in practice.
	maxHeaders = 128 << 10
)
