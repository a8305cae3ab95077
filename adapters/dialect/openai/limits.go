package openai

import "time"

const (
	// maxCount bounds a token counter that a provider reports; beyond it the report
	// is nonsense, and sums of them would overflow.
	maxCount = 1 << 40

	// maxSchemaDepth bounds how deep a tool's schema is looked into to find out whether
	// strict, which is Responses' default, holds for it. A deeper one counts as open.
	maxSchemaDepth = 8

	// maxChoices bounds the alternatives of an answer, as adapters/body does those of a
	// request.
	maxChoices = 128

	// maxBlocks bounds the parts of a streamed answer. Calls come by the dozen; more than
	// this is a stream gone wild.
	maxBlocks = 4096

	// maxHeld bounds what waits for a tool call to end, in bytes over a whole stream.
	maxHeld = 32 << 20

	// maxSaid bounds the thinking that is sent again with its signature, in bytes. The
	// signature of longer thinking goes alone.
	maxSaid = 4 << 20

	// maxMessage cuts what a provider says of its error, in bytes.
	maxMessage = 2048

	// maxPause bounds how long a message may ask to wait.
	maxPause = 24 * time.Hour

	// maxVectors bounds the index of an embedding.
	maxVectors = 1 << 20

	// maxOutputParts bounds the parts of one streamed answer, and maxPartHeld the bytes that wait
	// for an earlier part to end. No provider comes near.
	maxOutputParts = 4096
	maxPartHeld    = 8 << 20
)
