package cohere

const (
	// maxCount bounds a token counter that a provider reports. A larger one cannot be
	// right, and sums of such ones would overflow.
	maxCount = 1 << 40

	// maxStops is the most stop sequences that Cohere accepts.
	maxStops = 5

	// maxBlocks bounds the blocks of one streamed answer.
	maxBlocks = 4096

	// maxRawUsage bounds the bytes of raw usage that are kept at the end of a stream.
	maxRawUsage = 4 << 10
)
