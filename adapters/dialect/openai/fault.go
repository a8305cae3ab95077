package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendFault is the dialect's AppendFault: OpenAI's error object, with the
// request id beside it. id is text.
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
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
	if f.Kind != "" {
		dst = scan.AppendString(dst, f.Kind)
	} else {
		dst = scan.AppendString(dst, f.Code.String())
	}
	dst = append(dst, `},"request_id":`...)
	dst = scan.AppendString(dst, id)
	return append(dst, '}')
}

// appendStreamFault is the dialect's AppendStreamFault. OpenAI reports a failure
// behind the reply head as one more event with the error object, and its SDKs
// raise it; no [DONE] follows.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, "data: "...)
	dst = appendFault(dst, f, id)
	return append(dst, "\n\n"...)
}
