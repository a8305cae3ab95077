package cohere

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendFault is the dialect's AppendFault: {id, message}, and error_type if the provider sent a kind:
// https://docs.cohere.com/reference/errors
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, `{"message":`...)
	dst = appendMessage(dst, f)
	if f.Kind != "" {
		dst = scan.AppendString(append(dst, `,"error_type":`...), f.Kind)
	}
	dst = scan.AppendString(append(dst, `,"id":`...), id)
	return append(dst, '}')
}

func appendMessage(dst []byte, f *core.Fault) []byte {
	dst = scan.AppendEscaped(append(dst, '"'), f.Message)
	if f.Hint != "" {
		dst = scan.AppendEscaped(append(dst, "; hint: "...), f.Hint)
	}
	return append(dst, '"')
}

// appendStreamFault is the dialect's AppendStreamFault: Cohere ends a failed message like any other, with the reason
// ERROR and the error next to it.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, "event: message-end\ndata: {\"type\":\"message-end\",\"id\":"...)
	dst = scan.AppendString(dst, id)
	dst = append(dst, `,"delta":{"finish_reason":"`...)
	if f.Code == core.UpstreamTimeout {
		dst = append(dst, "TIMEOUT"...)
	} else {
		dst = append(dst, "ERROR"...)
	}
	dst = appendMessage(append(dst, `","error":`...), f)
	if f.Kind != "" {
		dst = scan.AppendString(append(dst, `,"error_type":`...), f.Kind)
	}
	dst = append(dst, `,"usage":{}}}`...)
	return append(dst, "\n\ndata: [DONE]\n\n"...)
}

// readFault reads the error in b, and reports whether there is one.
func readFault(b []byte, f *core.Fault) bool {
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			return f.Message != ""
		}
		switch string(key) {
		case "message", "error", "detail": // error and detail are from proxies in front of the API
			if text, ok := scan.Unquote(nil, value); ok && f.Message == "" {
				f.Message = string(text)
			} else if f.Message == "" && string(key) == "error" {
				readFault(value, f)
			}
		case "error_type":
			if text, ok := scan.Unquote(nil, value); ok {
				f.Kind = string(text)
			}
		}
	}
}
