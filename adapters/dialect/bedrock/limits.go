package bedrock

const (
	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40

	// maxTokens bounds the token limit a client may set: beyond any model's window, and
	// far from where sums of money overflow.
	maxTokens = 10_000_000

	// answerTokens is what is left for the answer when a budget for thinking is said and
	// no limit of both; with the largest usual budget within the window of Claude 4.
	answerTokens = 8192

	// maxBlock bounds the number of a block in a stream.
	maxBlock = 1 << 20

	// maxID and maxName are the lengths of a toolUseId and of a document's name that
	// Converse takes, in characters.
	maxID   = 64
	maxName = 200

	// maxMetadata is how long a value in requestMetadata may be, maxEntries how many
	// there may be.
	maxMetadata = 256
	maxEntries  = 16

	// chunkRoom is how much of a chunk is unwrapped to read what the relay must know:
	// all of a usual one, else the first chunkHead bytes and the last ones.
	chunkRoom = 1024
	chunkHead = 96
)
