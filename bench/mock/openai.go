package mock

import "strconv"

// The common parts of the OpenAI formats.

const doneEvent = "data: [DONE]\n\n"

func appendDone(dst []byte, a *answer) []byte {
	if a.has(noDone) {
		return dst
	}
	return append(dst, doneEvent...)
}

// finish returns the finish reason of the reply.
func (a *answer) finish(tool, length, stop string) string {
	switch {
	case a.tool != nil:
		return tool
	case a.cutShort:
		return length
	}
	return stop
}

// toolPiece returns a part of the tool arguments, adjusted to character boundaries.
func toolPiece(from, to int) []byte {
	return []byte(toolArguments[wholeByte(from):wholeByte(to)])
}

func wholeByte(i int) int {
	for i < len(toolArguments) && toolArguments[i]&0xc0 == 0x80 {
		i++
	}
	return i
}

func openaiUsage(dst []byte, a *answer) []byte {
	in, out := a.counts()
	dst = appendCount(dst, `{"prompt_tokens":`, in)
	dst = appendCount(dst, `,"completion_tokens":`, out)
	dst = appendCount(dst, `,"total_tokens":`, in+out)
	return append(dst, `,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":`+
		`{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`...)
}

func openaiFail(dst []byte, a *answer) []byte {
	return append(openaiFault(append(dst, "data: "...), a), "\n\n"...)
}

// openaiFault is the error envelope; a.errStatus and a.errMessage say which.
func openaiFault(dst []byte, a *answer) []byte {
	kind, code := openaiErrorType(a.errStatus)
	dst = append(dst, `{"error":{"message":`...)
	dst = appendQuoted(dst, []byte(a.errMessage))
	dst = append(dst, `,"type":"`...)
	dst = append(dst, kind...)
	dst = append(dst, `","param":null,"code":`...)
	dst = append(dst, code...)
	return append(dst, `}}`...)
}

// openaiErrorType gives the type, and the code as JSON, that go with a status.
// https://platform.openai.com/docs/guides/error-codes
func openaiErrorType(status int) (kind, code string) {
	switch {
	case status == 401:
		return "invalid_request_error", `"invalid_api_key"`
	case status == 404:
		return "invalid_request_error", `"model_not_found"`
	case status == 429:
		return "requests", `"rate_limit_exceeded"`
	case status >= 500:
		return "server_error", "null"
	}
	return "invalid_request_error", "null"
}

// modelsBody lists models, the same for every caller.
const modelsBody = `{"object":"list","data":[` +
	`{"id":"mock","object":"model","created":` + created + `,"owned_by":"asbru-mock"},` +
	`{"id":"mock-tool","object":"model","created":` + created + `,"owned_by":"asbru-mock"},` +
	`{"id":"mock-latency-200ms","object":"model","created":` + created + `,"owned_by":"asbru-mock"},` +
	`{"id":"gpt-4o-mini","object":"model","created":` + created + `,"owned_by":"asbru-mock"},` +
	`{"id":"text-embedding-3-small","object":"model","created":` + created + `,"owned_by":"asbru-mock"},` +
	`{"id":"claude-sonnet-4-5","object":"model","created":` + created + `,"owned_by":"asbru-mock"}]}`

// appendModel appends the answer of GET /models/{id}; id consists of URL characters.
func appendModel(dst, id []byte) []byte {
	dst = appendQuoted(append(dst, `{"id":`...), id)
	return append(dst, `,"object":"model","created":`+created+`,"owned_by":"asbru-mock"}`...)
}

// completionsShape writes the legacy text completions.
// https://platform.openai.com/docs/api-reference/completions
var completionsShape = shape{
	body: textBody, open: textOpen, delta: textDelta, end: textEnd, fail: openaiFail, fault: openaiFault,
}

func textHead(dst []byte, a *answer) []byte {
	dst = a.appendID(dst, `{"id":"cmpl-mock-`)
	dst = append(dst, `","object":"text_completion","created":`+created+`,"model":"`...)
	dst = append(dst, a.model...)
	return append(dst, '"')
}

func textBody(dst []byte, a *answer) []byte {
	dst = append(textHead(dst, a), `,"choices":[{"text":"`...)
	dst = appendText(dst, 0, a.size)
	dst = append(dst, `","index":0,"logprobs":null,"finish_reason":"`...)
	dst = append(dst, a.finish("stop", "length", "stop")...)
	dst = append(dst, `"}]`...)
	if !a.has(noUsage) {
		dst = openaiUsage(append(dst, `,"usage":`...), a)
	}
	return append(dst, '}')
}

func textOpen(dst []byte, _ *answer) []byte { return dst }

func textDelta(dst []byte, a *answer, i int) []byte {
	from, to := a.piece(i)
	dst = textHead(append(dst, "data: "...), a)
	dst = append(a.appendStamp(dst), `,"choices":[{"text":"`...)
	dst = appendText(dst, from, to)
	return append(dst, `","index":0,"logprobs":null,"finish_reason":null}]}`+"\n\n"...)
}

func textEnd(dst []byte, a *answer) []byte {
	dst = textHead(append(dst, "data: "...), a)
	dst = append(a.appendStamp(dst), `,"choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"`...)
	dst = append(dst, a.finish("stop", "length", "stop")...)
	dst = append(dst, `"}]}`+"\n\n"...)
	if a.wantUsage {
		dst = textHead(append(dst, "data: "...), a)
		dst = openaiUsage(append(a.appendStamp(dst), `,"choices":[],"usage":`...), a)
		dst = append(dst, "}\n\n"...)
	}
	return appendDone(dst, a)
}

// appendIndex appends name and a small number.
func appendIndex(dst []byte, name string, i int) []byte {
	return strconv.AppendInt(append(dst, name...), int64(i), 10)
}
