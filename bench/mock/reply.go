package mock

import "strconv"

const (
	typeJSON = "application/json"
	typeSSE  = "text/event-stream; charset=utf-8"
	typeHTML = "text/html; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
)

// chunkedLength stands for a body that is sent in chunks.
const chunkedLength = -1

// begin starts the answer that was decided on.
func (s *session) begin(w *work) bool {
	s.wake = 0
	sc := &s.script
	switch {
	case sc.has(reset):
		s.phase, s.ending = ended, endReset
		return false
	case sc.has(hang):
		s.phase = silent
		return false
	case sc.status != 0:
		s.answer.errStatus = sc.status
		if s.answer.errMessage == "" {
			s.answer.errMessage = "the stand-in provider was asked to answer with this error"
		}
		return s.fault(w)
	case sc.has(html):
		return s.reply(w, 200, typeHTML, append(w.scratch[:0], "<!doctype html><title>mock</title><p>Not what an API answers.\n"...))
	case sc.has(redirect):
		return s.reply(w, 307, typeText, append(w.scratch[:0], "elsewhere\n"...))
	case sc.has(empty):
		return s.reply(w, 200, typeJSON, w.scratch[:0])
	}
	return s.beginBody(w)
}

func (s *session) beginBody(w *work) bool {
	a, buf := &s.answer, w.scratch[:0]
	switch s.route {
	case toModels:
		return s.reply(w, 200, typeJSON, append(buf, modelsBody...))
	case toModel:
		return s.reply(w, 200, typeJSON, appendModel(buf, []byte(modelID(s.side.target))))
	case toHealth:
		return s.reply(w, 200, typeJSON, append(buf, `{"status":"ok","server":"asbru mock"}`...))
	case toCount:
		return s.reply(w, 200, typeJSON, append(appendCount(buf, `{"input_tokens":`, a.prompt), '}'))
	case toEcho:
		return s.reply(w, 200, typeJSON, s.side.appendEcho(buf, s))
	case toNothing:
		a.errStatus, a.errMessage = 404, "no such path; the mock serves OpenAI and Anthropic paths below /v1"
		return s.fault(w)
	}
	sh := s.route.shape()
	switch {
	case s.peek.stream && sh.open != nil:
		return s.beginStream(w)
	case s.script.fail >= 0:
		a.errStatus, a.errMessage = 500, failMessage
		return s.reply(w, 200, typeJSON, sh.fault(buf, a))
	case s.script.bytes > 0 && sh.open != nil && a.tool == nil:
		buf = fitBody(buf, sh, a, s.script.bytes)
	default:
		buf = sh.body(buf, a)
	}
	if a.has(garbage) {
		buf = append(buf[:len(buf)/2], "\xff\xfe}]garbage"...)
	}
	return s.reply(w, 200, typeJSON, buf)
}

// fault answers with the error of the answer, in the route's own format.
func (s *session) fault(w *work) bool {
	return s.reply(w, s.answer.errStatus, typeJSON, s.route.shape().fault(w.scratch[:0], &s.answer))
}

// reply sends a complete answer, whose body is in the scratch buffer.
func (s *session) reply(w *work, status int, kind string, body []byte) bool {
	w.scratch = body
	from := len(w.out)
	s.appendHead(w, status, kind, len(body))
	if s.noBody {
		body = nil
	}
	if cut := s.script.cut >= 0 || s.script.stall >= 0; cut && len(body) > 0 {
		w.out = append(w.out, body[:len(body)/2]...)
		s.phase = silent
		if s.script.cut >= 0 {
			s.phase, s.ending = ended, endClose
		}
		return false
	}
	w.out = append(w.out, body...)
	s.phase = readHead
	if !s.keep {
		s.phase, s.ending = ended, endClose
	}
	s.slow(w, from)
	return true
}

// appendHead writes the head of the answer. It has headers about the account, to show whether a gateway
// removes them.
func (s *session) appendHead(w *work, status int, kind string, length int) {
	s.keep = s.keep && !s.srv.stopping.Load()
	dst := append(w.out, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, ' ')
	dst = append(dst, reason(status)...)
	dst = append(dst, "\r\nContent-Type: "...)
	dst = append(dst, kind...)
	switch {
	case length != chunkedLength:
		dst = appendIndex(dst, "\r\nContent-Length: ", length)
	case !s.old:
		dst = append(dst, "\r\nTransfer-Encoding: chunked\r\nCache-Control: no-cache"...)
	}
	dst = s.answer.appendID(dst, "\r\nX-Request-Id: req_mock_")
	dst = append(dst, "\r\nOpenai-Organization: org-mock\r\nOpenai-Processing-Ms: 1\r\nOpenai-Version: 2020-10-01"+
		"\r\nX-Ratelimit-Limit-Requests: 10000\r\nX-Ratelimit-Remaining-Requests: 9999"...)
	if s.script.retryAfter >= 0 && status >= 400 {
		dst = appendIndex(dst, "\r\nRetry-After: ", s.script.retryAfter)
	}
	if status == 307 {
		dst = append(dst, "\r\nLocation: /v1/redirected"...)
	}
	if !s.keep {
		dst = append(dst, "\r\nConnection: close"...)
	} else if s.old {
		dst = append(dst, "\r\nConnection: keep-alive"...)
	}
	w.out = append(dst, "\r\n\r\n"...)
}

// slow withdraws the output from offset from on, to be sent piece by piece.
func (s *session) slow(w *work, from int) {
	if !s.script.has(slowHead) {
		return
	}
	s.pieces = append([]byte(nil), w.out[from:]...)
	w.out = w.out[:from]
	s.after, s.phase = s.phase, dripping
	s.wake = w.now
}

// drip sends the next piece: the head in dripPieces, and the rest with the last.
func (s *session) drip(w *work) bool {
	n := len(s.pieces)
	if head := headEnd(s.pieces, 0); head > 0 {
		n = max(1, min(head, 400)/dripPieces)
	}
	w.out = append(w.out, s.pieces[:n]...)
	s.pieces = s.pieces[n:]
	if len(s.pieces) > 0 {
		s.wake = w.now + s.script.drip/dripPieces
		return false
	}
	s.wake, s.pieces, s.phase = 0, nil, s.after
	return true
}

// reason returns the reason phrase of the known statuses.
func reason(status int) string {
	switch status {
	case 200:
		return "OK"
	case 307:
		return "Temporary Redirect"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 413:
		return "Content Too Large"
	case 429:
		return "Too Many Requests"
	case 431:
		return "Request Header Fields Too Large"
	case 500:
		return "Internal Server Error"
	case 501:
		return "Not Implemented"
	case 502:
		return "Bad Gateway"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	case 505:
		return "HTTP Version Not Supported"
	}
	return "Mock"
}
