package hotpath

import (
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A chance is the result of looking for the next attempt.
type chance uint8

const (
	nobody   chance = iota // no target is left
	somebody               // f.target is to be asked now
	notYet                 // a target is to be asked later: the flight pauses
)

// next picks the target and key of the next attempt.
func (s *Server) next(f *flight) chance {
	x := &f.x
	if f.queued {
		return s.entrance(f, f.ticket.Entry())
	}
	f.land()
	if len(x.Attempts()) > 0 {
		f.blame(f.attempt())
		if f.spent() || f.once() {
			return nobody
		}
	}
	t, k := x.Route.Pick(x, x.Attempts())
	if t == nil {
		return nobody
	}
	if at := x.Ahead.At; at > 0 && int(x.Ahead.After) == len(x.Attempts()) && core.Clock() < at {
		x.Until = at
		f.stand(atNext)
		return notYet
	}
	f.goes()
	if x.Begin(t, k) == nil {
		return nobody
	}
	if f.cross != nil && f.cross.bare { // made for the last reply only, not for a translation
		f.cross.reset()
		s.crosses.Put(f.cross)
		f.cross = nil
	}
	f.aim(t, k)
	return s.knock(f)
}

// aim prepares the attempt that has just begun.
func (f *flight) aim(t *core.Target, k *core.ProviderKey) {
	x := &f.x
	f.begun, f.first, f.late, f.sent, f.void = 0, 0, false, false, false
	x.Fault = nil // that of the last target, which could not be asked
	f.target, f.key = t, k
	x.Face, x.As = t.Face(x.From, x.Op, x.Name)
}

// entered begins the picked attempt, once its target's gate is passed.
func (s *Server) entered(f *flight) chance {
	f.share()
	if t := f.target; t.Tally != nil {
		f.tally = t.Tally
		f.tally.Requests.Add(1)
		f.tally.Inflight.Add(1)
	}
	return somebody
}

// land stops counting the attempt under way and frees its place at the gate.
func (f *flight) land() {
	f.exit()
	if f.tally != nil {
		f.tally.Inflight.Add(-1)
		f.tally = nil
	}
}

// attempt returns the attempt under way.
func (f *flight) attempt() *core.Attempt {
	a := f.x.Attempts()
	return &a[len(a)-1]
}

// judge records the outcome of the attempt and decides what to do with the reply, whose
// head is in b. text is the body, if that has a say in it.
func (f *flight) judge(rep *http1.Reply, b, text []byte) core.Verb {
	a := f.attempt()
	a.Status, a.Began = rep.Status, f.begun
	if f.begun > 0 {
		a.Took = time.Duration(f.first - f.begun)
		if f.tally != nil {
			f.tally.Upstream.Add(f.first - f.begun)
		}
	}
	if core.Class(rep.Status) != core.Final {
		a.RetryAfter, a.Vain = retryAfter(rep, b), http1.EqualFold(rep.Value(b, http1.XShouldRetry), "false")
	}
	if len(text) > 0 {
		f.testify(rep, b, text)
	}
	verb := core.Class(a.Status)
	if verb != core.Final {
		f.note(a, core.PhaseFailed, f.first)
	}
	return verb
}

// stands reports whether a reply that says "not now" goes to the client after all,
// because no other target is left to ask.
func (s *Server) stands(f *flight) bool {
	return !f.rivalled() && !f.more() && presentable(f.attempt().Status)
}

// more reports whether another target or key is left to try after the attempt under way.
func (f *flight) more() bool {
	x := &f.x
	t, _ := x.Route.Pick(x, x.Attempts())
	return t != nil
}

// presentable reports whether a reply with this status may be shown to the client.
// A provider's complaint about our key, or a redirect, is not the client's business.
func presentable(status int) bool {
	return status != 401 && status != 402 && status != 403 && (status < 300 || status >= 400)
}
