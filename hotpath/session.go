package hotpath

import (
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// sessions are the fields that say which session a request belongs to, the plain word
// first, then those that coding agents send of their own accord.
var sessions = [...]http1.FieldID{
	http1.XBFSessionID, http1.XClaudeSession, http1.XOpencodeSession, http1.XSessionAffinity, http1.SessionID,
}

// session reads what the client calls its session, unless it wants none to be followed.
func session(x *core.Exchange, r *http1.Request, b []byte) {
	for _, id := range sessions {
		v := r.Value(b, id)
		if len(v) == 0 {
			continue
		}
		if a := r.Value(b, http1.XBFSessionAffinity); http1.EqualFold(a, "off") || http1.EqualFold(a, "false") || string(a) == "0" {
			return
		}
		x.Session = v
		x.SessionTTL = patience(r.Value(b, http1.XBFSessionTTL))
		return
	}
}

// patience reads "30m" or a number of seconds; 0 when it is neither.
func patience(v []byte) time.Duration {
	if len(v) == 0 || len(v) > maxDuration {
		return 0
	}
	if n, ok := wholeNumber(v); ok {
		return min(time.Duration(n)*time.Second, maxSessionTTL)
	}
	d, err := time.ParseDuration(string(v))
	if err != nil || d < 0 {
		return 0
	}
	return min(d, maxSessionTTL)
}

// retryAfter reads how long the provider of an error asks to be left alone: a number of
// milliseconds (OpenAI), of seconds, or a date (RFC 9110 section 10.2.3). 0: it does not say.
func retryAfter(rep *http1.Reply, b []byte) time.Duration {
	if n, ok := wholeNumber(rep.Value(b, http1.RetryAfterMs)); ok {
		return min(time.Duration(n)*time.Millisecond, maxRetryAfter)
	}
	v := rep.Value(b, http1.RetryAfter)
	if n, ok := wholeNumber(v); ok {
		return min(time.Duration(n)*time.Second, maxRetryAfter)
	}
	if len(v) == 0 || len(v) > len(time.RFC1123) {
		return 0
	}
	at, err := time.Parse(time.RFC1123, string(v))
	if err != nil {
		return 0
	}
	now := time.Now() // of our own clock, unless the provider tells its own
	if d, err := time.Parse(time.RFC1123, string(rep.Value(b, http1.Date))); err == nil {
		now = d
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// wholeNumber reads up to nine digits.
func wholeNumber(v []byte) (n int64, ok bool) {
	if len(v) == 0 || len(v) > 9 {
		return 0, false
	}
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// blame tells the route that an attempt came to nothing without an answer that could be judged. One
// that was told already, or that was never sent because the request could not be
// written for its target, is left.
func (f *flight) blame(a *core.Attempt) {
	if a.Phase >= core.PhaseFailed || a.Status == 0 && f.x.Fault != nil && f.x.Fault.Code == core.Invalid {
		return
	}
	if a.Cause == core.NoCause {
		switch {
		case f.late:
			a.Cause = core.Late
		case a.Status != 0:
			a.Cause = core.Cut
		default:
			a.Cause = core.Unreachable
		}
	}
	f.note(a, core.PhaseFailed, core.Clock())
}

// broke takes the status back of a reply that broke off before anybody got any of it.
func (f *flight) broke() {
	a := f.attempt()
	a.Status, a.Cause = 0, core.Cut
	if f.late {
		a.Cause = core.Late
	}
}

// note tells the route.
func (f *flight) note(a *core.Attempt, p core.Phase, now int64) {
	a.Phase, a.At = p, now
	if r := f.x.Route; r.Note != nil {
		r.Note(&f.x, a)
	}
}

// content tells that the first bytes of a stream went out.
func (f *flight) content(now int64) {
	a := f.attempt()
	if a.Phase == core.PhaseNone && f.begun > 0 {
		a.TTFT = time.Duration(now - f.begun)
		f.note(a, core.PhaseContent, now)
	}
}

// concluded tells what the last attempt came to.
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
