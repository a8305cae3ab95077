package hotpath

import (
	"time"

	"asbru/core"
)

// An exchange pauses while a stage waits for another goroutine, or before an attempt that is to
// be made later. A loop parks it and goes on; on the goroutine lane only its own goroutine
// sleeps. Wake-ups may be spurious: whatever made the exchange pause is then checked again.

// A pause is a place where an exchange can be paused.
type pause uint8

const (
	going    pause = iota
	atStages       // Admit or Before
	atNext         // before the next attempt
	atToll         // Commit or Settle: the answer is held back
	atSource       // an answer from memory has no more for now
)

// A toll says how the stages of Commit and Settle were begun.
type toll uint8

const (
	untolled  toll = iota // they were not
	piecemeal             // Commit alone: the end of the reply had not arrived
	atOnce                // both: it had
)

// A bell tells the lane that carries a flight that something happened.
type bell interface{ ring(f *flight, life uint32) }

// A gong is the bell of the goroutine lane.
type gong chan struct{}

func (g gong) ring(*flight, uint32) {
	select {
	case g <- struct{}{}:
	default: // already rung, but not heard yet
	}
}

// newFlight makes a flight of the goroutine lane.
func newFlight() any {
	f := &flight{bell: make(gong, 1)}
	f.x.Lane = f
	return f
}

// Life implements core.Lane.
func (f *flight) Life() uint32 { return f.on.gen }

// Wake implements core.Lane.
func (f *flight) Wake(life uint32) { f.bell.ring(f, life) }

// wakes is when a pause that begins now ends without being woken.
func (f *flight) wakes(now int64) int64 {
	if t := f.x.Until; t > 0 {
		f.x.Until = 0
		return max(min(t, now+int64(napLongest)), now+int64(napShortest))
	}
	return now + int64(napLongest)
}

// decide runs the stages before the first attempt, starting with the one that waited, if any.
func (s *Server) decide(f *flight) core.Verdict {
	x := &f.x
	v := core.Continue
	if !f.admitted {
		v = core.Run(x, x.Plan.Admit)
		f.admitted = v == core.Continue
	}
	if v == core.Continue {
		v = core.Run(x, x.Plan.Before)
	}
	if f.goes(); v == core.Wait {
		f.stand(atStages)
	}
	return v
}

// stand notes that the exchange is paused from now on, and where.
func (f *flight) stand(p pause) {
	if f.pause = p; f.paused == 0 {
		f.paused = core.Clock()
	}
}

// goes notes that the exchange is no longer paused.
func (f *flight) goes() {
	if f.pause = going; f.paused > 0 {
		f.rested += core.Clock() - f.paused
		f.paused = 0
	}
}

// told runs the stages of Sent, after a request went out.
func (f *flight) told() {
	if p := f.x.Plan; p != nil {
		core.Conclude(&f.x, p.Sent)
	}
}

// tolled reports whether the plan has stages of Commit or Settle.
func (f *flight) tolled() bool {
	p := f.x.Plan
	return p != nil && len(p.Commit)+len(p.Settle) > 0
}

// toll runs the stages of Commit before the first byte of a provider's answer, and those of
// Settle when done says that its last bytes have come. It returns Continue if the bytes may be
// sent, Wait if not yet, and Refuse if they never may, in which case nothing was sent.
func (s *Server) toll(f *flight, done bool) core.Verdict {
	x := &f.x
	f.whole = f.whole || done || f.rel.stream && x.Stream.Done
	f.goes()
	if f.tolling == untolled {
		if f.tolling = piecemeal; f.whole {
			f.tolling = atOnce
		}
	}
	// An answer that came whole is settled first, so that one wait serves both.
	if f.tolling == atOnce && !s.settles(f) {
		return core.Wait
	}
	if !f.paid {
		switch core.Run(x, x.Plan.Commit) {
		case core.Wait:
			f.stand(atToll)
			return core.Wait
		case core.Refuse:
			return core.Refuse
		}
		f.paid = true
	}
	if f.whole && !s.settles(f) {
		return core.Wait
	}
	return core.Continue
}

// settles runs the stages of Settle once; it reports false if one of them waits.
func (s *Server) settles(f *flight) bool {
	if f.settled {
		return true
	}
	counts := len(f.x.Plan.Settle) > 0 && !f.rel.stream // the client of a stream has its answer by then
	var t0 int64
	if counts {
		f.x.Halted = 0
		t0 = core.Clock()
	}
	f.measure()
	verb := core.Run(&f.x, f.x.Plan.Settle)
	if counts {
		now := f.x.Halted
		if verb != core.Wait || now == 0 {
			now = core.Clock()
		}
		f.decide += now - t0
	}
	if verb == core.Wait {
		f.stand(atToll)
		return false
	}
	f.settled = true
	return true
}

// measure sets x.Usage from the reply.
func (f *flight) measure() {
	x, l := &f.x, &f.rel
	switch {
	case x.Peek.Free:
	case l.stream:
		x.Usage = x.Stream.Usage
	case x.Fault != nil || l.gather || l.measured:
	case l.kept != nil:
		if x.Stream.SetWhole(len(l.kept)); !l.tail() {
			x.From.ReadUsage(l.kept, &x.Usage, f.habits.forms(x.From))
		} else if x.Stream.SetWhole(maxKeep); x.From.ReadEnd != nil {
			x.From.ReadEnd(l.kept, &x.Usage)
		}
		l.measured = f.whole // measure is called again by a Settle that waited, and by finish
	}
}

// sure tells the Watcher of the reply that what it saw reaches the client.
func (f *flight) sure() {
	if w := f.x.Watch; w != nil {
		w.Sure(&f.x)
	}
}

// pour puts the next piece of an answer from memory into o, with the head before the first.
func (s *Server) pour(f *flight, o *outbox) core.Pour {
	x := &f.x
	o.reset()
	gap := len(o.b)
	o.b = append(o.b, "00000000\r\n"...)
	at := len(o.b)
	var p core.Pour
	o.b, p = x.Reply.Source.Next(x, o.b)
	end := p == core.PourEnd
	if p == core.PourCut {
		if end = x.Peek.Stream && x.From.AppendStreamFault != nil && x.Fault != nil; end {
			f.rel.fault(x, o)
		}
		f.free = f.free || !end // only closing the connection tells the client that its answer was cut
	}
	seal(o, gap, at, end)
	if f.pause = going; p == core.PourWait {
		f.pause = atSource
	}
	if f.status != 0 {
		return p
	}
	f.status = x.Reply.Status
	h := append(append(append(appendStatus(o.head[:0], f.status), "Content-Type: "...), x.Reply.Type...), "\r\nTransfer-Encoding: chunked\r\n"...)
	h = s.appendOwn(h, f)
	if x.Snap.Limits.ServerTiming {
		h = appendTiming(h, f)
	}
	o.head = append(h, "\r\n"...)
	o.front(o.head)
	return p
}

// closeSource closes the Source of an answer from memory.
func (f *flight) closeSource() {
	if src := f.x.Reply.Source; src != nil {
		f.x.Reply.Source = nil
		src.Close(&f.x)
	}
}

// stays reports whether the exchange continues without its client.
func (f *flight) stays() bool { return f.x.Watch != nil && f.x.Watch.Stays() }

// later is the time from now to at.
func later(at, now int64) time.Duration { return time.Duration(max(at-now, 0)) }
