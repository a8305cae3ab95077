package hotpath

import (
	"time"

	"asbru/core"
)

// blame reports to the route an attempt that failed without a reply to judge. It does nothing for
// one that was already reported, or never sent because its request could not be expressed for the
// target.
func (f *flight) blame(a *core.Attempt) {
	if a.Phase >= core.PhaseFailed || a.Status == 0 && f.x.Fault != nil && f.x.Fault.Code == core.Invalid {
		return
	}
	if a.Cause == core.NoCause {
		switch {
		case f.late:
			a.Cause = core.Late
		case f.void:
			a.Cause = core.Garbled
		case a.Status != 0:
			a.Cause = core.Cut
		default:
			a.Cause = core.Unreachable
		}
	}
	f.note(a, core.PhaseFailed, core.Clock())
}

// broke withdraws the status of a reply that broke off before the client got any of it.
func (f *flight) broke() {
	a := f.attempt()
	a.Status, a.Cause = 0, core.Cut
	if f.late {
		a.Cause = core.Late
	}
}

// note reports a phase of an attempt to the route.
func (f *flight) note(a *core.Attempt, p core.Phase, now int64) {
	a.Phase, a.At = p, now
	if r := f.x.Route; r.Note != nil {
		r.Note(&f.x, a)
	}
}

// content reports that the first content of a stream went to the client.
func (f *flight) content(now int64) {
	a := f.attempt()
	if a.Phase == core.PhaseNone && f.begun > 0 {
		a.TTFT = time.Duration(now - f.begun)
		if f.gate != nil {
			f.gate.First(now, f.ticket)
		}
		f.note(a, core.PhaseContent, now)
	}
}

// concluded reports how the last attempt ended.
func (f *flight) concluded(now int64) {
	x := &f.x
	if len(x.Attempts()) == 0 || x.Route == nil {
		return
	}
	a := f.attempt()
	switch {
	case a.Phase >= core.PhaseFailed:
	case x.Fault == nil:
		a.Out = x.Usage.Out
		f.note(a, core.PhaseComplete, now)
	case x.Fault.Code == core.ClientGone || x.Fault.Code == core.ClientSlow:
		a.Cause = core.Abandoned
		f.note(a, core.PhaseComplete, now)
	default:
		f.blame(a)
	}
}
