package price

import "asbru/core"

// Bounds of what is read, and of what a provider may report.
const (
	MaxSheetBytes  = 8 << 20  // a file of prices in our form
	MaxImportBytes = 64 << 20 // a list of somebody else's
	maxRowBytes    = 4 << 10
	maxRows        = 100_000
	maxTiers       = 8  // of one row
	maxTold        = 20 // problems of one file
	maxPatterns    = 1000
	maxChoices     = 1 << 24 // answers of one request that are counted: more than its body has room to ask for

	maxRate = 1_000_000_000 * 1_000_000 // nanodollars a million tokens: a dollar a token

	// MaxTokens is beyond what any model reads or writes for one request. A report
	// that says more is refused.
	MaxTokens = core.MaxTokens
)

// What a request may hold besides the bytes of its body, in tokens.
const (
	// Overhead is what a provider puts around a prompt: the words between turns, and
	// those that explain tools.
	Overhead = 1024

	// MediaTokens is what one image, sound or document comes to, wherever its bytes are. The
	// dearest known is an image at OpenAI's smallest models, 48,169 tokens.
	MediaTokens = 50_000

	// searchUnit is how many documents make a search unit of a ranking, and leastChunk how many tokens of a
	// document at least count as one, where a long one is cut: 500 with those of the query, of which 256 are read.
	searchUnit = 100
	leastChunk = 500 - 256

	// DefaultWindow is what a request that reads what the provider keeps can come to when the
	// price does not say how much the model takes.
	DefaultWindow = 1 << 20

	// DefaultOut is how long an answer can be when neither the client nor the price says.
	DefaultOut = 131_072
)
