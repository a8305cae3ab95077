package bedrock

const (
	// maxCount bounds a token counter that a provider reports. A larger one cannot be
	// right, and sums of such ones would overflow.
	maxCount = 1 << 40

	// maxTokens bounds the token limit that a client may set: more than any model's
	// window, and far below where sums of money overflow.
	maxTokens = 10_000_000

	// answerTokens are added to a budget for thinking if there is no limit for both. With
	// the largest usual budget the sum is within the limit of Claude 4.
	answerTokens = 8192

	// maxBlock bounds the number of a block in a stream.
	maxBlock = 1 << 20

	// maxID and maxName are the most characters that Converse accepts in a toolUseId
	// and in a document's name.
	maxID   = 64
	maxName = 200

	// maxMetadata is the most characters of a value in requestMetadata, maxEntries the
	// most values.
	maxMetadata = 256
	maxEntries  = 16

	// chunkRoom bounds the bytes of a chunk that are decoded for the facts that the relay
	// needs: all of a usual one, otherwise the first chunkHead bytes and the last ones.
	chunkRoom = 1024
	chunkHead = 96
)
