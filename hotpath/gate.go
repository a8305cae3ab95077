package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A target may have a gate that bounds its requests under way. An attempt passes it before
// anything is sent, and may have to wait there; if one target refuses it, the next may accept.
// An attempt leaves its gate in land, where it also stops counting as in flight.

// hurry sets whose share of gates the exchange uses, and how urgent it is. A client can lower
// the urgency of its key, but not raise it.
func (f *flight) hurry(r *http1.Request) {
	x := &f.x
	if f.ticket == nil {
		f.ticket = new(core.Ticket) // the flight keeps it
	}
	f.ticket.Caller, f.ticket.Urgency = x.Key.Share, x.Key.Urgency
	if f.ticket.Urgency == core.Interactive {
		fields := fields{r, f}
		if v, ok := fields.Field("x-bf-lane"); ok && bytes.EqualFold(v, []byte("batch")) {
			f.ticket.Urgency = core.Batch
		}
	}
}

// knock asks the gate of f.target for a place.
func (s *Server) knock(f *flight) chance {
	f.gate = f.target.Gate
	if f.gate == nil {
		return s.entered(f)
	}
	t := f.ticket
	t.Clear()
	t.Waker, t.Until = f.x.Waker(), f.patient()
	return s.entrance(f, f.gate.Enter(core.Clock(), t))
}

// slip is knock for an attempt that no client waits for: it begins at once or not at all.
func (s *Server) slip(f *flight) bool {
	if g := f.target.Gate; g != nil {
		t, now := f.ticket, core.Clock()
		if t == nil { // no target has a gate but that of a shadow
			t = new(core.Ticket)
			f.ticket = t
		}
		t.Clear()
		t.NoWait = true
		if g.Enter(now, t) != core.Admitted {
			return false
		}
		f.gate = g
	}
	s.entered(f)
	return true
}

// entrance continues according to what the gate has decided.
func (s *Server) entrance(f *flight, e core.Entry) chance {
	t := f.ticket
	if now := core.Clock(); e == core.Queued && now >= t.Due {
		f.gate.Abandon(now, t)
		e = t.Entry()
	}
	switch e {
	case core.Queued:
		f.x.Until, f.queued = t.Due, true
		f.stand(atNext)
		return notYet
	case core.Admitted:
		f.queued = false
		f.goes()
		return s.entered(f)
	}
	f.queued, f.gate = false, nil
	f.goes()
	f.crowded()
	return s.next(f)
}

// patient is the time after which an answer of the target would be useless; 0: never. As long as
// another target could still answer, part of the client's budget is kept for that one.
func (f *flight) patient() int64 {
	x := &f.x
	end := x.By(false)
	if end > 0 && f.spare() {
		now := core.Clock()
		end = now + portion(max(end-now, 0))
	}
	if w := f.target.Waits.Total; w > 0 && (end == 0 || x.Start+int64(w) < end) {
		end = x.Start + int64(w)
	}
	return end
}

// crowded ends an attempt that its gate did not let in. Nothing was sent, so it does not count
// against the target.
func (f *flight) crowded() {
	a, t := f.attempt(), f.ticket
	a.Cause, a.Phase = core.Crowded, core.PhaseFailed
	name := quote([]byte(f.target.Name))
	switch by := f.x.By(false); {
	case t.Refusal == core.TooLate && by > 0 && by >= t.Until:
		f.x.Skipped |= core.SkipQueue
		refuse(&f.x, core.Overloaded, name+" has so many requests under way and waiting that an answer would come after the request's own x-latency-budget", "try again after Retry-After, wait longer, or add a fallback to the model")
	case t.Refusal == core.ShareUsed:
		refuse(&f.x, core.RateLimited, "key "+quote([]byte(f.x.Key.Name))+" asks "+name+" for more than its share of what it can do", "send fewer requests at once, or add a fallback to the model")
	default:
		refuse(&f.x, core.Overloaded, name+" has as many requests under way and waiting as it can answer in time", "try again after Retry-After, or add a fallback to the model")
	}
	f.x.Fault.Retry = t.Retry
}

// exit frees the place at the gate that the attempt under way holds or waits for.
func (f *flight) exit() {
	g, t := f.gate, f.ticket
	if g == nil {
		return
	}
	now := core.Clock()
	if t.Entry() == core.Queued {
		g.Abandon(now, t)
	}
	if t.Inside() {
		if f.begun > 0 && f.first > f.begun {
			t.Heard = f.first
		}
		g.Leave(now, t, f.outcome())
	}
	f.gate, f.queued = nil, false
}

// outcome is what the gate is told about the attempt under way.
func (f *flight) outcome() core.Outcome {
	x := &f.x
	a := f.attempt()
	switch {
	case x.Fault != nil && (x.Fault.Code == core.ClientGone || x.Fault.Code == core.ClientSlow), f.gone:
		return core.Left
	case f.late || a.Cause == core.Late:
		return core.TimedOut
	case a.Status == 429 || a.Status == 503 || a.Status == 529:
		return core.Throttled
	case a.Status == switching:
		return core.Streamed
	case a.Status < 200 || a.Status >= 300:
		return core.Failed
	case f.rel.stream:
		return core.Streamed
	}
	return core.Served
}
