package body

const (
	// maxTokens bounds the token limits a client may set: beyond any model's
	// window, and far from where sums of money overflow.
	maxTokens = 10_000_000

	// maxChoices bounds the fields that multiply the price of a request.
	maxChoices = 128

	// maxDelay bounds, in seconds, how long a provider may ask to wait: a day.
	maxDelay = 24 * 60 * 60

	// maxSchemaDepth bounds how deep a schema is adapted; deeper parts are sent unchanged.
	maxSchemaDepth = 64
)
