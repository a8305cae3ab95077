package mock

// responsesShape writes OpenAI responses.
// https://platform.openai.com/docs/api-reference/responses
var responsesShape = shape{
	body: responsesBody, open: responsesOpen, delta: responsesDelta, end: responsesEnd,
	fail: responsesFail, fault: openaiFault,
}

func responsesBody(dst []byte, a *answer) []byte {
	return appendResponse(dst, a, a.finish("completed", "incomplete", "completed"))
}

// appendResponse writes the response object; in progress it has no output yet.
func appendResponse(dst []byte, a *answer, status string) []byte {
	dst = a.appendID(dst, `{"id":"resp_mock_`)
	dst = append(dst, `","object":"response","created_at":`+created+`,"status":"`...)
	dst = append(dst, status...)
	dst = append(dst, `","background":false,"error":null,"incomplete_details":`...)
	if status == "incomplete" {
		dst = append(dst, `{"reason":"max_output_tokens"}`...)
	} else {
		dst = append(dst, `null`...)
	}
	dst = append(dst, `,"instructions":null,"max_output_tokens":null,"model":"`...)
	dst = append(dst, a.model...)
	dst = append(dst, `","output":[`...)
	if status != "in_progress" {
		dst = appendItem(dst, a, true)
	}
	dst = append(dst, `],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},`+
		`"service_tier":"default","store":false,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto",`+
		`"tools":[],"top_p":1.0,"truncation":"disabled","usage":`...)
	if status == "in_progress" || a.has(noUsage) {
		return append(dst, `null,"user":null,"metadata":{}}`...)
	}
	in, out := a.counts()
	dst = appendCount(dst, `{"input_tokens":`, in)
	dst = appendCount(dst, `,"input_tokens_details":{"cached_tokens":0},"output_tokens":`, out)
	dst = appendCount(dst, `,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":`, in+out)
	return append(dst, `},"user":null,"metadata":{}}`...)
}

// appendItem writes the one output item, a message or a function call.
func appendItem(dst []byte, a *answer, done bool) []byte {
	status := "in_progress"
	if done {
		status = a.finish("completed", "incomplete", "completed")
	}
	if a.tool != nil {
		dst = a.appendID(dst, `{"id":"fc_mock_`)
		dst = append(dst, `","type":"function_call","status":"`...)
		dst = append(dst, status...)
		dst = append(dst, `","arguments":`...)
		if done {
			dst = appendQuoted(dst, []byte(toolArguments))
		} else {
			dst = append(dst, `""`...)
		}
		dst = a.appendID(dst, `,"call_id":"call_mock_`)
		dst = append(dst, `","name":"`...)
		dst = append(dst, a.tool...)
		return append(dst, `"}`...)
	}
	dst = a.appendID(dst, `{"id":"msg_mock_`)
	dst = append(dst, `","type":"message","status":"`...)
	dst = append(dst, status...)
	dst = append(dst, `","content":[`...)
	if done {
		dst = appendPart(dst, a, a.size)
	}
	return append(dst, `],"role":"assistant"}`...)
}

// appendPart writes the text part with so many bytes of the text.
func appendPart(dst []byte, a *answer, size int) []byte {
	dst = append(dst, `{"type":"output_text","annotations":[],"logprobs":[],"text":"`...)
	dst = appendText(dst, 0, size)
	return append(dst, `"}`...)
}

// event begins an event of this format, up to its own fields.
func event(dst []byte, a *answer, name string, sequence int) []byte {
	dst = append(dst, "event: "...)
	dst = append(dst, name...)
	dst = append(dst, "\ndata: {\"type\":\""...)
	dst = append(dst, name...)
	dst = appendIndex(dst, `","sequence_number":`, sequence)
	return a.appendStamp(dst)
}

// place addresses the part that an event is about.
func place(dst []byte, a *answer) []byte {
	if a.tool != nil {
		return append(a.appendID(dst, `,"item_id":"fc_mock_`), `","output_index":0`...)
	}
	return append(a.appendID(dst, `,"item_id":"msg_mock_`), `","output_index":0,"content_index":0`...)
}

const eventEnd = "}\n\n"

func responsesOpen(dst []byte, a *answer) []byte {
	dst = append(event(dst, a, "response.created", 0), `,"response":`...)
	dst = append(appendResponse(dst, a, "in_progress"), eventEnd...)
	dst = append(event(dst, a, "response.in_progress", 1), `,"response":`...)
	dst = append(appendResponse(dst, a, "in_progress"), eventEnd...)
	dst = append(event(dst, a, "response.output_item.added", 2), `,"output_index":0,"item":`...)
	dst = append(appendItem(dst, a, false), eventEnd...)
	if a.tool != nil {
		return dst
	}
	dst = append(place(event(dst, a, "response.content_part.added", 3), a), `,"part":`...)
	return append(appendPart(dst, a, 0), eventEnd...)
}

func responsesDelta(dst []byte, a *answer, i int) []byte {
	from, to := a.piece(i)
	if a.tool != nil {
		dst = place(event(dst, a, "response.function_call_arguments.delta", 3+i), a)
		dst = appendQuoted(append(dst, `,"delta":`...), toolPiece(from, to))
		return append(dst, eventEnd...)
	}
	dst = place(event(dst, a, "response.output_text.delta", 4+i), a)
	dst = appendText(append(dst, `,"logprobs":[],"delta":"`...), from, to)
	return append(dst, `"`+eventEnd...)
}

func responsesEnd(dst []byte, a *answer) []byte {
	n := 4 + a.chunks
	if a.tool != nil {
		n--
		dst = place(event(dst, a, "response.function_call_arguments.done", n), a)
		dst = appendQuoted(append(dst, `,"arguments":`...), []byte(toolArguments))
		dst = append(dst, eventEnd...)
	} else {
		dst = place(event(dst, a, "response.output_text.done", n), a)
		dst = appendText(append(dst, `,"logprobs":[],"text":"`...), 0, a.size)
		dst = append(dst, `"`+eventEnd...)
		n++
		dst = append(place(event(dst, a, "response.content_part.done", n), a), `,"part":`...)
		dst = append(appendPart(dst, a, a.size), eventEnd...)
	}
	dst = append(event(dst, a, "response.output_item.done", n+1), `,"output_index":0,"item":`...)
	dst = append(appendItem(dst, a, true), eventEnd...)
	if a.has(noDone) {
		return dst
	}
	status := a.finish("completed", "incomplete", "completed")
	dst = event(dst, a, "response."+status, n+2)
	dst = append(dst, `,"response":`...)
	return append(appendResponse(dst, a, status), eventEnd...)
}

func responsesFail(dst []byte, a *answer) []byte {
	dst = append(event(dst, a, "error", 4), `,"code":"server_error","message":`...)
	dst = appendQuoted(dst, []byte(a.errMessage))
	return append(dst, `,"param":null`+eventEnd...)
}
