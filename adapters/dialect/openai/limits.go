package openai

import "time"

const (
	// maxCount bounds a token counter that a provider reports. A larger one cannot be
	// right, and sums of such ones would overflow.
	maxCount = 1 << 40

	// maxSchemaDepth bounds how deep a tool's schema is examined for whether it allows
	// strict, the default of Responses. A deeper one counts as open.
	maxSchemaDepth = 8

	// maxChoices bounds the choices of an answer, as adapters/body does those of a
	// request.
	maxChoices = 128

	// maxBlocks bounds the parts of a streamed answer, which has some dozens of calls at
	// most.
	maxBlocks = 4096

	// maxHeld bounds the bytes that wait for a tool call to end, over a whole stream.
	maxHeld = 32 << 20

	// maxSaid bounds the bytes of thinking that are repeated with its signature. For
	// longer thinking only the signature is sent.
	maxSaid = 4 << 20

	// maxPause bounds the wait that a message asks for.
	maxPause = 24 * time.Hour

	// maxVectors bounds the index of an embedding.
	maxVectors = 1 << 20

	// maxOutputParts bounds the parts of one streamed answer, and maxPartHeld the bytes that wait
	// for an earlier part to end. Providers stay far below them.
	maxOutputParts = 4096
	maxPartHeld    = 8 << 20
)
