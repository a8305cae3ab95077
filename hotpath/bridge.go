package hotpath

import (
	"crypto/rand"
	"errors"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/hotpath/ws"
)

// A bridge is a WebSocket between a client and a target, once both have agreed to it. One
// goroutine per direction passes bytes on unchanged, after checking the frames they form. A side
// that sends faster than the other reads is held up by its own socket.
//
//	open ──close frame, end, breach, silence, verdict──▶ closing ──both ended, or closeWait──▶ over
type bridge struct {
	k     *conn
	f     *flight
	codec *core.SocketCodec
	ends  [2]end // the client's, the target's

	write   time.Duration // without progress in a write
	silence time.Duration // without a byte from a side, not even the answer to a ping
	born    int64

	closing atomic.Int64 // Clock by which both sides must have ended; 0: the bridge is open
	mu      sync.Mutex   // guards why
	why     *core.Fault  // why it ended; nil: normally

	msg  []byte // the target's message under way, collected to read usage from it; borrowed
	dull bool   // that message cannot hold usage: do not collect it

	refused *core.Fault // by the stages of Turn; told to the client after the turn has gone out
}

// An end is one of the two connections of a bridge.
type end struct {
	c     net.Conn
	flow  ws.Flow
	in    []byte       // bytes read that do not form a whole piece yet; borrowed
	masks bool         // we are the client on c and must mask the frames of our own
	heard int64        // Clock of the last byte received
	asked atomic.Int64 // Clock of a ping that was not answered yet; 0: there is none
	due   atomic.Bool  // a ping is to be sent as soon as the frame being written to c ends
	bytes uint64       // received

	mu   sync.Mutex // serialises writes to c, and guards the following
	mid  bool       // a frame to c is incomplete: no other frame may be written
	shut bool       // a close frame was written to c: nothing may follow
	out  uint64
}

// lifeSign is the payload of our own pings. Pongs that carry it are not passed on.
const lifeSign = "asbru"

// run carries both directions until both have ended.
func (b *bridge) run() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.carry(&b.ends[0], &b.ends[1])
	}()
	b.carry(&b.ends[1], &b.ends[0])
	<-done
	for i := range b.ends { // does nothing where a close frame was sent before
		b.say(&b.ends[i], ws.Close, ws.AppendClose(nil, ws.GoingAway, "the other side has ended"))
	}
	s := b.k.s
	s.shared.Give(b.msg)
	for i := range b.ends {
		s.shared.Give(b.ends[i].in)
	}
}

// carry passes what one side sends to the other, until either ends.
func (b *bridge) carry(from, to *end) {
	defer b.survive()
	for {
		if len(from.in) > 0 && !b.pass(from, to) {
			return
		}
		if err := b.read(from); err != nil {
			b.lost(from, err)
			return
		}
	}
}

// survive turns a panic of one direction into the end of the bridge: nothing above its goroutine
// would recover it.
func (b *bridge) survive() {
	v := recover()
	if v == nil {
		return
	}
	s := b.k.s
	s.stats.Panics.Add(1)
	if s.opt.Bug != nil {
		s.opt.Bug(v, debug.Stack())
	}
	b.end(ending{fault: &core.Fault{Code: core.Internal, Message: "the gateway failed while it relayed the WebSocket"}, client: ws.Internal, server: ws.GoingAway, reason: "the gateway failed"})
}

// pass sends on the whole pieces of from.in. It reports false when reading must stop.
func (b *bridge) pass(from, to *end) bool {
	var p ws.Piece
	in, start, at := from.in, 0, 0
	for at < len(in) {
		mid := from.flow.Mid()
		n, bad := from.flow.Next(in[at:], &p)
		if bad != nil {
			b.send(to, in[start:at], mid)
			b.breach(from, bad)
			return false
		}
		if n == 0 {
			break
		}
		switch {
		case !p.Control():
			if from == &b.ends[1] {
				b.look(&p)
			}
			p.Restore()
		case p.Op == ws.Close:
			b.send(to, in[start:at], mid)
			b.closed(to, p.Payload)
			return false
		case p.Op == ws.Pong && string(p.Payload) == lifeSign:
			if b.send(to, in[start:at], mid) != nil {
				return false
			}
			start = at + n
		}
		at += n
		if !from.flow.Mid() && to.due.Load() { // between frames, or a long message would never let the ping through
			if b.send(to, in[start:at], false) != nil {
				return false
			}
			start = at
			b.ask(to)
		}
	}
	err := b.send(to, in[start:at], from.flow.Mid())
	from.in = in[:copy(in, in[at:])]
	if from == &b.ends[1] && b.refused != nil && err == nil {
		v := b.refused
		b.refused = nil
		b.judged(v)
	}
	return err == nil
}

// send writes p, which holds whole frames, except that with mid the last one is incomplete. A
// failed write ends the bridge.
func (b *bridge) send(to *end, p []byte, mid bool) error {
	if len(p) == 0 {
		return nil
	}
	to.mu.Lock()
	if to.shut {
		to.mu.Unlock()
		return nil
	}
	to.mid = mid
	to.c.SetWriteDeadline(time.Now().Add(b.write))
	n, err := to.c.Write(p)
	to.out += uint64(n)
	if err != nil {
		to.shut = true
	}
	to.mu.Unlock()
	if err != nil {
		b.lost(to, err)
	}
	return err
}

