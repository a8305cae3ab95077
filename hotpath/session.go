package hotpath

import (
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// sessions are the header fields that name the session of a request: our own first, then those
// that coding agents send unasked.
var sessions = [...]http1.FieldID{
	http1.XBFSessionID, http1.XClaudeSession, http1.XOpencodeSession, http1.XSessionAffinity, http1.SessionID,
}

// session reads the client's session id, unless it has turned affinity off.
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

// retryAfter reads how long a provider asks us to wait after an error: a number of
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
	return min(max(at.Sub(clockOf(rep, b)), 0), maxRetryAfter)
}

// clockOf is the time by which the sender of a reply names moments: its own if it sends a Date,
// else ours.
func clockOf(rep *http1.Reply, b []byte) time.Time {
	if at, err := time.Parse(time.RFC1123, string(rep.Value(b, http1.Date))); err == nil {
		return at
	}
	return time.Now()
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
