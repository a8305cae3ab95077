package ws

// A Flow is one direction of a connection. It splits bytes as they come into pieces, which are
// checked before they can be passed on. The zero Flow is for the bytes of a server, with messages
// of any length.
type Flow struct {
	Client bool   // the bytes are from a client: they must be masked, and text must be UTF-8
	Most   uint64 // bytes of a message; 0: any number

	h     header
	done  uint64 // bytes of the current frame so far
	open  bool   // a frame has begun and not ended
	kind  Opcode // of the current message; Continuation: there is none
	size  uint64 // its bytes, including the whole current frame
	parts int    // its frames
	text  text
	ctl   [MaxControl]byte
}

// A Piece is a part of a message, or a control frame, as returned by Next.
type Piece struct {
	Op      Opcode // of the message, or of the control frame
	Payload []byte // of a message: a part of b, unmasked until Restore. Of a control frame: the whole payload, valid until the next call
	First   bool   // it begins a message
	Last    bool   // it ends a message
	at      uint64
	key     [4]byte
	masked  bool
}

// Control reports whether p is a control frame, which is always complete.
func (p *Piece) Control() bool { return p.Op.control() }

// Restore masks Payload again, so that the original bytes can be passed on.
func (p *Piece) Restore() {
	if p.masked && !p.Control() {
		Mask(p.Payload, p.key, p.at)
	}
}

// Mid reports whether the last piece ended within a frame, so that no other frame may follow now.
func (f *Flow) Mid() bool { return f.open }

// Next reads one piece at the start of b: n bytes that are a complete control frame, or a part of a
// message, with its header if a frame begins there. n is 0 if b is incomplete; MaxFrame bytes are
// always enough. After a Violation the Flow must not be used.
func (f *Flow) Next(b []byte, p *Piece) (n int, err *Violation) {
	if !f.open {
		if n, err = f.h.parse(b); n == 0 || err != nil {
			return 0, err
		}
		if err := f.admit(); err != nil {
			return 0, err
		}
		if f.h.op.control() {
			return f.control(b, n, p)
		}
		f.begin(p)
	} else {
		p.First = false
	}
	part := b[n:]
	if left := f.h.size - f.done; uint64(len(part)) > left {
		part = part[:left]
	}
	p.Op, p.Payload, p.at, p.key, p.masked = f.kind, part, f.done, f.h.key, f.h.masked
	if p.masked {
		Mask(part, p.key, p.at)
	}
	f.done += uint64(len(part))
	f.open = f.done < f.h.size
	p.Last = !f.open && f.h.fin
	if f.Client && f.kind == Text && !f.text.feed(part, p.Last) {
		return 0, breach(BadText, "a text message is not UTF-8")
	}
	if p.Last {
		f.kind = Continuation
	}
	return n + len(part), nil
}

// admit checks whether the header in h is allowed at this point.
func (f *Flow) admit() *Violation {
	h := &f.h
	switch {
	case h.op > Binary && h.op < Close || h.op > Pong:
		return breach(Protocol, "a frame has an opcode that means nothing")
	case h.masked != f.Client:
		return breach(Protocol, "a client must mask its frames, and a server must not")
	case h.op.control() && (!h.fin || h.size > MaxControl):
		return breach(Protocol, "a control frame is in fragments, or longer than 125 bytes")
	case h.op.control():
		return nil
	case h.op == Continuation && f.kind == Continuation:
		return breach(Protocol, "a fragment continues nothing")
	case h.op != Continuation && f.kind != Continuation:
		return breach(Protocol, "a message begins inside another one")
	}
	if h.op != Continuation {
		f.size, f.parts = 0, 0
	}
	f.parts++
	if f.size += h.size; f.Most > 0 && f.size > f.Most {
		return breach(TooBig, "a message is longer than is carried here")
	}
	if f.parts > maxFragments {
		return breach(Policy, "a message is in more fragments than are carried here")
	}
	return nil
}

// begin starts a frame of a message.
func (f *Flow) begin(p *Piece) {
	f.open, f.done = true, 0
	if p.First = f.h.op != Continuation; p.First {
		f.kind, f.text = f.h.op, text{}
	}
}

// control reads a complete control frame, whose header has n bytes.
func (f *Flow) control(b []byte, n int, p *Piece) (int, *Violation) {
	size := int(f.h.size)
	if len(b) < n+size {
		return 0, nil
	}
	got := f.ctl[:copy(f.ctl[:], b[n:n+size])]
	if f.h.masked {
		Mask(got, f.h.key, 0)
	}
	if f.h.op == Close {
		if _, _, err := ParseClose(got); err != nil {
			return 0, err
		}
	}
	*p = Piece{Op: f.h.op, Payload: got, First: true, Last: true}
	return n + size, nil
}
