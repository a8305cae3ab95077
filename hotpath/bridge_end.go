package hotpath

import (
	"errors"
	"os"
	"time"

	"asbru/core"
	"asbru/hotpath/ws"
)

// An ending says how a bridge ends and what either side is told.
type ending struct {
	fault          *core.Fault // nil: none
	client, server ws.Code     // of the close frames; 0: none is sent
	reason         string
}

// verdict returns why the gateway itself has to end the bridge; nil: it has no reason to.
func (b *bridge) verdict(now int64) *core.Fault {
	if v := b.k.charge.ruled(); v != nil {
		return v
	}
	if now-b.born > int64(socketLife) {
		return &core.Fault{Code: core.Overloaded, Message: "the WebSocket has been open for as long as one may be", Hint: "open another one"}
	}
	return nil
}

// end starts to close the bridge. Only the first call has an effect.
func (b *bridge) end(e ending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing.Load() > 0 {
		return
	}
	b.why = e.fault
	b.close()
	for i, code := range [...]ws.Code{e.client, e.server} {
		if code > 0 {
			b.say(&b.ends[i], ws.Close, ws.AppendClose(nil, code, e.reason))
		}
	}
}

// close sets the deadline by which both sides must have ended. b.mu is held.
func (b *bridge) close() {
	b.closing.Store(core.Clock() + int64(closeWait))
	until := time.Now().Add(closeWait)
	for i := range b.ends {
		b.ends[i].c.SetReadDeadline(until)
	}
}

// closed passes on a close frame with its payload. The other side answers it.
func (b *bridge) closed(to *end, payload []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing.Load() == 0 {
		b.close()
	}
	b.say(to, ws.Close, append([]byte(nil), payload...))
}

// breach ends the bridge because a side violated the WebSocket protocol.
func (b *bridge) breach(from *end, v *ws.Violation) {
	e := ending{client: ws.Internal, server: v.Code, reason: v.Why}
	if from == &b.ends[0] {
		e.client, e.server = v.Code, ws.GoingAway
		e.fault = &core.Fault{Code: core.Invalid, Message: "the client broke the rules of WebSockets: " + v.Why}
	} else {
		e.fault = &core.Fault{Code: core.UpstreamFailed, Message: "the provider broke the rules of WebSockets: " + v.Why}
	}
	b.end(e)
}

// lost ends the bridge because a side can no longer be read from or written to.
func (b *bridge) lost(of *end, err error) {
	late := errors.Is(err, os.ErrDeadlineExceeded)
	e := ending{client: ws.Internal, reason: "the provider's connection ended"}
	switch {
	case of == &b.ends[0] && late:
		e = ending{server: ws.GoingAway, client: ws.GoingAway, reason: "the client is silent"}
		e.fault = &core.Fault{Code: core.ClientSlow, Message: "the client is silent, or stopped reading", Cause: err}
	case of == &b.ends[0]:
		e = ending{server: ws.GoingAway, reason: "the client hung up"}
		e.fault = &core.Fault{Code: core.ClientGone, Message: "the client hung up", Cause: err}
	case late:
		e.reason, e.server = "the provider is silent", ws.GoingAway
		e.fault = &core.Fault{Code: core.UpstreamTimeout, Message: "the provider is silent, or stopped reading", Cause: err}
	default:
		e.fault = &core.Fault{Code: core.UpstreamFailed, Message: errCut.Error(), Cause: err}
	}
	b.end(e)
}

// judged ends the bridge for the gateway's own reason v, and tells the client in its format.
func (b *bridge) judged(v *core.Fault) {
	e := ending{fault: v, client: ws.Policy, server: ws.GoingAway, reason: v.Message}
	switch v.Code {
	case core.Overloaded:
		e.client = ws.Restart
	case core.OverBudget:
		e.client = overBudget
	}
	if b.codec.AppendFault != nil && b.closing.Load() == 0 {
		var id [32]byte
		b.say(&b.ends[0], ws.Text, b.codec.AppendFault(nil, v, appendHexID(id[:0], &b.f.x.ID)))
	}
	b.end(e)
}
