package hotpath

import (
	"encoding/binary"
	"math/bits"

	"asbru/core"
	"asbru/hotpath/http1"
)

// answered are the provider's header fields that reach the client. None of them names
// our account, our key or our limits.
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

// crossed are those of answered that also apply to a translated reply.
var crossed = [http1.NumFieldIDs]bool{
	http1.CacheControl: true,
	http1.Date:         true,
	http1.RetryAfter:   true,
	http1.RetryAfterMs: true,
	http1.XShouldRetry: true,
}

// commit chooses how the reply is relayed and puts its head before what o
// already holds of the body. From here on nothing is retried.
func (s *Server) commit(f *flight, rep *http1.Reply, b []byte, o *outbox) {
	x, l := &f.x, &f.rel
	l.committed = true
	f.status = rep.Status
	h := appendStatus(o.head[:0], rep.Status)
	vain := f.status >= 400 && (f.vain() || f.distant())
	for i := range rep.N {
		fd := &rep.Fields[i]
		if vain && fd.ID == http1.XShouldRetry {
			continue // appendOwn says false
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
		h = append(append(append(h, "Content-Type: "...), x.From.Chats[x.Op].Framing.ContentType(x.Array)...), "\r\n"...)
		h = l.cross.appendDropped(h)
	}
	if rep.Status >= 400 && !tellsRetry(rep) {
		if n := f.seconds(); n > 0 { // its body says so, which not every client reads
			h = appendRetry(h, n)
		}
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
	ok := rep.Status >= 200 && rep.Status < 300 && rep.At[http1.ContentEncoding] == 0 // else the body cannot be read
	framing, stream := framingOf(kind)
	l.stream, l.framing = ok && stream, framing
	l.sse = l.stream && framing == core.FramingSSE
	if f.crosses() {
		l.cross = f.cross
		l.stream = l.stream && x.Peek.Stream && x.Face.Dialect.Chats[x.As] != nil
		l.sse = l.stream && x.From.Chats[x.Op].Framing == core.FramingSSE && !x.Array
		l.gather = !l.stream
	} else if x.Peek.Stream && !x.Array && ok && !stream && x.Op != core.OpPass && x.From.Chats[x.Op] != nil && http1.HasPrefixFold(kind, "application/json") {
		l.cross, l.gather = s.bare(f), true // the provider ignored that a stream was asked for
	} else if rep.Status == 429 && rep.At[http1.ContentEncoding] == 0 && x.From.ReadFault != nil && string(method) != "HEAD" && http1.HasPrefixFold(kind, "application/json") {
		l.cross, l.gather = s.bare(f), true // its body tells whether waiting would help
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

// framingOf returns how a reply of this content type is cut into events; stream is false if it
// is no stream.
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

// vain reports whether the client should not retry if this is an error: our attempts have
// already multiplied its own, or the retry budget of the route is spent.
func (f *flight) vain() bool {
	x := &f.x
	n := len(x.Attempts())
	return n == core.MaxAttempts || n > 0 && x.Ahead.Spent && int(x.Ahead.After) == n
}

// distant reports whether an error, our own or a provider's, names a moment that no program should wait for in
// the middle of a call. Anthropic's SDKs sleep through any Retry-After, hours too, and others ask again at once if
// it is long; all but Cohere's take X-Should-Retry for the last word.
func (f *flight) distant() bool {
	switch {
	case f.x.Fault != nil:
		return f.x.Fault.Retry > longestNap
	case len(f.x.Attempts()) == 0:
		return false
	}
	return f.seconds() > longestWait
}

// sleeps reports whether the client would sleep until a distant moment whatever else it is told: then it is not
// told the moment in a header. An error without one costs its SDK seconds, and says when to come back in words.
func (f *flight) sleeps() bool { return f.x.From != nil && f.x.From.Sleepers && f.distant() }

// appendOwn appends the header fields that the gateway adds to every answer.
func (s *Server) appendOwn(h []byte, f *flight) []byte {
	h = append(h, "X-Request-Id: "...)
	at := len(h)
	h = append(appendHexID(h, &f.x.ID), "\r\n"...)
	id := h[at:]
	if f.status >= 400 && (f.vain() || f.distant()) {
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
	if f.x.Snap != nil && len(f.x.Snap.Origins) > 0 {
		h = f.appendPage(h)
	}
	if l := f.x.Taken.By; l != nil {
		h = l.AppendHeader(h, &f.x)
	}
	if d := f.x.From; d != nil && d.IDHeader != "" {
		h = append(append(append(h, d.IDHeader...), ": "...), id...)
	}
	if f.socket != nil && f.socket.open {
		return h // the connection no longer speaks HTTP
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

// appendTiming appends a Server-Timing header (W3C; milliseconds) that says where the time
// went so far: our own decisions, and the wait for the provider.
func appendTiming(h []byte, f *flight) []byte {
	h = appendMillis(append(h, "Server-Timing: gateway;dur="...), f.decide)
	if f.first > f.begun && f.begun > 0 {
		h = appendMillis(append(h, ", upstream;dur="...), f.first-f.begun)
	}
	if f.rested > 0 {
		h = appendMillis(append(h, ", paused;dur="...), f.rested)
	}
	for i, a := range f.x.Attempts()[:max(len(f.x.Attempts())-1, 0)] { // the failed ones
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
