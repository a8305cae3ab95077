package eventstream

const (
	// MaxMessage bounds a message in bytes, checksums included, as AWS's own readers do.
	MaxMessage = 16 << 20

	// maxWord bounds a header value in bytes, as the encoding does: its length is signed.
	maxWord = 1<<15 - 1

	// maxHeaders bounds the bytes of a message's headers, which are a few short ones in practice.
	maxHeaders = 128 << 10
)
