package mock

// messagesShape writes Anthropic messages.
// https://docs.anthropic.com/en/api/messages and /en/docs/build-with-claude/streaming
var messagesShape = shape{
	body: messagesBody, open: messagesOpen, delta: messagesDelta, end: messagesEnd,
	fail: messagesFail, fault: messagesFault,
}

func messagesBody(dst []byte, a *answer) []byte {
	dst = append(messagesHead(dst, a), `"content":[`...)
	if a.tool != nil {
		dst = appendToolUse(dst, a, toolArguments)
	} else {
		dst = append(dst, `{"type":"text","text":"`...)
		dst = appendText(dst, 0, a.size)
		dst = append(dst, `"}`...)
	}
	dst = append(dst, `],"stop_reason":"`...)
	dst = append(dst, a.finish("tool_use", "max_tokens", "end_turn")...)
	dst = append(dst, `","stop_sequence":null`...)
	if !a.has(noUsage) {
		_, out := a.counts()
		dst = messagesUsage(append(dst, `,"usage":`...), a, out)
	}
	return append(dst, '}')
}

func messagesHead(dst []byte, a *answer) []byte {
	dst = a.appendID(dst, `{"id":"msg_mock_`)
	dst = append(dst, `","type":"message","role":"assistant","model":"`...)
	dst = append(dst, a.model...)
	return append(dst, `",`...)
}

func appendToolUse(dst []byte, a *answer, input string) []byte {
	dst = a.appendID(dst, `{"type":"tool_use","id":"toolu_mock_`)
	dst = append(dst, `","name":"`...)
	dst = append(dst, a.tool...)
	dst = append(dst, `","input":`...)
	dst = append(dst, input...)
	return append(dst, '}')
}

// messagesUsage reports out output tokens so far.
func messagesUsage(dst []byte, a *answer, out int64) []byte {
	in, _ := a.counts()
	dst = appendCount(dst, `{"input_tokens":`, in)
	dst = append(dst, `,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,`+
		`"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}`...)
	dst = appendCount(dst, `,"output_tokens":`, out)
	return append(dst, `,"service_tier":"standard"}`...)
}

// named begins an event, up to its own fields.
func named(dst []byte, a *answer, name string) []byte {
	dst = append(dst, "event: "...)
	dst = append(dst, name...)
	dst = append(dst, "\ndata: {\"type\":\""...)
	dst = append(dst, name...)
	return a.appendStamp(append(dst, '"'))
}

func messagesOpen(dst []byte, a *answer) []byte {
	dst = append(named(dst, a, "message_start"), `,"message":`...)
	dst = append(messagesHead(dst, a), `"content":[],"stop_reason":null,"stop_sequence":null`...)
	if !a.has(noUsage) {
		_, out := a.counts()
		dst = messagesUsage(append(dst, `,"usage":`...), a, min(out, 1))
	}
	dst = append(dst, '}')
	dst = append(dst, eventEnd...)
	dst = append(named(dst, a, "content_block_start"), `,"index":0,"content_block":`...)
	if a.tool != nil {
		dst = appendToolUse(dst, a, "{}")
	} else {
		dst = append(dst, `{"type":"text","text":""}`...)
	}
	dst = append(dst, eventEnd...)
	return append(named(dst, a, "ping"), eventEnd...)
}

func messagesDelta(dst []byte, a *answer, i int) []byte {
	from, to := a.piece(i)
	dst = append(named(dst, a, "content_block_delta"), `,"index":0,"delta":`...)
	if a.tool != nil {
		dst = append(dst, `{"type":"input_json_delta","partial_json":`...)
		dst = appendQuoted(dst, toolPiece(from, to))
		return append(dst, '}', '}', '\n', '\n')
	}
	dst = append(dst, `{"type":"text_delta","text":"`...)
	dst = appendText(dst, from, to)
	return append(dst, "\"}}\n\n"...)
}

func messagesEnd(dst []byte, a *answer) []byte {
	dst = append(named(dst, a, "content_block_stop"), `,"index":0`+eventEnd...)
	dst = append(named(dst, a, "message_delta"), `,"delta":{"stop_reason":"`...)
	dst = append(dst, a.finish("tool_use", "max_tokens", "end_turn")...)
	dst = append(dst, `","stop_sequence":null}`...)
	if !a.has(noUsage) {
		in, out := a.counts()
		dst = appendCount(dst, `,"usage":{"input_tokens":`, in)
		dst = append(dst, `,"cache_creation_input_tokens":0,"cache_read_input_tokens":0`...)
		dst = appendCount(dst, `,"output_tokens":`, out)
		dst = append(dst, '}')
	}
	dst = append(dst, eventEnd...)
	if a.has(noDone) {
		return dst
	}
	return append(named(dst, a, "message_stop"), eventEnd...)
}

func messagesFail(dst []byte, a *answer) []byte {
	dst = append(dst, "event: error\ndata: "...)
	return append(messagesFault(dst, a), "\n\n"...)
}

func messagesFault(dst []byte, a *answer) []byte {
	dst = append(dst, `{"type":"error","error":{"type":"`...)
	dst = append(dst, anthropicErrorType(a.errStatus)...)
	dst = append(dst, `","message":`...)
	dst = appendQuoted(dst, []byte(a.errMessage))
	dst = a.appendID(dst, `},"request_id":"req_mock_`)
	return append(dst, `"}`...)
}

// anthropicErrorType gives the type that goes with a status.
// https://docs.anthropic.com/en/api/errors
func anthropicErrorType(status int) string {
	switch status {
	case 401:
		return "authentication_error"
	case 402:
		return "billing_error"
	case 403:
		return "permission_error"
	case 404:
		return "not_found_error"
	case 413:
		return "request_too_large"
	case 429:
		return "rate_limit_error"
	case 504:
		return "timeout_error"
	case 503, 529:
		return "overloaded_error"
	}
	if status >= 500 {
		return "api_error"
	}
	return "invalid_request_error"
}
