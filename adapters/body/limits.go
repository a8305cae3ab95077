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

	// maxFaultDepth bounds how deep in an error of unknown form its words are sought.
	maxFaultDepth = 5

	// maxMessage bounds the bytes of a provider's error message, which is cut.
	maxMessage = 2048
)
