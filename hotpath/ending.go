package hotpath

import (
	"bytes"

	"asbru/core"
)

// A stream of a conversation has exactly one end: its terminator, or one error event. What the
// provider sends after either is dropped, and a terminator it forgot is added.

// over reports whether the stream has ended. What comes all the same is no part of the answer: it is
// not read either, or the usage of a second answer would be charged in place of the first one's.
func (l *relay) over(x *core.Exchange) bool { return x.Stream.Done && x.Op != core.OpPass }

// moot reports whether the event just read, behind one that said that the stream failed, is its
// terminator: the failure was the end. That of Responses takes two events, and that of Cohere
// is a finish like any other.
func (l *relay) moot(x *core.Exchange) bool {
	return x.Op != core.OpPass && x.Stream.Done && x.Op != core.OpResponses && !x.Stream.Finished
}

// unbroken reports whether the data of an event without its blank line is all there: a JSON object
// with all of its brackets, or the terminator.
func unbroken(data []byte) bool {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '{' || data[len(data)-1] != '}' {
		return string(data) == "[DONE]"
	}
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i == len(data)-1
			}
		}
	}
	return false
}

// shut ends a relayed stream when its upstream has ended. A stream that finished but lacks its
// terminator gets it; one that did not finish was cut.
func (l *relay) shut(x *core.Exchange, o *outbox) error {
	st := &x.Stream
	switch {
	case !l.sse || x.From.Chats[x.Op] == nil || st.Done || st.Failed:
		return nil
	case !st.Finished:
		return errCut
	}
	st.Done = true
	o.b = append(o.b, x.From.Ends[x.Op]...)
	return nil
}

// finishes replaces the contents of o by what complete appends.
func (f *flight) finishes(o *outbox) bool {
	o.reset()
	return f.rel.complete(&f.x, o)
}

// complete ends the client's stream if the provider's broke off after the whole answer, or after
// an error event of its own: nothing is missing but the end. For any other it reports false and
// appends nothing.
func (l *relay) complete(x *core.Exchange, o *outbox) bool {
	st := &x.Stream
	if !l.stream || l.to != bodyChunked || x.From.Chats[x.Op] == nil || l.cross == nil && !l.sse {
		return false
	}
	if !st.Done && !st.Failed && (!st.Finished || st.Several) { // another choice may not have finished
		return false
	}
	gap := len(o.b)
	o.b = append(o.b, "00000000\r\n"...)
	at := len(o.b)
	if l.cross != nil {
		o.b, _ = l.cross.last(o.b, x)
	} else {
		l.shut(x, o)
	}
	if x.Watch != nil {
		x.Watch.Saw(x, o.b[at:])
	}
	seal(o, gap, at, true)
	return true
}
