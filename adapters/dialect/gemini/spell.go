package gemini

import (
	"asbru/core/scan"
)

func outerWord(key []byte) known {
	switch string(key) {
	case "text":
		return kText
	case "role":
		return kRole
	case "parts":
		return kParts
	case "contents":
		return kContents
	case "systemInstruction", "system_instruction":
		return kSystemInstruction
	case "tools":
		return kTools
	case "toolConfig", "tool_config":
		return kToolConfig
	case "generationConfig", "generation_config":
		return kGenerationConfig
	case "cachedContent", "cached_content":
		return kCachedContent
	case "model":
		return kModel
	case "generateContentRequest", "generate_content_request":
		return kGenerateContentRequest
	case "thought":
		return kThought
	case "thoughtSignature", "thought_signature":
		return kThoughtSignature
	case "inlineData", "inline_data":
		return kInlineData
	case "fileData", "file_data":
		return kFileData
	case "functionCall", "function_call":
		return kFunctionCall
	case "functionResponse", "function_response":
		return kFunctionResponse
	case "mimeType", "mime_type":
		return kMimeType
	case "data":
		return kData
	case "fileUri", "file_uri":
		return kFileURI
	case "displayName", "display_name":
		return kDisplayName
	case "id":
		return kID
	case "name":
		return kName
	case "args":
		return kArgs
	case "response":
		return kResponse
	}
	return kNone
}

func configWord(key []byte) known {
	switch string(key) {
	case "functionDeclarations", "function_declarations":
		return kFunctionDeclarations
	case "description":
		return kDescription
	case "parameters":
		return kParameters
	case "parametersJsonSchema", "parameters_json_schema":
		return kParametersJSONSchema
	case "functionCallingConfig", "function_calling_config":
		return kFunctionCallingConfig
	case "mode":
		return kMode
	case "allowedFunctionNames", "allowed_function_names":
		return kAllowedFunctionNames
	case "maxOutputTokens", "max_output_tokens":
		return kMaxOutputTokens
	case "temperature":
		return kTemperature
	case "topP", "top_p":
		return kTopP
	case "topK", "top_k":
		return kTopK
	case "candidateCount", "candidate_count":
		return kCandidateCount
	case "stopSequences", "stop_sequences":
		return kStopSequences
	case "seed":
		return kSeed
	case "frequencyPenalty", "frequency_penalty":
		return kFrequencyPenalty
	case "presencePenalty", "presence_penalty":
		return kPresencePenalty
	case "responseMimeType", "response_mime_type":
		return kResponseMimeType
	case "responseSchema", "response_schema":
		return kResponseSchema
	case "responseJsonSchema", "response_json_schema", "_responseJsonSchema":
		return kResponseJSONSchema
	case "responseModalities", "response_modalities":
		return kResponseModalities
	case "responseLogprobs", "response_logprobs":
		return kResponseLogprobs
	case "logprobs":
		return kLogprobs
	case "thinkingConfig", "thinking_config":
		return kThinkingConfig
	case "thinkingBudget", "thinking_budget":
		return kThinkingBudget
	case "thinkingLevel", "thinking_level":
		return kThinkingLevel
	case "includeThoughts", "include_thoughts":
		return kIncludeThoughts
	}
	return kNone
}

// member returns the first member of obj that is called k, and its key as written.
func member(obj []byte, k known) (key, value []byte) {
	w := scan.Members(obj)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil, nil
		}
		if word(key) == k {
			return key, value
		}
	}
}
