package hotpath

import (
	"encoding/binary"
	"math/bits"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// answered are the provider's fields that reach the client. Nothing that names
// our account, our key or our limits is among them.
var answered = [http1.NumFieldIDs]bool{
	http1.ContentType:        true,
	http1.ContentEncoding:    true,
	http1.ContentDisposition: true,
	http1.ContentRange:       true,
	http1.CacheControl:       true,
	http1.Date:               true,
	http1.RetryAfter:         true,
	http1.RetryAfterMs:       true,
	http1.XShouldRetry:       true,
	http1.OpenAIProcessingMs: true,
	http1.OpenAIVersion:      true,
	http1.XAmznErrorType:     true, // all that tells AWS's SDKs which exception it is
}

// A chance says whether there is a next attempt.
type chance uint8

const (
	nobody   chance = iota // no target is left
	somebody               // f.target is to be asked
	notYet                 // it is to be asked later: the flight pauses
)

// next picks the target and key of the next attempt.
func (s *Server) next(f *flight) chance {
	x := &f.x
	if f.queued {
		return s.entrance(f, f.ticket.Entry())
	}
	f.land()
	if len(x.Attempts()) > 0 {
		f.blame(f.attempt())
		if f.spent() || f.once() {
			return nobody
		}
	}
	t, k := x.Route.Pick(x, x.Attempts())
	if t == nil {
		return nobody
	}
	if at := x.Ahead.At; at > 0 && int(x.Ahead.After) == len(x.Attempts()) && core.Clock() < at {
		x.Until = at
		f.stand(atNext)
		return notYet
	}
	f.goes()
	if x.Begin(t, k) == nil {
		return nobody
	}
	if f.cross != nil && f.cross.bare { // of a reply that passed for a stream
		f.cross.reset()
		s.crosses.Put(f.cross)
		f.cross = nil
	}
	f.aim(t, k)
	return s.knock(f)
}

// aim prepares the attempt that has just begun.
func (f *flight) aim(t *core.Target, k *core.ProviderKey) {
	x := &f.x
	f.begun, f.first, f.late, f.sent, f.void = 0, 0, false, false, false
	x.Fault = nil // of a target that could not be asked
	f.target, f.key = t, k
	x.Face, x.As = t.Face(x.From, x.Op, x.Name)
}

// entered begins the attempt that was picked.
func (s *Server) entered(f *flight) chance {
	f.share()
	if t := f.target; t.Tally != nil {
		f.tally = t.Tally
		f.tally.Requests.Add(1)
		f.tally.Inflight.Add(1)
	}
	return somebody
}

// land ends the count of the attempt under way, and gives its place back.
func (f *flight) land() {
	f.exit()
	if f.tally != nil {
		f.tally.Inflight.Add(-1)
		f.tally = nil
	}
}

// attempt is the one under way.
func (f *flight) attempt() *core.Attempt {
	a := f.x.Attempts()
	return &a[len(a)-1]
}

// judge records what came of the attempt and says what to do with the reply, whose
// head is in b.
func (f *flight) judge(rep *http1.Reply, b []byte) core.Verb {
	a := f.attempt()
	a.Status, a.Began = rep.Status, f.begun
	if f.begun > 0 {
		a.Took = time.Duration(f.first - f.begun)
		if f.tally != nil {
			f.tally.Upstream.Add(f.first - f.begun)
		}
	}
	verb := core.Class(rep.Status)
	if verb != core.Final {
		a.RetryAfter = retryAfter(rep, b)
		f.note(a, core.PhaseFailed, f.first)
	}
	return verb
}

// stands reports whether a reply that says "not now" is the client's all the
// same, because nobody else is left to ask.
func (s *Server) stands(f *flight) bool {
	return !f.rivalled() && !f.more() && presentable(f.attempt().Status)
}

// more reports whether another target or key is left after what the attempt under way
// came to.
func (f *flight) more() bool {
	x := &f.x
	t, _ := x.Route.Pick(x, x.Attempts())
	return t != nil
}

// refuseHead makes the fault of a head that cannot be read.
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

// presentable reports whether the last reply there was may be shown to the client.
// A provider's word about our key, or a redirect, is not the client's business.
func presentable(status int) bool {
	return status != 401 && status != 402 && status != 403 && (status < 300 || status >= 400)
}

// commit chooses how the reply is relayed and puts its head before what o
// holds of the body. From here on nothing is retried.
func (s *Server) commit(f *flight, rep *http1.Reply, b []byte, o *outbox) {
	x, l := &f.x, &f.rel
	l.committed = true
	f.status = rep.Status
	h := appendStatus(o.head[:0], rep.Status)
	vain := f.status >= 400 && f.vain()
	for i := range rep.N {
		fd := &rep.Fields[i]
		if vain && fd.ID == http1.XShouldRetry {
			continue // we know better
		}
		if (answered[fd.ID] && (l.cross == nil || crossed[fd.ID]) || l.cross == nil && fd.ID == http1.Other && listed(x.From.Answered, fd.Name.Of(b))) && len(h)+int(fd.Value.End-fd.Value.Start) < maxOutHead {
			if fd.ID == http1.Other && len(x.From.Leads) > 0 {
				h = f.appendHome(h, fd, b)
			} else {
				h = fd.AppendTo(h, b)
			}
		}
	}
	if l.cross != nil {
		h = append(append(append(h, "Content-Type: "...), streamType(x.From.Chats[x.Op].Framing, x.Array)...), "\r\n"...)
		h = l.cross.appendDropped(h)
	}
	h = s.appendOwn(h, f)
	switch l.to {
	case bodyLength:
		h = append(http1.AppendUint(append(h, "Content-Length: "...), uint64(rep.ContentLength)), "\r\n"...)
	case bodyChunked:
		h = append(h, "Transfer-Encoding: chunked\r\n"...)
	case bodyNone:
		if rep.Status != 204 && rep.Status != 304 && rep.ContentLength >= 0 {
			h = append(http1.AppendUint(append(h, "Content-Length: "...), uint64(rep.ContentLength)), "\r\n"...)
		}
	}
	if x.Snap.Limits.ServerTiming {
		h = appendTiming(h, f)
	}
	o.head = append(h, "\r\n"...)
}

// frame decides both framings of the reply. It is called once, before the body
// is fed.
func (s *Server) frame(f *flight, rep *http1.Reply, b []byte, method []byte) {
	x, l := &f.x, &f.rel
	kind := rep.Value(b, http1.ContentType)
	ok := rep.Status >= 200 && rep.Status < 300 && rep.At[http1.ContentEncoding] == 0 // else it cannot be read
	framing, stream := framingOf(kind)
	l.stream, l.framing = ok && stream, framing
	l.sse = l.stream && framing == core.FramingSSE
	if f.crosses() {
		l.cross = f.cross
		l.stream = l.stream && x.Peek.Stream && x.Face.Dialect.Chats[x.As] != nil
		l.sse = l.stream && x.From.Chats[x.Op].Framing == core.FramingSSE && !x.Array
		l.gather = !l.stream
	} else if x.Peek.Stream && !x.Array && ok && !stream && x.Op != core.OpPass && x.From.Chats[x.Op] != nil && http1.HasPrefixFold(kind, "application/json") {
		l.cross, l.gather = s.bare(f), true // the provider took no notice of the wish for a stream
	} else if rep.Status == 429 && rep.At[http1.ContentEncoding] == 0 && x.From.ReadFault != nil && string(method) != "HEAD" && http1.HasPrefixFold(kind, "application/json") {
		l.cross, l.gather = s.bare(f), true // its body tells whether a wait is of use
		l.cross.raw = true
	} else if f.homes(rep, b, method) {
		l.cross, l.gather = s.bare(f), true
		l.cross.raw, l.cross.homes = true, true
	}
	l.strip = l.sse && l.cross == nil && x.Peek.Stream && !x.Peek.AskUsage && x.Face.AskUsage
	l.reads = ok && !l.stream && l.cross == nil && (x.Op != core.OpPass || len(x.Peek.Model) > 0) && x.From.ReadUsage != nil && http1.HasPrefixFold(kind, "application/json")
	switch {
	case string(method) == "HEAD" || rep.Status == 204 || rep.Status == 304:
		l.from, l.to = bodyNone, bodyNone
	case rep.Chunked:
		l.from, l.to = bodyChunked, bodyChunked
	case rep.ContentLength >= 0:
		l.from, l.to, l.left = bodyLength, bodyLength, rep.ContentLength
		if l.stream {
			l.to = bodyChunked
		}
	default:
		l.from, l.to = bodyClose, bodyChunked
	}
	if l.gather {
		l.to = bodyNone
		l.cross.keep(rep, b)
		f.status = rep.Status
	}
}

// crossed are those of answered that hold for a translated reply too.
var crossed = [http1.NumFieldIDs]bool{
	http1.CacheControl: true,
	http1.Date:         true,
	http1.RetryAfter:   true,
	http1.RetryAfterMs: true,
	http1.XShouldRetry: true,
}

// framingOf tells by its type how a stream is cut into events.
func framingOf(kind []byte) (f core.Framing, stream bool) {
	switch {
	case http1.HasPrefixFold(kind, "text/event-stream"):
		return core.FramingSSE, true
	case http1.HasPrefixFold(kind, "application/vnd.amazon.eventstream"):
		return core.FramingEventStream, true
	case http1.HasPrefixFold(kind, "application/x-ndjson"):
		return core.FramingLines, true
	}
	return 0, false
}

// vain reports whether the client had better not ask again when this is an error: our tries
// times its own would be too many, or all retries together have used up what they may.
func (f *flight) vain() bool {
	x := &f.x
	n := len(x.Attempts())
	return n == core.MaxAttempts || n > 0 && x.Ahead.Spent && int(x.Ahead.After) == n
}

// appendOwn appends the fields that every answer of ours carries.
func (s *Server) appendOwn(h []byte, f *flight) []byte {
	h = append(h, "X-Request-Id: "...)
	at := len(h)
	h = append(appendHexID(h, &f.x.ID), "\r\n"...)
	id := h[at:]
	if f.status >= 400 && f.vain() {
		h = append(h, "X-Should-Retry: false\r\n"...)
	}
	if f.x.Fault == nil {
		h = append(h, f.x.Reply.Fields...)
	}
	if f.x.Skipped != 0 {
		h = appendSkipped(h, f.x.Skipped)
	}
	if f.x.Snap != nil && f.x.Snap.Limits.Explain {
		h = appendExplained(h, f)
	}
	if l := f.x.Taken.By; l != nil {
		h = l.AppendHeader(h, &f.x)
	}
	if d := f.x.From; d != nil && d.IDHeader != "" {
		h = append(append(append(h, d.IDHeader...), ": "...), id...)
	}
	if f.socket != nil && f.socket.open {
		return h // its connection is no longer one of HTTP's
	}
	if f.free || s.draining.Load() {
		f.free = true
		h = append(h, "Connection: close\r\n"...)
	}
	return h
}

// hex8 is x as eight hexadecimal digits, the first in the lowest byte: its nibbles are
// spread over eight bytes, and those above 9 moved up to the letters.
func hex8(x uint32) uint64 {
	v := uint64(bits.ReverseBytes32(x))
	v = (v | v<<16) & 0x0000ffff0000ffff
	v = (v | v<<8) & 0x00ff00ff00ff00ff
	v = v>>4&0x000f000f000f000f | v&0x000f000f000f000f<<8
	letters := (v + 0x0606060606060606) >> 4 & 0x0101010101010101
	return v + 0x3030303030303030 + letters*('a'-'0'-10)
}

func appendHexID(b []byte, id *[16]byte) []byte {
	var digits [32]byte
	for i := range 4 {
		binary.LittleEndian.PutUint64(digits[8*i:], hex8(binary.BigEndian.Uint32(id[4*i:])))
	}
	return append(b, digits[:]...)
}

// appendTiming tells where the time went so far (W3C Server-Timing, in
// milliseconds): our own decisions, and the wait for the provider.
func appendTiming(h []byte, f *flight) []byte {
	h = appendMillis(append(h, "Server-Timing: gateway;dur="...), f.decide)
	if f.first > f.begun && f.begun > 0 {
		h = appendMillis(append(h, ", upstream;dur="...), f.first-f.begun)
	}
	if f.rested > 0 {
		h = appendMillis(append(h, ", paused;dur="...), f.rested)
	}
	for i, a := range f.x.Attempts()[:max(len(f.x.Attempts())-1, 0)] { // those that came to nothing
		if a.Began > 0 && a.At > a.Began {
			h = appendMillis(append(http1.AppendUint(append(h, ", try"...), uint64(i+1)), ";dur="...), a.At-a.Began)
		}
	}
	h = append(h, ", attempts;desc=\""...)
	h = http1.AppendUint(h, uint64(len(f.x.Attempts())))
	return append(h, "\"\r\n"...)
}

func appendMillis(b []byte, nanos int64) []byte {
	us := uint64(max(nanos, 0)) / 1000
	b = http1.AppendUint(b, us/1000)
	ms := us % 1000
	return append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

// answer writes a reply of the gateway's own into o: the one a stage made, or x.Fault.
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
	h := append(append(appendStatus(o.head, status), "Content-Type: "...), kind...)
	h = append(http1.AppendUint(append(h, "\r\nContent-Length: "...), uint64(len(o.b)-frontRoom)), "\r\n"...)
	if retry > 0 {
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

// failed makes the fault of a request that no target answered.
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

// cause says what the last attempt came to, and what can be done about it.
func (f *flight) cause(last core.Attempt) (msg []byte, code core.Code, hint string) {
	msg = append([]byte("every target failed: "), last.Target.Name...)
	code, hint = core.UpstreamFailed, "try again, or add a fallback to the model"
	switch {
	case f.void && !f.late:
		msg = append(msg, " gave no answer that can be read"...)
	case last.Status == 0 && f.late:
		code = core.UpstreamTimeout
		msg = append(msg, " did not answer in time"...)
		if f.sent && !f.x.Peek.Stream && !f.spent() { // which comes at once with its head
			hint = "try again with stream: true, have header_timeout of provider " + last.Target.Provider + " raised, or add a fallback to the model"
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

// appendStatus appends a status line.
func appendStatus(h []byte, status int) []byte {
	if status == 200 {
		return append(h, "HTTP/1.1 200 OK\r\n"...)
	}
	h = append(http1.AppendUint(append(h, "HTTP/1.1 "...), uint64(status)), ' ')
	return append(append(h, reason(status)...), "\r\n"...)
}

// reason is the phrase of a status line; clients do not read it.
func reason(status int) string {
	switch status {
	case 200:
		return "OK"
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
