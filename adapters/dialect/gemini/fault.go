package gemini

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// appendFault is the dialect's AppendFault: a google.rpc.Status, as
// https://cloud.google.com/apis/design/errors has it, with the request id among its details.
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
	status := f.HTTP()
	dst = append(dst, `{"error":{"code":`...)
	dst = scan.AppendInt(dst, int64(status))
	dst = append(dst, `,"message":"`...)
	dst = scan.AppendEscaped(dst, f.Message)
	if f.Hint != "" {
		dst = append(dst, "; hint: "...)
		dst = scan.AppendEscaped(dst, f.Hint)
	}
	dst = append(dst, `","status":"`...)
	dst = append(dst, statusWord(status)...)
	dst = append(dst, `","details":[{"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":`...)
	dst = scan.AppendString(dst, id)
	dst = append(dst, '}')
	if f.Retry > 0 {
		dst = append(dst, `,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"`...)
		dst = append(scan.AppendInt(dst, int64(f.Retry)), `s"}`...)
	}
	if f.Param != "" {
		dst = append(dst, `,{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":`...)
		dst = scan.AppendString(dst, f.Param)
		dst = append(dst, `}]}`...)
	}
	return append(dst, `]}}`...)
}

// appendStreamFault is the dialect's AppendStreamFault for server-sent events. For a stream that is an array, AppendEvent
// writes the fault.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, "data: "...)
	dst = appendFault(dst, f, id)
	return append(dst, "\r\n\r\n"...)
}

// statusWord returns the name of the google.rpc.Code for an HTTP status.
func statusWord(status int) string {
	switch status {
	case 401:
		return "UNAUTHENTICATED"
	case 402: // Google has none of that status, and says so of accounts without billing
		return "FAILED_PRECONDITION"
	case 403:
		return "PERMISSION_DENIED"
	case 404:
		return "NOT_FOUND"
	case 409:
		return "ABORTED"
	case 429:
		return "RESOURCE_EXHAUSTED"
	case 499:
		return "CANCELLED"
	case 501:
		return "UNIMPLEMENTED"
	case 502, 503, 529:
		return "UNAVAILABLE"
	case 408, 504:
		return "DEADLINE_EXCEEDED"
	}
	if status < 500 {
		return "INVALID_ARGUMENT"
	}
	return "INTERNAL"
}

// badKey is the reason of a 400 for a wrong key, for which others answer 401
// (https://cloud.google.com/apis/design/errors, google.api.ErrorReason).
const badKey = "API_KEY_INVALID"

// readFault is the dialect's ReadFault. Kind is the reason of an ErrorInfo, such as API_KEY_INVALID, or else the status. An
// error of a stream that is an array is in an array.
func readFault(text []byte, f *core.Fault) {
	w := scan.Elements(text)
	if _, first, ok := w.Next(); ok {
		text = first
	}
	w = scan.Members(text)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		if string(key) == "error" {
			readStatus(value, f)
		}
	}
}

func readStatus(status []byte, f *core.Fault) {
	if text, ok := scan.Inside(status); ok { // as some proxies write it
		f.Message = string(scan.AppendUnescaped(nil, text))
		return
	}
	w := scan.Members(status)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch text, _ := scan.Inside(value); string(key) {
		case "message":
			f.Message = string(scan.AppendUnescaped(nil, text))
		case "status":
			if f.Kind == "" {
				f.Kind = string(scan.AppendUnescaped(nil, text))
			}
		case "details":
			details(value, f)
		}
	}
}

// details reads the reason of an ErrorInfo, the field of a BadRequest and the delay of a
// RetryInfo (google/rpc/error_details.proto).
func details(list []byte, f *core.Fault) {
	f.Retry = body.Delay(list)
	w := scan.Elements(list)
	for {
		_, detail, ok := w.Next()
		if !ok {
			return
		}
		m := scan.Members(detail)
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			switch string(key) {
			case "reason":
				if text, ok := scan.Inside(value); ok && len(text) > 0 {
					f.Kind = string(scan.AppendUnescaped(nil, text))
					f.BadKey = f.Kind == badKey
				}
			case "fieldViolations":
				v := scan.Elements(value)
				if _, first, ok := v.Next(); ok && f.Param == "" {
					f.Param = violated(first)
				}
			}
		}
	}
}

func violated(violation []byte) string {
	w := scan.Members(violation)
	for {
		key, value, ok := w.Next()
		if !ok {
			return ""
		}
		if text, is := scan.Inside(value); is && string(key) == "field" {
			return string(scan.AppendUnescaped(nil, text))
		}
	}
}
