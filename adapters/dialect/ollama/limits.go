package ollama

const (
	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40

	// maxTokens bounds the num_predict a client may set, as the limits of other formats are.
	maxTokens = 10_000_000

	// maxBlocks bounds the blocks of one streamed answer.
	maxBlocks = 4096

	// maxHeld bounds the arguments of a call that wait for their end.
	maxHeld = 4 << 20

	// maxRawEnd bounds what is remembered of the members that end a stream.
	maxRawEnd = 16 << 10
)
