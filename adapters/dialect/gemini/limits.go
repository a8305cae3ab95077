package gemini

const (
	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40

	// maxTokens bounds the token limit a client may set.
	maxTokens = 10_000_000

	// maxChoices bounds candidateCount, which multiplies the price of a request.
	maxChoices = 128

	// maxParts bounds the parts, the turns and the tools of a conversation, each: the form of
	// an empty one is a hundred times as long as its two brackets.
	maxParts = 1<<(16-turnBits) - 1

	// maxKey bounds the names of members that are looked at, escapes included.
	maxKey = 6 * 32

	// maxCites bounds the places of an answer that are told to other formats, and maxPages the
	// pages they are looked for among: each is found by a walk.
	maxCites = 1024
	maxPages = 256

	// maxStops is how many stop sequences Gemini takes.
	maxStops = 5

	// maxLevels bounds the nesting of a schema that is turned into JSON Schema; the
	// rest stays as it is. Bodies have scan.MaxDepth levels at most.
	maxLevels = 128
)
