package guard

// Bounds of a text. A longer one is not eligible: the guard compares words, and an essay contains
// some of everything.
const (
	MaxTextBytes = 1536
	maxTokens    = 224 // pieces of a text, function words included
	maxWords     = 128 // words that matter
	maxBuffer    = 4 * MaxTextBytes
	maxSentences = 12
	maxWordBytes = 48 // a longer one is code or an address
	maxTopic     = 4  // words of a topic before a colon
	maxLeft      = 6  // words without a counterpart for which synonyms are tried
)
