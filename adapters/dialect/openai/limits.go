package openai

const (
	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40

	// maxSchemaDepth bounds how deep a tool's schema is looked into to find out whether
	// strict, which is Responses' default, holds for it. A deeper one counts as open.
	maxSchemaDepth = 8

	// maxOutputParts bounds the parts of one streamed answer, and maxPartHeld the bytes that wait
	// for an earlier part to end. No provider comes near.
	maxOutputParts = 4096
	maxPartHeld    = 8 << 20
)
