package anthropic

const (
	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40

	// maxMembers is how many members of a content block are told apart. One with more is
	// none we know and is kept whole.
	maxMembers = 16

	// maxMarks is how many cache marks a request may have:
	// https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
	maxMarks = 4

	// minBudget is the least a model may be given to think with, in tokens.
	minBudget = 1024

	// maxSchemaDepth is how deep a schema is made fit; what is deeper goes as it is.
	maxSchemaDepth = 64

	// maxMedia bounds an image that a stream brings in pieces, in bytes of base64. This
	// format has no pieces, so it is held; a larger one is left out.
	maxMedia = 16 << 20

	// maxHeld bounds the arguments that a stream brings with the start of a call and
	// that wait for its end.
	maxHeld = 1 << 20

	// maxBlocks bounds the content blocks of one stream.
	maxBlocks = 4096
)
