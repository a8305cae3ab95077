package hotpath

import (
	"asbru/core"
	"asbru/hotpath/http1"
)

// A hearing is the verdict on the head of a reply.
type hearing uint8

const (
	heGets  hearing = iota // the client gets the reply
	another                // another target is asked
	refused                // the exchange ends here: x.Fault says why
	unheard                // more of the body is needed for a decision
)

// hear judges the head of a reply, the first n bytes of b; the part of the body received so far follows it.
// enough says that no more of that will arrive. A redirect is never followed: the
// credential would go wherever the provider pointed. Errors of the client are passed on to it;
// errors that asbru or the provider made become a 502.
func (s *Server) hear(f *flight, rep *http1.Reply, b []byte, n int, enough bool) hearing {
	if f.socket != nil {
		return s.hearSocket(f, rep, b)
	}
	var text []byte
	if rep.Status >= 400 && f.testifies(rep, b) {
		var whole bool
		if text, whole = testimony(rep, b[n:]); !whole && !enough {
			return unheard
		}
	}
	verb := f.judge(rep, b, text)
	switch {
	case rep.Status < 300:
		return f.fits(rep, b)
	case rep.Status < 400:
		return f.refusedBecause(", which leads elsewhere, and no redirect is followed", "set base_url to the address that the provider has now")
	case verb != core.Final:
		if s.stands(f) {
			return heGets
		}
		return another
	case f.x.Op != core.OpPass && ours(rep.Status):
		return f.refusedBecause(" to a request as this gateway makes it", "check base_url and type of the provider")
	case f.x.Op != core.OpPass && (rep.Status == 400 || rep.Status == 404) && isPage(rep, b):
		return f.refusedBecause(" with a web page", "check base_url of the provider: its API is not there")
	}
	return heGets
}

// fits judges the head of a success: whether an answer can follow it.
func (f *flight) fits(rep *http1.Reply, b []byte) hearing {
	if f.x.Op == core.OpPass {
		return heGets
	}
	switch {
	case rep.At[http1.ContentEncoding] != 0 && !http1.EqualFold(rep.Value(b, http1.ContentEncoding), "identity"):
		// A kilobyte may expand to a gigabyte, and the client did not ask for a coding.
		return f.refusedBecause(" in a content coding that was not asked for", "turn compression off at the provider")
	case rep.Status != 204 && rep.Status != 205 && !isPage(rep, b):
		return heGets
	case f.spare():
		f.attempt().Status, f.void = 502, true
		return another
	}
	return f.refusedBecause(" without an answer", "check base_url of the provider: a web page or nothing is there")
}

// isPage reports whether a reply is a web page. No API answers with one: the address is wrong.
func isPage(rep *http1.Reply, b []byte) bool {
	return http1.HasPrefixFold(rep.Value(b, http1.ContentType), "text/html")
}

// ours reports whether a status is about how we made the request (method, content type, framing,
// head), not about what the client asked.
func ours(status int) bool {
	switch status {
	case 405, 406, 411, 412, 415, 417, 421, 426, 431:
		return true
	}
	return false
}

// refusedBecause makes the fault for a reply that is withheld from the client and not retried.
func (f *flight) refusedBecause(why, hint string) hearing {
	msg := append([]byte(f.target.Name), " answered "...)
	msg = append(http1.AppendUint(msg, uint64(f.attempt().Status)), why...)
	refuse(&f.x, core.UpstreamFailed, string(msg), hint)
	return refused
}

// spare reports whether another target could be asked instead of the one under way. It only
// counts: Route.Pick may still find none of them usable.
func (f *flight) spare() bool {
	x := &f.x
	if f.raced() {
		return true
	}
	left := len(x.Route.Targets) + x.Route.Again
	for i := 0; i < len(x.Peek.Fallbacks) && x.Peek.Fallbacks[i] != nil; i++ {
		left++
	}
	if left < 2 {
		return false
	}
	tried := x.Attempts()
	if len(tried) == core.MaxAttempts || f.spent() {
		return false
	}
	for i := range tried {
		if i == 0 || tried[i].Target != tried[i-1].Target {
			left-- // several keys of one target are one
		}
	}
	return left > 0
}

// once reports whether the request under way must not be sent again because it may have been
// carried out: it was sent, no reply came, and its effects are unknown.
func (f *flight) once() bool {
	if f.x.Op != core.OpPass || !f.sent || f.attempt().Status != 0 {
		return false
	}
	m := string(f.buf[:4])
	return m != "GET " && m != "HEAD"
}
