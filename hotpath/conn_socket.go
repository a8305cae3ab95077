package hotpath

import (
	"bytes"
	"strings"
	"time"

	"asbru/core"
	"asbru/hotpath/upstream"
	"asbru/hotpath/ws"
)

// bridge joins the client to the target that agreed to a WebSocket, and returns when that has
// ended. n bytes at the front of b are the target's head; what follows is its first frames.
func (k *conn) bridge(f *flight, u *upstream.Conn, b []byte, n int) outcome {
	s, x, sk := k.s, &f.x, f.socket
	f.first = core.Clock()
	if err := k.pay(f, false); err != nil {
		u.Close()
		f.gone = err == errGone
		return tryOver
	}
	k.unwatch()
	k.charge.waits(nil)
	f.sure()
	if !sk.open {
		protocol, _ := named(&k.rep.Head, b, socketProtocol)
		if !k.openSocket(f, append([]byte(nil), protocol...)) {
			u.Close()
			f.gone = true
			return tryOver
		}
	}
	now := core.Clock()
	f.status, f.rel.stream, f.rel.committed = switching, true, true
	f.ttft = now - x.Start
	f.content(now)
	f.exit() // the gate counts work, and a WebSocket may be idle for hours
	f.decide += now - f.first
	br := &bridge{k: k, f: f, codec: x.From.Sockets, born: now}
	br.write = or(x.Snap.Limits.WriteWait, defaultWriteWait)
	br.silence = or(x.Snap.Limits.IdleWait, defaultIdleWait)
	br.ends[0] = end{c: k.c, flow: sk.flow, in: s.room(k.in), heard: now}
	br.ends[1] = end{c: u, masks: true, heard: now}
	br.ends[1].in = append(s.shared.Take(max(socketRead, len(b)-n)), b[n:]...)
	k.in = nil
	if br.send(&br.ends[1], sk.out, false) == nil || br.closing.Load() > 0 {
		sk.out = nil
		k.bridged.Store(true)
		k.charge.waits(func() { k.c.SetReadDeadline(time.Unix(1, 0)) }) // whose reader sees the verdict
		br.run()
		k.charge.waits(nil)
		k.bridged.Store(false)
	}
	u.Close()
	f.in, f.out = br.ends[0].bytes, f.out+br.ends[0].out
	if x.Fault == nil {
		x.Fault = br.why
	}
	return tryDone
}

// room returns in with free capacity for a read.
func (s *Server) room(in []byte) []byte {
	if cap(in) >= socketRead {
		return in
	}
	out := append(s.shared.Take(max(socketRead, len(in))), in...)
	s.shared.Give(in)
	return out
}

// openSocket gives the client its 101.
func (k *conn) openSocket(f *flight, protocol []byte) bool {
	sk := f.socket
	sk.open = true
	sk.flow = ws.Flow{Client: true, Most: messageLimit(f.x.Snap)}
	h := k.s.appendOpen(nil, f, protocol)
	k.wmu.Lock()
	defer k.wmu.Unlock()
	k.harmless = probeNothing
	k.c.SetWriteDeadline(time.Now().Add(or(f.x.Snap.Limits.WriteWait, defaultWriteWait)))
	_, err := k.c.Write(h)
	return err == nil
}

// messageLimit is the largest message a client may send, in bytes.
func messageLimit(snap *core.Snapshot) uint64 {
	if n := snap.Limits.BodyBytes; n > 0 && n != defaultBody {
		return uint64(n)
	}
	return maxMessage
}

// greet opens the WebSocket of a client whose first message names the model, and reads that
// message as the body of its request. It reports false if the connection has ended instead.
func (k *conn) greet(f *flight) bool {
	x, sk := &f.x, f.socket
	if !k.openSocket(f, nil) {
		return false
	}
	by := time.Now().Add(or(x.Snap.Limits.BodyWait, defaultBodyWait))
	var p ws.Piece
	at := 0
	for {
		for at < len(k.in) {
			n, bad := sk.flow.Next(k.in[at:], &p)
			if bad != nil {
				return k.breach(f, bad)
			}
			if n == 0 {
				break
			}
			at += n
			switch {
			case !p.Control():
				if len(f.buf)-f.head+len(p.Payload) > maxFirst {
					return k.breach(f, &ws.Violation{Code: ws.TooBig, Why: "the first message is longer than 1 MiB"})
				}
				f.buf = append(k.s.shared.Grow(f.buf, len(p.Payload)), p.Payload...)
				if sk.kind = p.Op; p.Last {
					k.in = k.in[:copy(k.in, k.in[at:])]
					f.in = uint64(len(f.buf) - f.head)
					path := k.req.Path // f.buf may have moved
					x.Path = f.buf[int(path.End)-len(x.Path) : path.End]
					return true
				}
			case p.Op == ws.Ping:
				k.say(ws.Pong, p.Payload)
			case p.Op == ws.Close:
				k.say(ws.Close, p.Payload)
				return false
			}
		}
		k.in = k.in[:copy(k.in, k.in[at:])]
		at = 0
		k.c.SetReadDeadline(by)
		if err := k.fill(); err != nil {
			return false
		}
	}
}

// breach tells a client that its first message violates the protocol.
func (k *conn) breach(f *flight, v *ws.Violation) bool {
	refuse(&f.x, core.Invalid, v.Why, "")
	k.say(ws.Close, ws.AppendClose(nil, v.Code, v.Why))
	return false
}

// say sends a frame to a client whose WebSocket is open but has no target yet.
func (k *conn) say(op ws.Opcode, payload []byte) {
	k.c.SetWriteDeadline(time.Now().Add(closeWait))
	k.c.Write(ws.AppendFrame(nil, op, payload, nil))
}

// introduce makes the first frame for the target: the client's first message, with the name of
// the target's model.
func (f *flight) introduce(mask [4]byte) {
	x, sk := &f.x, f.socket
	model := f.model()
	if w := x.Face.Whole; w != "" && !bytes.HasPrefix(model, []byte("projects/")) {
		before, after, _ := strings.Cut(w, "{model}")
		model = append(append([]byte(before), model...), after...)
	}
	msg := x.From.Sockets.AppendFirst(nil, x.Body, &x.Peek, model)
	sk.out = ws.AppendFrame(sk.out[:0], sk.kind, msg, &mask)
}

// dismiss answers a client whose WebSocket is open but gets no target: with an error message if
// its format has one, and with a close frame.
func (k *conn) dismiss(f *flight) {
	x := &f.x
	v := x.Fault
	if v == nil {
		v = &core.Fault{Code: core.Internal, Message: "a stage answered where only a WebSocket can"}
	}
	if c := x.From.Sockets; c.AppendFault != nil {
		var id [32]byte
		k.say(ws.Text, c.AppendFault(nil, v, appendHexID(id[:0], &x.ID)))
	}
	code := ws.Policy
	switch v.Code {
	case core.UpstreamFailed, core.UpstreamTimeout, core.Internal:
		code = ws.Internal
	case core.Overloaded, core.RateLimited:
		code = tryAgainLater
	}
	k.say(ws.Close, ws.AppendClose(nil, code, v.Message))
	f.status, f.free = v.HTTP(), true
	k.s.finish(f, &k.s.stats, &k.peer, &k.s.shared)
}

// overBudget is the close code for a caller whose budget is spent, from the range for applications.
const overBudget ws.Code = 4008

// tryAgainLater is the close code for overload (IANA's WebSocket registry).
const tryAgainLater ws.Code = 1013
