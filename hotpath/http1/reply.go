package http1

// A Reply is a parsed reply head. Like a Request it is large, and should be reused.
type Reply struct {
	Status int  // 100 to 599
	Reason Span // the reason phrase, which has no meaning; may have bytes above 0x7e
	Head

	// UntilClose says that the body, unless the request was HEAD, ends with the
	// connection. Close is set as well.
	UntilClose bool
}

// ParseReply reads the reply head at the start of buf into r. n, err and r are
// as in ParseRequest, but every Refusal has Status 502.
//
// Framing is read as strictly as in requests. Deviations that do not affect framing are
// tolerated: any reason phrase or none, repeated fields, other credentials.
func ParseReply(buf []byte, r *Reply) (n int, err error) {
	r.clear()
	r.UntilClose = false
	n, f := r.parse(buf[:min(len(buf), MaxHead)])
	if n == 0 && f == none && len(buf) >= MaxHead {
		f = longHead
	}
	if f != none {
		return 0, &replyRefusals[f]
	}
	r.HeadLen = n
	return n, nil
}

// Bodyless reports whether the status forbids a body regardless of the head (RFC 9112
// 6.3): 1xx, 204, 304. A reply to HEAD has no body either.
func (r *Reply) Bodyless() bool {
	return r.Status < 200 || r.Status == 204 || r.Status == 304
}

func (r *Reply) parse(buf []byte) (int, fault) {
	pos, f := r.line(buf)
	if pos == 0 {
		return 0, f
	}
	n, f := r.lines(buf, pos, singleInReply)
	if n == 0 {
		return 0, f
	}
	if r.Status < 200 || r.Status == 204 { // RFC 9110 8.6, RFC 9112 6.1: neither field is allowed
		if r.Chunked || r.ContentLength > 0 {
			return 0, bodyForbidden
		}
	}
	if r.Minor == 0 && !r.keepAlive {
		r.Close = true
	}
	if !r.Bodyless() && !r.Chunked && r.ContentLength < 0 {
		r.UntilClose, r.Close = true, true
	}
	return n, none
}

// line reads the status line and returns the position after it, 0 if buf ends before
// (RFC 9112 4). The space before an empty reason may be missing.
func (r *Reply) line(buf []byte) (int, fault) {
	if len(buf) > len("HTTP/1.1 200") && string(buf[:9]) == "HTTP/1.1 " {
		return r.status(buf, 1)
	}
	minor, f := version(buf)
	if f != none || len(buf) <= 8 {
		return 0, f
	}
	const shape = "HTTP/1.1 000"
	for i := 8; i < min(len(buf), len(shape)); i++ {
		digit := buf[i] >= '0' && buf[i] <= '9'
		if shape[i] == '0' && !digit || shape[i] == ' ' && buf[i] != ' ' {
			return 0, badStatus
		}
	}
	if len(buf) <= len(shape) {
		return 0, none
	}
	return r.status(buf, minor)
}

// status reads the status and the rest of its line.
func (r *Reply) status(buf []byte, minor uint8) (int, fault) {
	if buf[9]-'0' > 9 || buf[10]-'0' > 9 || buf[11]-'0' > 9 {
		return 0, badStatus
	}
	status := int(buf[9]-'0')*100 + int(buf[10]-'0')*10 + int(buf[11]-'0')
	if status < 100 || status > 599 || buf[12] != ' ' && buf[12] != '\r' {
		return 0, badStatus
	}
	start := 12
	if buf[12] == ' ' {
		start++
	}
	cr := value(buf, start)
	if cr == len(buf) {
		return 0, none
	}
	if buf[cr] != '\r' {
		return 0, valueFault(buf[cr])
	}
	r.Minor, r.Status = minor, status
	r.Reason = Span{uint16(start), uint16(cr)}
	return lineEnd(buf, cr)
}
