package hotpath

import (
	"asbru/core"
	"asbru/hotpath/http1"
)

// answer writes the gateway's own reply into o: the one that a stage made, or x.Fault.
func (s *Server) answer(f *flight, o *outbox, head bool) {
	x := &f.x
	o.reset()
	status, kind, retry := x.Reply.Status, x.Reply.Type, 0
	if x.Fault != nil {
		var id [32]byte
		status, kind, retry = x.Fault.HTTP(), "application/json", x.Fault.Retry
		if x.From != nil && x.From.AppendFault != nil {
			o.b = x.From.AppendFault(o.b, x.Fault, appendHexID(id[:0], &x.ID))
		}
	} else {
		o.b = append(o.b, x.Reply.Body...)
	}
	f.status = status
	h := appendStatus(o.head, status)
	if status != 204 { // RFC 9110 8.6: it has no length
		h = append(append(h, "Content-Type: "...), kind...)
		h = append(http1.AppendUint(append(h, "\r\nContent-Length: "...), uint64(len(o.b)-frontRoom)), "\r\n"...)
	}
	if retry > 0 && !f.sleeps() {
		h = append(http1.AppendUint(append(h, "Retry-After: "...), uint64(retry)), "\r\n"...)
	}
	if status == upgradeRequired {
		h = append(h, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"...)
	}
	if status == 405 {
		h = append(h, "Allow: GET, POST, PUT, PATCH, DELETE, HEAD\r\n"...)
	}
	if x.Fault != nil && x.From != nil && x.From.FaultHeader != nil {
		h = x.From.FaultHeader(h, x.Fault)
	}
	h = s.appendOwn(h, f)
	o.head = append(h, "\r\n"...)
	if head {
		o.b = o.b[:frontRoom]
	}
	o.front(o.head)
}

// failed makes the fault for a request that no target answered.
func (f *flight) failed() {
	x := &f.x
	if x.Fault != nil {
		return
	}
	tries := x.Attempts()
	if len(tries) == 0 {
		f.lacks()
		return
	}
	last := tries[len(tries)-1]
	msg, code, hint := f.cause(last)
	if x.Skipped&core.SkipRetry != 0 {
		msg = append(msg, " within the request's own x-latency-budget"...)
		code = core.UpstreamTimeout
	}
	if len(tries) == 1 {
		msg = append(msg, ", after 1 attempt"...)
	} else {
		msg = append(http1.AppendUint(append(msg, ", after "...), uint64(len(tries))), " attempts in all"...)
	}
	refuse(x, code, string(msg), hint)
}

// cause describes how the last attempt failed, and what can be done about it.
func (f *flight) cause(last core.Attempt) (msg []byte, code core.Code, hint string) {
	msg = append([]byte("every target failed: "), last.Target.Name...)
	code, hint = core.UpstreamFailed, "try again, or add a fallback to the model"
	switch {
	case f.void && !f.late:
		msg = append(msg, " gave no answer that can be read"...)
	case last.Status == 0 && f.late:
		code = core.UpstreamTimeout
		msg = append(msg, " did not answer in time"...)
		if f.sent && f.comesWhole() {
			hint = f.longer(last.Target.Provider)
		}
	case last.Status == 0 && f.sent:
		msg = append(msg, " ended the connection before its answer was whole"...)
	case last.Status == 0:
		msg = append(msg, " could not be reached"...)
	default:
		msg = http1.AppendUint(append(msg, " answered "...), uint64(last.Status))
		if !presentable(last.Status) && last.Status > 400 {
			hint = "have the keys of provider " + last.Target.Provider + " checked, or add a fallback to the model"
		}
	}
	return msg, code, hint
}

// longer says how to wait longer for an answer that comes whole.
func (f *flight) longer(provider string) string {
	lead := "try again with stream: true, "
	if f.x.Op == core.OpPass {
		lead = "try again, "
	}
	switch {
	case !f.spent():
		return lead + "have answer_timeout of provider " + provider + " raised, or add a fallback to the model"
	case f.x.Skipped&core.SkipRetry != 0:
		return lead + "or allow more in x-latency-budget"
	}
	return lead + "or have total_timeout of provider " + provider + " raised"
}

// appendStatus appends a status line.
func appendStatus(h []byte, status int) []byte {
	if status == 200 {
		return append(h, "HTTP/1.1 200 OK\r\n"...)
	}
	h = append(http1.AppendUint(append(h, "HTTP/1.1 "...), uint64(status)), ' ')
	return append(append(h, reason(status)...), "\r\n"...)
}

// reason is the reason phrase of a status line; clients ignore it.
func reason(status int) string {
	switch status {
	case 200:
		return "OK"
	case 204:
		return "No Content"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 402:
		return "Payment Required"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 408:
		return "Request Timeout"
	case 413:
		return "Content Too Large"
	case 422:
		return "Unprocessable Content"
	case upgradeRequired:
		return "Upgrade Required"
	case 429:
		return "Too Many Requests"
	case 500:
		return "Internal Server Error"
	case 502:
		return "Bad Gateway"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	}
	switch status / 100 {
	case 2:
		return "Success"
	case 4:
		return "Client Error"
	}
	return "Error"
}

// refuseHead makes the fault for a request head that cannot be read.
func (s *Server) refuseHead(f *flight, bad *http1.Refusal) {
	x := &f.x
	x.Start = core.Clock()
	s.newID(x)
	x.Snap = s.snap.Load()
	if len(s.opt.Doors) > 0 {
		x.From = s.opt.Doors[0].Dialect
	}
	f.free = true
	refuse(x, core.Invalid, bad.Reason, "")
	x.Fault.Status = bad.Status
}
