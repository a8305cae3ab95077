package gemini

import (
	"bytes"

	"asbru/core/scan"
)

// A known is a member's name, in either of its spellings.
type known uint8

const (
	kNone known = iota
	kContents
	kSystemInstruction
	kTools
	kToolConfig
	kGenerationConfig
	kCachedContent
	kModel
	kGenerateContentRequest

	kRole
	kParts
	kText
	kThought
	kThoughtSignature
	kInlineData
	kFileData
	kFunctionCall
	kFunctionResponse
	kMimeType
	kData
	kFileURI
	kDisplayName
	kID
	kName
	kArgs
	kResponse

	kFunctionDeclarations
	kDescription
	kParameters
	kParametersJSONSchema
	kFunctionCallingConfig
	kMode
	kAllowedFunctionNames

	kMaxOutputTokens
	kTemperature
	kTopP
	kTopK
	kCandidateCount
	kStopSequences
	kSeed
	kFrequencyPenalty
	kPresencePenalty
	kResponseMimeType
	kResponseSchema
	kResponseJSONSchema
	kResponseModalities
	kResponseLogprobs
	kLogprobs
	kThinkingConfig
	kThinkingBudget
	kThinkingLevel
	kIncludeThoughts
)

// word returns the member that key names. key is the text between its quotes.
func word(key []byte) known {
	if bytes.IndexByte(key, '\\') >= 0 {
		return escapedWord(key)
	}
	if k := outerWord(key); k != kNone {
		return k
	}
	return configWord(key)
}

// escapedWord is word for a key with escapes, which must not hide a member from policy.
func escapedWord(key []byte) known {
	var room [maxKey]byte
	if len(key) > len(room) {
		return kNone
	}
	key = scan.AppendUnescaped(room[:0], key)
	if k := outerWord(key); k != kNone {
		return k
	}
	return configWord(key)
}
