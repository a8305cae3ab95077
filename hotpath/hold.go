package hotpath

import (
	"bytes"
	"errors"
	"io"
	"time"

	"asbru/core"
	"asbru/hotpath/frame"
)

// The commit point of a stream is its first content, that of any other reply its last byte.
// Until then the head and what came with it are held, as long as another target could answer
// instead: if the reply fails before that, the client has seen nothing of it. If no other target
// is left, nothing is held.

// A ruling decides about a held reply.
type ruling uint8

const (
	holdOn  ruling = iota // no content has come yet
	letGo                 // send it to the client
	replace               // ask another target
)

// holdable reports whether the reply whose head was just read is to be held. One whose request
// may have had effects is not, as that request would not be repeated.
func (f *flight) holdable() bool {
	l := &f.rel
	return f.x.Op != core.OpPass && l.from != bodyNone && f.attempt().Status < 300 && f.spare()
}

// rule judges a held reply after a piece of it was fed. ended says that it is complete.
func (s *Server) rule(f *flight, ended bool, err error, held int) ruling {
	st, l := &f.x.Stream, &f.rel
	switch {
	case !l.stream:
		return s.ruleWhole(f, ended, err, held)
	case l.content, err == frame.ErrEventTooLarge: // which it would be elsewhere too
		return letGo
	case err != nil && !(ended && st.Finished), st.Failed:
		return replace
	case (ended || st.Done) && !st.Finished: // at an end without ever having begun
		return replace
	case ended || held > maxHold:
		return letGo
	}
	return holdOn
}

// ruleWhole is rule for a reply that is no stream.
func (s *Server) ruleWhole(f *flight, ended bool, err error, held int) ruling {
	switch {
	case err != nil, ended && !s.sound(f):
		return replace
	case ended || held > maxKeep:
		return letGo
	}
	return holdOn
}

// sound reports whether a complete reply is an answer. If its body was not kept it is assumed
// to be one.
func (s *Server) sound(f *flight) bool {
	x, l := &f.x, &f.rel
	if !l.reads {
		return true
	}
	codec := x.From.Chats[x.Op]
	if codec == nil {
		b := bytes.TrimSpace(l.kept)
		return len(b) > 1 && (b[0] == '{' && b[len(b)-1] == '}' || b[0] == '[' && b[len(b)-1] == ']')
	}
	if codec.Sound != nil {
		return codec.Sound(l.kept)
	}
	c := s.crosses.Get().(*crossing)
	err := codec.ParseReply(&c.reply, l.kept)
	c.reply.Reset()
	s.crosses.Put(c)
	return err == nil
}

// ends reports whether err is the end of a body that nothing but the end of the connection ends.
func (l *relay) ends(err error) bool { return l.from == bodyClose && errors.Is(err, io.EOF) }

// replaced records that the attempt's reply was discarded, and forgets it. err is why it broke off;
// nil: it is whole, and no answer.
func (f *flight) replaced(lend lender, err error) {
	switch f.broke(); {
	case f.x.Stream.Failed:
		f.attempt().Status = 502 // it said so itself
	case err == nil:
		f.attempt().Cause = core.Garbled
	}
	f.void = true
	if w := f.x.Watch; w != nil && !f.resumes() {
		w.Anew(&f.x)
	}
	f.rel.drop(lend)
	f.x.Stream = core.StreamState{}
}

// patience is how long to wait for the next bytes of a reply: until the first content of a
// stream, and from then on between events with content.
func (f *flight) patience() time.Duration {
	w := &f.target.Waits
	if f.rel.stream && !f.rel.content {
		return max(or(w.First, defaultFirst)-time.Duration(core.Clock()-f.begun), 1)
	}
	return or(w.Stall, defaultStall)
}
