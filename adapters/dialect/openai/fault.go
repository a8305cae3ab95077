package openai

import (
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// appendFault is the dialect's AppendFault: OpenAI's error object, with the
// request id beside it. id is text.
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(appendError(dst, f), `},"request_id":`...)
	dst = scan.AppendString(dst, id)
	return append(dst, '}')
}

// appendError appends the error object up to the last of its members.
func appendError(dst []byte, f *core.Fault) []byte {
	dst = append(dst, `{"error":{"message":"`...)
	dst = scan.AppendEscaped(dst, f.Message)
	if f.Hint != "" {
		dst = append(dst, "; hint: "...)
		dst = scan.AppendEscaped(dst, f.Hint)
	}
	dst = append(dst, `","type":`...)
	dst = scan.AppendString(dst, f.Code.Kind())
	dst = append(dst, `,"param":`...)
	if f.Param == "" {
		dst = append(dst, "null"...)
	} else {
		dst = scan.AppendString(dst, f.Param)
	}
	dst = append(dst, `,"code":`...)
	return scan.AppendString(dst, codeOf(f))
}

// codeOf is what a client reads to tell faults apart. Other vendors have one word for all that
// is not there; when a conversation asks for that, it is the model.
func codeOf(f *core.Fault) string {
	switch f.Kind {
	case "":
		return f.Code.String()
	case "not_found_error", "NOT_FOUND", "ResourceNotFoundException":
		return "model_not_found"
	}
	return f.Kind
}

// appendStreamFault is the dialect's AppendStreamFault. OpenAI reports a failure
// behind the reply head as one more event with the error object, and its SDKs
// raise it; no [DONE] follows. Whether to try again stands in it, as the head of the
// reply is long gone.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = appendError(append(dst, "data: "...), f)
	dst = strconv.AppendBool(append(dst, `,"retryable":`...), f.Retryable())
	dst = scan.AppendString(append(dst, `},"request_id":`...), id)
	return append(dst, "}\n\n"...)
}
