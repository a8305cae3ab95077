package openai

import (
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// appendFault is the dialect's AppendFault: OpenAI's error object, and the request id next to it.
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

// codeOf returns the code by which clients distinguish faults. Other vendors have one code for everything
// that is not found; for a conversation, that is the model.
func codeOf(f *core.Fault) string {
	switch f.Kind {
	case "":
		return f.Code.String()
	case "not_found_error", "NOT_FOUND", "ResourceNotFoundException":
		return "model_not_found"
	}
	return f.Kind
}

// appendStreamFault is the dialect's AppendStreamFault. OpenAI reports a failure after the head of the
// reply as one more event with the error object, which its SDKs raise; no [DONE] follows. It also says
// whether to try again, since the head has been sent already.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = appendError(append(dst, "data: "...), f)
	dst = strconv.AppendBool(append(dst, `,"retryable":`...), f.Retryable())
	dst = scan.AppendString(append(dst, `},"request_id":`...), id)
	return append(dst, "}\n\n"...)
}
