package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/ws"
)

// A socket is the state of an exchange that becomes a WebSocket (RFC 6455). It is kept apart from
// the flight because few do.
type socket struct {
	key     [ws.KeySize]byte // the client's
	sent    []byte           // the key that went to the target
	offered []byte           // the client's subprotocols that may be sent upstream, as one list; nil: none
	late    bool             // the client's first message names the model: it gets its 101 before a target is asked
	open    bool             // the client has got its 101
	flow    ws.Flow          // of the client's frames, once it is open
	kind    ws.Opcode        // of the first message, if late
	out     []byte           // a frame that the target gets before everything the client sends
}

// Header fields that only a handshake needs.
const (
	socketKey      = "sec-websocket-key"
	socketVersion  = "sec-websocket-version"
	socketAccept   = "sec-websocket-accept"
	socketProtocol = "sec-websocket-protocol"

	// secretProtocol is the prefix of the subprotocol in which browsers send a key, as they cannot
	// set headers.
	secretProtocol = "openai-insecure-api-key."
)

// private are prefixes of subprotocols that carry data of the caller's own account.
var private = [...]string{secretProtocol, "openai-organization.", "openai-project."}

// upgrade judges the handshake of a WebSocket (RFC 6455 §4.2.1). The caller is known.
func (s *Server) upgrade(f *flight, r *http1.Request, b []byte) way {
	x := &f.x
	f.free = true // whatever happens, no HTTP request follows on this connection
	key, keys := named(&r.Head, b, socketKey)
	version, versions := named(&r.Head, b, socketVersion)
	switch {
	case x.From.Sockets == nil:
		return refuse(x, core.Invalid, "there are no WebSockets in the format "+x.From.Name, "ask over HTTP, for a stream with server-sent events")
	case string(r.Method.Of(b)) != "GET" || r.Chunked || r.ContentLength > 0:
		return refuse(x, core.Invalid, "only a GET without a body can open a WebSocket", "let a WebSocket client make the request")
	case !r.Upgrade || !http1.EqualFold(r.Value(b, http1.Upgrade), "websocket"):
		refuse(x, core.Invalid, "this path is served as a WebSocket only, and the request asks for none", "connect with a WebSocket client, with Connection: Upgrade and Upgrade: websocket")
		x.Fault.Status = upgradeRequired
		return wayFault
	case versions != 1 || string(version) != "13":
		refuse(x, core.Invalid, "the WebSocket is asked for in a version other than 13", "send Sec-WebSocket-Version: 13")
		x.Fault.Status = upgradeRequired
		return wayFault
	case keys != 1 || !ws.KeyValid(key):
		return refuse(x, core.Invalid, "the Sec-WebSocket-Key is missing or is not sixteen bytes in base64", "let a WebSocket client make the request")
	case !welcome(x.Snap, r, b):
		return refuse(x, core.Forbidden, "pages of the origin "+quote(r.Value(b, http1.Origin))+" may not open WebSockets here", "have it added to allowed_origins")
	}
	k := &socket{late: x.From.Sockets.Names == nil, offered: offers(r, b)}
	copy(k.key[:], key)
	f.socket = k
	x.Peek.Stream = true
	return wayHot
}

const upgradeRequired = 426

// named returns the value of the header field called name, and how many such fields there are.
func named(h *http1.Head, b []byte, name string) (value []byte, n int) {
	for i := range h.N {
		if fd := &h.Fields[i]; http1.EqualFold(fd.Name.Of(b), name) {
			value, n = fd.Value.Of(b), n+1
		}
	}
	return value, n
}

// welcome checks the Origin, which browsers send and pages cannot forge: otherwise any web page
// could talk to a gateway that only its visitor's machine can reach. Other clients send none.
func welcome(snap *core.Snapshot, r *http1.Request, b []byte) bool {
	if r.At[http1.Origin] == 0 {
		return true
	}
	origin := r.Value(b, http1.Origin)
	_, host, ok := bytes.Cut(origin, []byte("://"))
	if ok && bytes.EqualFold(host, r.Value(b, http1.Host)) {
		return true
	}
	place := pageOf(snap, r, b)
	return place > 0 && (ok || snap.Origins[place-1].Name != "*")
}

