package anthropic

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// kindOf returns the error type for an HTTP status.
//
// Source: https://docs.anthropic.com/en/api/errors
func kindOf(status int) string {
	switch status {
	case 401:
		return "authentication_error"
	case 402:
		return "billing_error"
	case 403:
		return "permission_error"
	case 404:
		return "not_found_error"
	case 408, 504:
		return "timeout_error"
	case 413:
		return "request_too_large"
	case 429:
		return "rate_limit_error"
	case 503, 529:
		return "overloaded_error"
	}
	if status >= 500 {
		return "api_error"
	}
	return "invalid_request_error"
}

// unthreaded tells an SDK that asked for a thread that threads are not supported. The tool runner of
// Anthropic's SDK then sends the whole conversation again.
//
// Source: https://github.com/anthropics/anthropic-sdk-typescript, lib/internal/threads
const unthreaded = `,"details":{"error_code":"thread_unsupported_request","unsupported":["thread"]}`

// appendFault is the dialect's AppendFault: Anthropic's error object with the request id.
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
	return endFault(appendError(dst, f), id)
}

// appendError appends the error object up to the last of its members.
func appendError(dst []byte, f *core.Fault) []byte {
	dst = append(dst, `{"type":"error","error":{"type":"`...)
	dst = append(dst, kindOf(f.HTTP())...)
	dst = append(dst, `","message":"`...)
	dst = scan.AppendEscaped(dst, f.Message)
	if f.Hint != "" {
		dst = append(dst, "; hint: "...)
		dst = scan.AppendEscaped(dst, f.Hint)
	}
	dst = append(dst, '"')
	if f.Param == "previous_response_id" {
		dst = append(dst, unthreaded...)
	}
	return dst
}

func endFault(dst, id []byte) []byte {
	dst = scan.AppendString(append(dst, `},"request_id":`...), id)
	return append(dst, '}')
}

// appendStreamFault is the dialect's AppendStreamFault: the event error, after which the connection ends. It
// also says whether to try again, since the head of the reply has been sent already.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = appendError(append(dst, "event: error\ndata: "...), f)
	dst = strconv.AppendBool(append(dst, `,"retryable":`...), f.Retryable())
	return append(endFault(dst, id), "\n\n"...)
}

// readFault is the dialect's ReadFault. Besides Anthropic's own form it reads those of its hosts: Google's
// error with a status, Azure's with a code, and plain text.
func readFault(body []byte, f *core.Fault) {
	if opens(body, '[') { // Google, sometimes
		w := scan.Elements(body)
		_, body, _ = w.Next()
	}
	w := scan.Members(body)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch string(key) {
		case "error":
			if opens(value, '{') {
				readError(value, f)
			} else {
				say(&f.Message, value)
			}
		case "message", "detail", "Message":
			if f.Message == "" {
				say(&f.Message, value)
			}
		}
	}
	if f.Param == "" && (f.Kind == "invalid_request_error" || f.Kind == "not_found_error") {
		f.Param = field(f.Message)
	}
}

func readError(raw []byte, f *core.Fault) {
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return
		}
		switch string(key) {
		case "message":
			say(&f.Message, value)
		case "type", "status":
			say(&f.Kind, value)
		case "code":
			if f.Kind == "" {
				say(&f.Kind, value)
			}
		case "param":
			say(&f.Param, value)
		case "details": // Google
			f.Retry = body.Delay(value)
		}
	}
}

// say stores the string raw in s; other values change nothing.
func say(s *string, raw []byte) {
	if text, ok := scan.Inside(raw); ok && len(text) > 0 {
		*s = string(scan.AppendUnescaped(nil, text))
	}
}

// field returns the field with whose path a message begins, as in "temperature: range: 0..1"; empty: none.
func field(message string) string {
	for i, c := range message {
		switch {
		case c == ':' && i > 0 && i+1 < len(message) && message[i+1] == ' ':
			return message[:i]
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_', c == '.':
		default:
			return ""
		}
	}
	return ""
}

// faultOf returns the Fault for the error object raw of a stream.
func faultOf(raw []byte) *core.Fault {
	f := &core.Fault{Code: core.UpstreamFailed}
	readFault(raw, f)
	switch f.Kind {
	case "overloaded_error":
		f.Code, f.Status = core.Overloaded, 529
	case "rate_limit_error":
		f.Code = core.RateLimited
	case "invalid_request_error":
		f.Code = core.Invalid
	case "request_too_large":
		f.Code = core.TooLarge
	case "timeout_error":
		f.Code = core.UpstreamTimeout
	}
	if f.Message == "" {
		f.Message = "the provider failed in the middle of its answer and did not say why"
	}
	return f
}
