package anthropic

const (
	// maxCount bounds a token counter that a provider reports. A larger one cannot be
	// right, and sums of such ones would overflow.
	maxCount = 1 << 40

	// maxMembers bounds the members of a content block that is read. One with more is
	// kept whole.
	maxMembers = 16

	// maxMarks is the most cache marks that a request may have:
	// https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
	maxMarks = 4

	// minBudget is the smallest budget for thinking that models accept, in tokens.
	minBudget = 1024

	// maxMedia bounds an image that a stream brings in pieces, in bytes of base64. It is
	// held until it is complete, as this format has no pieces; a larger one is left out.
	maxMedia = 16 << 20

	// maxHeld bounds the arguments that come with the start of a call in a stream and
	// wait for its end.
	maxHeld = 1 << 20

	// maxBlocks bounds the content blocks of one stream.
	maxBlocks = 4096
)
