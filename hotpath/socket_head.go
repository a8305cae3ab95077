package hotpath

import (
	"bytes"
	"crypto/rand"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/ws"
)

// requestSocket writes the attempt's handshake into o: the target's path, host and credential,
// the client's permitted fields, and a key of our own. Extensions are not offered: what is
// compressed could not be read.
func (s *Server) requestSocket(f *flight, r *http1.Request, o *outbox) bool {
	x, t, k := &f.x, f.target, f.socket
	h := append(o.head, "GET "...)
	at := len(h)
	h = appendSocketPath(h, f, r)
	target := core.Span{Start: int32(at), End: int32(len(h))}
	h = append(append(h, " HTTP/1.1\r\nHost: "...), t.Host...)
	h = append(h, "\r\n"...)
	if f.key != nil && f.key.Sign != nil {
		var ok bool
		if h, ok = sign(h, f, r, target, nil); !ok {
			return false
		}
	} else if f.key != nil {
		h = append(h, f.key.Header...)
	}
	h = append(append(h, x.Face.Headers...), t.Headers...)
	h = appendForwarded(h, r, f, false)
	var nonce [16]byte
	rand.Read(nonce[:])
	k.sent = ws.AppendKey(k.sent[:0], nonce)
	h = append(h, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "...)
	h = append(append(h, k.sent...), "\r\n"...)
	if len(k.offered) > 0 {
		h = append(append(append(h, "Sec-WebSocket-Protocol: "...), k.offered...), "\r\n"...)
	}
	if k.late {
		var mask [4]byte
		rand.Read(mask[:])
		f.introduce(mask)
	}
	o.head = append(h, "\r\n"...)
	if !o.front(o.head) {
		refuse(x, core.TooLarge, "the header lines that go on to the provider are longer than 10240 bytes", "send shorter ones")
		x.Fault.Status = 431
		return false
	}
	return true
}

// appendSocketPath appends the target's path with the model in its place, and what the client's
// query holds besides. A session of no model loses the parameter for it, which stands last.
func appendSocketPath(h []byte, f *flight, r *http1.Request) []byte {
	x := &f.x
	at := len(h)
	model := f.model()
	h = x.Face.AppendPath(h, core.OpRealtime, false, model)
	own := bytes.IndexByte(h[at:], '?')
	if own >= 0 && len(model) == 0 && h[len(h)-1] == '=' {
		h = h[:at+bytes.LastIndexAny(h[at:], "?&")]
		own = bytes.IndexByte(h[at:], '?')
	}
	var fixed []byte
	mark := byte('?')
	if own >= 0 {
		fixed, mark = append(fixed, h[at+own+1:]...), '&'
	}
	for q := r.Query.Of(f.buf); len(q) > 0; {
		var p []byte
		p, q, _ = bytes.Cut(q, []byte("&"))
		name, _, _ := bytes.Cut(p, []byte("="))
		if v, ok := parameter(fixed, string(name)); len(name) > 0 && ok && v == nil && !f.consumes(name) {
			h = append(append(h, mark), p...)
			mark = '&'
		}
	}
	return h
}

// hearSocket judges the head of a reply to a handshake, which is in b.
func (s *Server) hearSocket(f *flight, rep *http1.Reply, b []byte) hearing {
	verb := f.judge(rep, b, nil)
	switch {
	case rep.Status == switching:
		if why := f.socket.unlike(rep, b); why != "" {
			return f.noSocket(why)
		}
		return heGets
	case rep.Status < 300:
		return f.noSocket(" to the handshake of a WebSocket")
	case rep.Status < 400:
		return f.refusedBecause(", which leads elsewhere, and no redirect is followed", "set base_url to the address that the provider has now")
	case verb != core.Final && !s.stands(f):
		return another
	case rep.Status == upgradeRequired || rep.Status == 405:
		return f.refusedBecause(" to the handshake of a WebSocket", "check base_url and paths.realtime of the provider")
	case f.socket.open: // the client no longer speaks HTTP
		msg := append([]byte(f.target.Name), " refused the WebSocket with "...)
		refuse(&f.x, codeOf(rep.Status), string(http1.AppendUint(msg, uint64(rep.Status))), "check the model's name, and whether the provider has it for the Live API")
		f.x.Fault.Status = rep.Status
		return refused
	}
	return heGets
}

// switching is the status of a reply that ends HTTP on its connection.
const switching = 101

// noSocket ends an attempt whose target did not agree to the WebSocket that was asked for.
func (f *flight) noSocket(why string) hearing {
	if f.spare() {
		f.attempt().Status, f.void = 502, true
		return another
	}
	return f.refusedBecause(why, "check base_url and paths.realtime of the provider")
}

// unlike says what is wrong with a 101; empty: nothing (RFC 6455 §4.1).
func (k *socket) unlike(rep *http1.Reply, b []byte) string {
	accept, n := named(&rep.Head, b, socketAccept)
	want := ws.AppendAccept(nil, k.sent)
	protocol, several := named(&rep.Head, b, socketProtocol)
	_, extended := named(&rep.Head, b, "sec-websocket-extensions")
	switch {
	case !http1.EqualFold(rep.Value(b, http1.Upgrade), "websocket"):
		return " and agreed to something other than a WebSocket"
	case n != 1 || !bytes.Equal(accept, want):
		return " with an answer to another handshake"
	case several > 1 || several == 1 && !k.offers(protocol):
		return " and chose a subprotocol that was not offered"
	case extended > 0:
		return " and chose an extension that was not offered"
	}
	return ""
}

// appendOpen appends the head that opens the client's WebSocket. protocol is what the target
// chose; nil: ours is chosen, if it is offered, for a browser that offers some and gets none hangs up.
func (s *Server) appendOpen(h []byte, f *flight, protocol []byte) []byte {
	k := f.socket
	h = append(h, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	h = append(ws.AppendAccept(h, k.key[:]), "\r\n"...)
	if own := f.x.From.Sockets.Protocol; protocol == nil && own != "" && k.offers([]byte(own)) {
		protocol = []byte(own)
	}
	if len(protocol) > 0 {
		h = append(append(append(h, "Sec-WebSocket-Protocol: "...), protocol...), "\r\n"...)
	}
	return append(s.appendOwn(h, f), "\r\n"...)
}

// consumes reports whether a parameter of the client's query is for the gateway only.
func (f *flight) consumes(name []byte) bool {
	c := f.x.From.Sockets
	return listed(c.Names, name) || c.Secret != "" && http1.EqualFold(name, c.Secret) || listed(f.x.From.CutQuery, name)
}