// say sends a frame of our own. It reports false if it cannot: a frame of the other side is
// still incomplete, or a close frame was already sent.
func (b *bridge) say(to *end, op ws.Opcode, payload []byte) bool {
	for tries := 0; !to.mu.TryLock(); tries++ {
		if op == ws.Ping || tries == sayTries {
			return false
		}
		time.Sleep(sayRest)
	}
	defer to.mu.Unlock()
	if to.mid || to.shut {
		return false
	}
	var mask *[4]byte
	if to.masks {
		mask = new([4]byte)
		rand.Read(mask[:])
	}
	to.c.SetWriteDeadline(time.Now().Add(closeWait))
	to.shut = op == ws.Close
	n, err := to.c.Write(ws.AppendFrame(nil, op, payload, mask))
	to.out += uint64(n)
	return err == nil
}

// read reads once from a side. It returns when there are bytes, or when the side has ended or was
// silent for too long.
func (b *bridge) read(from *end) error {
	for {
		now, by := core.Clock(), b.closing.Load()
		until := by
		if by == 0 {
			if v := b.verdict(now); v != nil {
				b.judged(v)
				continue
			}
			until = max(from.heard, from.asked.Load()) + int64(b.silence)/2
			if from.due.Load() {
				until = max(until, now+int64(askRest))
			}
		}
		from.c.SetReadDeadline(time.Now().Add(time.Duration(until - now)))
		if b.closing.Load() != by || by == 0 && b.k.charge.ruled() != nil {
			continue // it was set in between, and we have just overwritten its deadline
		}
		n, err := from.c.Read(from.in[len(from.in):cap(from.in)])
		if n > 0 {
			from.in = from.in[:len(from.in)+n]
			from.heard = core.Clock()
			from.asked.Store(0)
			from.due.Store(false)
			from.bytes += uint64(n)
			return nil
		}
		if err = orEOF(err); !errors.Is(err, os.ErrDeadlineExceeded) || b.closing.Load() > 0 {
			return err
		}
		if b.k.charge.ruled() != nil || core.Clock() < until {
			continue
		}
		if from.asked.Load() > 0 {
			return err
		}
		b.ask(from)
	}
}

// ask pings a side: at once, or when the frame that is being written to it ends.
func (b *bridge) ask(of *end) {
	sent := b.say(of, ws.Ping, []byte(lifeSign))
	if sent {
		of.asked.Store(core.Clock())
	}
	of.due.Store(!sent)
}

// look collects the target's messages as far as usage may be read from them.
func (b *bridge) look(p *ws.Piece) {
	if p.First {
		b.msg, b.dull = b.msg[:0], b.codec.ReadTurn == nil
		if says := b.codec.Says; says != nil && says(p.Payload[:min(len(p.Payload), dullSize)]) {
			b.f.x.Stream.Said++
		}
	}
	if b.dull {
		return
	}
	if len(b.msg)+len(p.Payload) > maxTurn {
		b.f.x.Stream.Unread++
		b.dull = true
		return
	}
	if p.First && p.Last {
		b.turn(p.Payload)
		return
	}
	s := b.k.s
	if b.msg == nil {
		b.msg = s.shared.Take(len(p.Payload))
	}
	b.msg = append(s.shared.Grow(b.msg, len(p.Payload)), p.Payload...)
	switch {
	case p.Last:
		b.turn(b.msg)
		s.shared.Give(b.msg)
		b.msg = nil // the next message may be a long time coming
	case b.codec.Dull != nil:
		b.dull = b.codec.Dull(b.msg[:min(len(b.msg), dullSize)])
	}
}

// turn reads usage from a whole message of the target, and runs the stages of Turn if there was
// some. What they cannot use of a report does not spoil the next one.
func (b *bridge) turn(msg []byte) {
	x := &b.f.x
	var told core.Usage
	if b.codec.ReadTurn(msg, &told); told == (core.Usage{}) {
		return
	}
	if told.Known && !told.Bad && told.In|told.Out == 0 {
		x.Stream.Said = 0 // it is said to have used nothing
	}
	x.Stream.Usage.Add(&told)
	x.Usage = x.Stream.Usage
	v := b.turned()
	x.Stream.Said, x.Stream.Usage.Bad, x.Usage.Bad = 0, false, false
	if v == core.Refuse {
		b.refused, x.Fault = x.Fault, nil
	}
}

// turned runs the stages of Turn. It returns Wait if the bridge is closed meanwhile.
func (b *bridge) turned() core.Verdict {
	x := &b.f.x
	v := core.Run(x, x.Plan.Turn)
	for v == core.Wait {
		b.k.sleep(b.f)
		if b.closing.Load() > 0 {
			return v
		}
		v = core.Run(x, x.Plan.Turn)
	}
	return v
}
