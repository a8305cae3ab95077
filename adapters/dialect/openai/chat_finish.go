package openai

import "asbru/core"

// finishOf returns the meaning of a finish reason of any compatible server.
func finishOf(word []byte) core.Finish {
	switch string(word) {
	case "":
		return core.FinishUnsaid
	case "stop_sequence":
		return core.FinishStopped
	case "length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded":
		return core.FinishLength
	case "tool_calls", "tool_call", "tool_use", "function_call":
		return core.FinishCalls
	case "content_filter", "sensitive", "safety", "SAFETY", "refusal", "guardrail_intervened", "content_filtered":
		return core.FinishFiltered
	case "error", "network_error", "insufficient_system_resource", "abort":
		return core.FinishFailed
	case "pause_turn":
		return core.FinishPaused
	}
	return core.FinishStop // stop, eos, eos_token, end_turn, and unknown ones
}

// finishWord returns a finish reason that OpenAI's SDKs know.
func finishWord(f core.Finish) string {
	switch f {
	case core.FinishLength:
		return "length"
	case core.FinishCalls:
		return "tool_calls"
	case core.FinishFiltered:
		return "content_filter"
	}
	return "stop"
}