// protocols calls f with each subprotocol that the client offers, until f returns false.
func protocols(r *http1.Request, b []byte, f func(name []byte) bool) {
	for i := range r.N {
		fd := &r.Fields[i]
		if !http1.EqualFold(fd.Name.Of(b), socketProtocol) {
			continue
		}
		for list := fd.Value.Of(b); len(list) > 0; {
			var name []byte
			name, list, _ = bytes.Cut(list, []byte(","))
			if name = bytes.Trim(name, " \t"); len(name) > 0 && !f(name) {
				return
			}
		}
	}
}

// offers lists the subprotocols that may be sent upstream: all that carry nothing private.
func offers(r *http1.Request, b []byte) (list []byte) {
	protocols(r, b, func(name []byte) bool {
		for _, p := range private {
			if http1.HasPrefixFold(name, p) {
				return true
			}
		}
		if len(list) > 0 {
			list = append(list, ", "...)
		}
		list = append(list, name...)
		return true
	})
	return list
}

// offers reports whether name is among the subprotocols that were sent upstream.
func (k *socket) offers(name []byte) bool {
	for list := k.offered; len(list) > 0; {
		var one []byte
		if one, list, _ = bytes.Cut(list, []byte(", ")); bytes.Equal(one, name) {
			return true
		}
	}
	return false
}

// socketSecret is the caller's key from where WebSocket clients put it that cannot set headers:
// in a subprotocol or, if the vendor's own clients do that, in the query.
func socketSecret(x *core.Exchange, r *http1.Request, b []byte) (secret []byte) {
	protocols(r, b, func(name []byte) bool {
		if http1.HasPrefixFold(name, secretProtocol) {
			secret = name[len(secretProtocol):]
		}
		return secret == nil
	})
	if c := x.From.Sockets; secret == nil && c != nil && c.Secret != "" {
		secret, _ = parameter(r.Query.Of(b), c.Secret)
	}
	return secret
}

// parameter returns the decoded value of a query parameter; nil: there is none. ok is false if
// it occurs twice or cannot be decoded.
func parameter(query []byte, name string) (value []byte, ok bool) {
	for len(query) > 0 {
		var p []byte
		p, query, _ = bytes.Cut(query, []byte("&"))
		key, raw, _ := bytes.Cut(p, []byte("="))
		if !http1.EqualFold(key, name) {
			continue
		}
		if value != nil {
			return nil, false
		}
		if value, ok = unescaped(raw); !ok {
			return nil, false
		}
	}
	return value, true
}

// unescaped decodes a value of a query.
func unescaped(raw []byte) (value []byte, ok bool) {
	value = make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(raw):
			hi, lo := unhex(raw[i+1]), unhex(raw[i+2])
			if hi > 15 || lo > 15 {
				return nil, false
			}
			c, i = hi<<4|lo, i+2
		case c == '%':
			return nil, false
		}
		value = append(value, c)
	}
	return value, true
}

// peekSocket reads the model from the query or from the first message.
func peekSocket(f *flight, r *http1.Request) bool {
	x := &f.x
	codec := x.From.Sockets
	x.Peek.Stream = true
	if codec.Peek != nil {
		x.Fault = codec.Peek(x.Body, &x.Peek)
		return x.Fault == nil
	}
	for _, name := range codec.Names {
		v, ok := parameter(r.Query.Of(f.buf), name)
		switch {
		case !ok || len(v) > core.MaxModelName || !namesModel(v):
			refuse(x, core.Invalid, "the parameter "+name+" of the query names no model in one way only", "name one model, once")
			x.Fault.Param = name
			return false
		case len(v) > 0 && len(x.Peek.Model) > 0:
			refuse(x, core.Invalid, "the query names a model and a deployment", "name one of them")
			x.Fault.Param = name
			return false
		case len(v) > 0:
			x.Peek.Model = v
		}
	}
	return true
}

// namesModel reports whether v consists of bytes that a model name may have.
func namesModel(v []byte) bool {
	for _, c := range v {
		if c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte("%*{}<>\"\\`?#&"), c) >= 0 {
			return false
		}
	}
	return true
}
