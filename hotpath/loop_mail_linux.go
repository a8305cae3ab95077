package hotpath

import (
	"asbru/core"
	"asbru/hotpath/sock"
	"asbru/hotpath/upstream"
)

// mail is a message from another goroutine to a loop.
type mail struct {
	kind     mailKind
	fd       int
	peer     [16]byte
	raw      *upstream.Raw
	err      error
	f        *flight
	gen      uint32
	pool     *upstream.Pool
	entrance *entrance
	in       []byte // mailBack: bytes of the next request that were read already
}

type mailKind uint8

const (
	mailClient mailKind = iota // an accepted connection
	mailDialed                 // the result of a dial for f: raw or err
	mailListen
	mailDrain
	mailCut
	mailClose
	mailEvict
	mailWake
	mailBack // a lent connection is returned
)

// post sends a loop a message. Any goroutine may call it.
func (l *loop) post(m mail) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		m.discard()
		return
	}
	l.inbox = append(l.inbox, m)
	if !l.ringing.Swap(true) {
		sock.Raise(l.signal)
	}
}

// mails handles the messages that have arrived.
func (l *loop) mails() {
	sock.Lower(l.signal)
	l.ringing.Store(false)
	l.mu.Lock()
	box := l.inbox
	l.inbox = nil
	l.mu.Unlock()
	for i := range box {
		l.open(&box[i])
	}
}

// open handles one message. A panic ends only the exchange that the message is about.
func (l *loop) open(m *mail) {
	defer l.survive(0)
	l.victim = nil
	switch m.kind {
	case mailClient:
		l.welcome(m.fd, m.peer)
	case mailDialed:
		if m.f.on.gen == m.gen {
			l.victim = m.f.on.c
		}
		l.dialed(m)
	case mailBack:
		l.regain(m)
	case mailListen:
		l.listen(m.entrance)
	case mailDrain:
		l.drain()
	case mailCut:
		l.cutting = true
		l.tick(core.Clock())
	case mailClose:
		l.closing = true
	case mailEvict:
		l.evict(m.pool)
	case mailWake:
		if m.f.on.gen == m.gen {
			l.wake(m.f)
		}
	}
}

// end closes every descriptor when the loop ends. Nobody is notified any more.
func (l *loop) end() {
	l.drain()
	l.cutting = true
	l.drainTick(core.Clock())
	for slot := range l.entries {
		if u := l.entries[slot].u; u != nil {
			l.unlink(u)
		}
	}
	l.mu.Lock()
	l.ended = true
	late := l.inbox
	l.inbox = nil
	l.rest.bell.File.Close()
	sock.Close(l.poll.FD)
	sock.Close(l.signal)
	l.mu.Unlock()
	for i := range late {
		late[i].discard()
	}
	close(l.over)
}

// discard closes what an undelivered message carries.
func (m *mail) discard() {
	switch {
	case m.kind == mailClient || m.kind == mailBack:
		sock.Close(m.fd)
	case m.raw != nil:
		m.raw.Close()
	case m.entrance != nil:
		sock.Close(m.entrance.fd)
		close(m.entrance.done)
	}
}
