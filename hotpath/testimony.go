package hotpath

import (
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// Some refusals say the important thing in their body: Gemini and OpenRouter how long to wait, which
// no header may tell, OpenAI that no wait helps, and Gemini and xAI by a 400 that it is our key that
// is no good, not the request.
// Such a body is heard before anything is decided about the reply, within bounds of size and time.

// testifies reports whether the body of a refusal may change what is made of it.
func (f *flight) testifies(rep *http1.Reply, b []byte) bool {
	x := &f.x
	if x.Op == core.OpPass || x.Face == nil || x.Face.Dialect.ReadFault == nil || rep.At[http1.ContentEncoding] != 0 ||
		!http1.HasPrefixFold(rep.Value(b, http1.ContentType), "application/json") {
		return false
	}
	switch rep.Status {
	case 400, 429:
		return true
	case 503, 529:
		return !tellsRetry(rep)
	}
	return false
}

// tellsRetry reports whether the head of a reply says when to come back.
func tellsRetry(rep *http1.Reply) bool {
	return rep.At[http1.RetryAfter] != 0 || rep.At[http1.RetryAfterMs] != 0
}

// unpaid reports whether a provider's word for a refusal means an account that is spent: that is
// not filled by waiting.
func unpaid(kind string) bool { return kind == "insufficient_quota" || kind == "billing_error" }

// testimony is what has come of the body of a refusal, without its framing, and whether that is
// all of it, or as much as is listened to. It may alias body.
func testimony(rep *http1.Reply, body []byte) (text []byte, whole bool) {
	whole = len(body) >= maxTestimony
	if rep.Chunked {
		var c http1.Chunks
		for len(body) > 0 {
			payload, n, done, err := c.Next(body)
			text, body = append(text, payload...), body[n:]
			if done || err != nil {
				return text, true
			}
		}
		return text, whole
	}
	if n := rep.ContentLength; n >= 0 && int64(len(body)) >= n {
		return body[:n], true
	}
	return body, whole
}

// testify takes down what the body of a refusal says about the attempt. Its head is in b.
func (f *flight) testify(rep *http1.Reply, b, text []byte) {
	var said core.Fault
	f.x.Face.Dialect.ReadFault(text, &said)
	a := f.attempt()
	switch {
	case a.Status == 400 && said.BadKey:
		a.Status = 401
	case a.Status == 400:
	case a.Status == 429 && unpaid(said.Kind):
		a.Spent = true
	case !tellsRetry(rep):
		wait := time.Duration(said.Retry) * time.Second
		if said.Again > 0 {
			wait = time.UnixMilli(said.Again).Sub(clockOf(rep, b))
		}
		a.RetryAfter = min(max(wait, 0), maxRetryAfter)
	}
}

// seconds is how long the client is told to wait after the attempt under way, rounded up; 0:
// nobody has said.
func (f *flight) seconds() int {
	return int((f.attempt().RetryAfter + time.Second - 1) / time.Second)
}
