package cohere

const (
	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40

	// maxStops is how many stop sequences Cohere takes.
	maxStops = 5

	// maxBlocks bounds the blocks of one streamed answer.
	maxBlocks = 4096

	// maxRawUsage bounds what is remembered of the usage that ends a stream.
	maxRawUsage = 4 << 10
)
