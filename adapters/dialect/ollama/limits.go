package ollama

const (
	// maxCount bounds a token counter that a provider reports. A larger one cannot be
	// right, and sums of such ones would overflow.
	maxCount = 1 << 40

	// maxTokens bounds the num_predict that a client may set, as in other formats.
	maxTokens = 10_000_000

	// maxBlocks bounds the blocks of one streamed answer.
	maxBlocks = 4096

	// maxHeld bounds the arguments of a call that are held until they are complete.
	maxHeld = 4 << 20

	// maxRawEnd bounds the bytes of the last line of a stream that are kept.
	maxRawEnd = 16 << 10
)
