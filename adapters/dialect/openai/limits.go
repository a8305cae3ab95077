package openai

const (
	// maxTokens bounds the token limits a client may set: beyond any model's
	// window, and far from where sums of money overflow.
	maxTokens = 10_000_000

	// maxChoices bounds n and best_of, which multiply the price of a request.
	maxChoices = 128

	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40
)
