package cohere

import "asbru/core"

// finishOf returns the meaning of a finish_reason.
func finishOf(word []byte) core.Finish {
	switch string(word) {
	case "COMPLETE":
		return core.FinishStop
	case "STOP_SEQUENCE":
		return core.FinishStopped
	case "MAX_TOKENS":
		return core.FinishLength
	case "TOOL_CALL":
		return core.FinishCalls
	case "ERROR_TOXIC": // of version 1, and of models on other platforms
		return core.FinishFiltered
	case "ERROR", "TIMEOUT", "ERROR_LIMIT", "USER_CANCEL":
		return core.FinishFailed
	}
	return core.FinishUnsaid
}

// finishWord returns the finish_reason for f. called says that the answer has calls, which some providers do not name
// as the reason.
func finishWord(f core.Finish, called bool) string {
	switch f {
	case core.FinishStopped:
		return "STOP_SEQUENCE"
	case core.FinishLength:
		return "MAX_TOKENS"
	case core.FinishCalls:
		return "TOOL_CALL"
	case core.FinishFiltered, core.FinishFailed:
		return "ERROR"
	}
	if called {
		return "TOOL_CALL"
	}
	return "COMPLETE"
}
