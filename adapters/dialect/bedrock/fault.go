package bedrock

import (
	"bytes"

	"asbru/core"
	"asbru/core/eventstream"
	"asbru/core/scan"
)

// exceptions are the exceptions of Bedrock's runtime by HTTP status; in streams their names begin with a small
// letter. The first one of a status is written.
var exceptions = [...]struct {
	status int
	name   string
	stream string // "": it does not occur in streams
}{
	{400, "ValidationException", "validationException"},
	{401, "AccessDeniedException", "validationException"},
	{402, "AccessDeniedException", "validationException"}, // AWS says so too where payment is what is wrong
	{403, "AccessDeniedException", "validationException"},
	{404, "ResourceNotFoundException", "validationException"},
	{408, "ModelTimeoutException", "modelTimeoutException"},
	{413, "ValidationException", "validationException"},
	{424, "ModelErrorException", "modelStreamErrorException"},
	{429, "ThrottlingException", "throttlingException"},
	{500, "InternalServerException", "internalServerException"},
	{502, "ModelErrorException", "modelStreamErrorException"},
	{503, "ServiceUnavailableException", "serviceUnavailableException"},
	{504, "ModelTimeoutException", "modelTimeoutException"},
	{529, "ServiceUnavailableException", "serviceUnavailableException"},
	{429, "ModelNotReadyException", ""},
	{400, "ServiceQuotaExceededException", ""},
}

// appendFault is the dialect's AppendFault: {"message"}; the kind of fault is in a header.
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = append(dst, `{"message":"`...)
	dst = scan.AppendEscaped(dst, f.Message)
	if f.Hint != "" {
		dst = scan.AppendEscaped(append(dst, "; hint: "...), f.Hint)
	}
	dst = append(dst, '"')
	if len(id) > 0 {
		dst = scan.AppendString(append(dst, `,"request_id":`...), id)
	}
	return append(dst, '}')
}

// faultHeader is the dialect's FaultHeader.
func faultHeader(dst []byte, f *core.Fault) []byte {
	return append(append(append(dst, "x-amzn-errortype: "...), exceptionOf(f, false)...), "\r\n"...)
}

// exceptionOf returns the name of the exception for f, in a stream or outside.
func exceptionOf(f *core.Fault, stream bool) string {
	for _, e := range exceptions {
		if f.Kind == e.name && !stream || f.Kind == e.stream && stream && f.Kind != "" {
			return f.Kind
		}
	}
	status := f.HTTP()
	if status < 400 || status >= 500 && status != 502 && status != 503 && status != 504 && status != 529 {
		status = 500
	}
	for _, e := range exceptions {
		if e.status == status {
			if stream {
				return e.stream
			}
			return e.name
		}
	}
	return exceptionOf(&core.Fault{Status: 400}, stream)
}

// appendStreamFault is the dialect's AppendStreamFault: an exception ends a stream.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst, at := eventstream.Begin(dst, eventstream.Exception, exceptionOf(f, true))
	return eventstream.End(appendFault(dst, f, id), at)
}

// readFault is the dialect's ReadFault. AWS's frontends write Message, and __type where the header with the kind
// may be missing.
func readFault(body []byte, f *core.Fault) {
	w := scan.Members(body)
	for {
		key, v, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "message", "Message":
			if t, ok := scan.Inside(v); ok && len(t) > 0 {
				f.Message = string(scan.AppendUnescaped(nil, t))
			}
		case "__type":
			t := inside(v)
			if i := bytes.LastIndexByte(t, '#'); i >= 0 {
				t = t[i+1:]
			}
			f.Kind = string(t)
		}
	}
}

// streamFault returns the Fault for an exception in a stream.
func streamFault(name, data []byte) *core.Fault {
	f := &core.Fault{Code: core.UpstreamFailed, Kind: string(name), Status: 502}
	for _, e := range exceptions {
		if e.stream == string(name) {
			f.Status = e.status
			break
		}
	}
	if opens(data, '{') {
		kind := f.Kind
		readFault(data, f)
		f.Kind = kind
	} else if len(data) > 0 {
		f.Message = string(data)
	}
	if f.Message == "" {
		f.Message = "the provider broke the stream off with " + f.Kind
	}
	return f
}
