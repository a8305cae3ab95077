package gemini

const (
	// maxCount bounds a token counter that a provider reports. A larger one cannot be
	// right, and sums of such ones would overflow.
	maxCount = 1 << 40

	// maxTokens bounds the token limit a client may set.
	maxTokens = 10_000_000

	// maxChoices bounds candidateCount, which multiplies the price of a request.
	maxChoices = 128

	// maxParts bounds each of the parts, the turns and the tools of a conversation: the form of
	// an empty one takes a hundred times as much memory as its two brackets.
	maxParts = 1<<(16-turnBits) - 1

	// maxKey bounds the names of known members, including escapes.
	maxKey = 6 * 32

	// maxCites bounds the citations of an answer that are translated, and maxPages the pages that
	// they are looked up among, each by a linear search.
	maxCites = 1024
	maxPages = 256

	// maxStops is the most stop sequences that Gemini accepts.
	maxStops = 5

	// maxLevels bounds how deep a schema is converted to JSON Schema; deeper parts are
	// unchanged. Bodies have at most scan.MaxDepth levels.
	maxLevels = 128
)
