package mock

// chatShape writes OpenAI chat completions.
// https://platform.openai.com/docs/api-reference/chat
var chatShape = shape{
	body: chatBody, open: chatOpen, delta: chatDelta, end: chatEnd, fail: openaiFail, fault: openaiFault,
}

func chatBody(dst []byte, a *answer) []byte {
	dst = a.appendID(dst, `{"id":"chatcmpl-mock-`)
	dst = append(dst, `","object":"chat.completion","created":`+created+`,"model":"`...)
	dst = append(dst, a.model...)
	dst = append(dst, `","choices":[{"index":0,"message":{"role":"assistant","content":`...)
	if a.tool != nil {
		dst = a.appendID(dst, `null,"tool_calls":[{"id":"call_mock_`)
		dst = append(dst, `","type":"function","function":{"name":"`...)
		dst = append(dst, a.tool...)
		dst = append(dst, `","arguments":`...)
		dst = appendQuoted(dst, []byte(toolArguments))
		dst = append(dst, `}}]`...)
	} else {
		dst = append(dst, '"')
		dst = appendText(dst, 0, a.size)
		dst = append(dst, '"')
	}
	dst = append(dst, `,"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"`...)
	dst = append(dst, a.finish("tool_calls", "length", "stop")...)
	dst = append(dst, `"}]`...)
	if !a.has(noUsage) {
		dst = openaiUsage(append(dst, `,"usage":`...), a)
	}
	return append(dst, `,"service_tier":"default","system_fingerprint":"fp_mock"}`...)
}

// chatHead begins a chunk, up to its choices.
func chatHead(dst []byte, a *answer) []byte {
	dst = a.appendID(dst, `data: {"id":"chatcmpl-mock-`)
	dst = append(dst, `","object":"chat.completion.chunk","created":`+created+`,"model":"`...)
	dst = append(dst, a.model...)
	dst = append(dst, `","service_tier":"default","system_fingerprint":"fp_mock"`...)
	dst = a.appendStamp(dst)
	if a.wantUsage {
		dst = append(dst, `,"usage":null`...)
	}
	return append(dst, `,"choices":[{"index":0,"delta":{`...)
}

const chatTail = `},"logprobs":null,"finish_reason":null}]}` + "\n\n"

func chatOpen(dst []byte, a *answer) []byte {
	dst = chatHead(dst, a)
	if a.tool == nil {
		dst = append(dst, `"role":"assistant","content":"","refusal":null`...)
		return append(dst, chatTail...)
	}
	dst = a.appendID(dst, `"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_mock_`)
	dst = append(dst, `","type":"function","function":{"name":"`...)
	dst = append(dst, a.tool...)
	dst = append(dst, `","arguments":""}}],"refusal":null`...)
	return append(dst, chatTail...)
}

func chatDelta(dst []byte, a *answer, i int) []byte {
	dst = chatHead(dst, a)
	from, to := a.piece(i)
	if a.tool == nil {
		dst = append(dst, `"content":"`...)
		dst = appendText(dst, from, to)
		dst = append(dst, '"')
	} else {
		dst = append(dst, `"tool_calls":[{"index":0,"function":{"arguments":`...)
		dst = appendQuoted(dst, toolPiece(from, to))
		dst = append(dst, `}}]`...)
	}
	return append(dst, chatTail...)
}

func chatEnd(dst []byte, a *answer) []byte {
	dst = chatHead(dst, a)
	dst = append(dst, `},"logprobs":null,"finish_reason":"`...)
	dst = append(dst, a.finish("tool_calls", "length", "stop")...)
	dst = append(dst, `"}]}`+"\n\n"...)
	if a.wantUsage {
		dst = a.appendID(dst, `data: {"id":"chatcmpl-mock-`)
		dst = append(dst, `","object":"chat.completion.chunk","created":`+created+`,"model":"`...)
		dst = append(dst, a.model...)
		dst = append(dst, `","service_tier":"default","system_fingerprint":"fp_mock"`...)
		dst = a.appendStamp(dst)
		dst = openaiUsage(append(dst, `,"choices":[],"usage":`...), a)
		dst = append(dst, "}\n\n"...)
	}
	return appendDone(dst, a)
}
