package hotpath

import (
	"context"
	"errors"
	"os"
	"time"

	"asbru/core"
	"asbru/hotpath/upstream"
)

// rescuable reports whether another target may continue the broken stream. A stream that had its
// finish reason is not continued: all it lacks is its terminator.
func (f *flight) rescuable() bool {
	return f.rescues() && f.cross != nil && f.cross.splice != nil && f.cross.splice.fit() && !f.x.Stream.Finished
}

// resumes reports whether the attempt under way continues a stream whose beginning the client
// already has.
func (f *flight) resumes() bool {
	return f.rescues() && f.cross != nil && f.cross.splice != nil && f.cross.splice.in != nil
}

// rescue finds a target that continues the stream that broke with err; a stream is rescued once
// at most. Afterwards k.box holds what has come of the continuation. Until stop is called, the
// new connection is closed if the client leaves. If no target continues the stream it reports
// false and leaves f as it was.
func (k *conn) rescue(f *flight, u *upstream.Conn, err error) (a arrival, stop func() bool, ok bool) {
	s, x, ctx := k.s, &f.x, k.ctx
	u.Close()
	if end := x.Due.Total; end > 0 && core.Clock()+int64(f.attempt().TTFT) >= end {
		x.Skipped |= core.SkipRescue // another target will not begin sooner than the first one did
		return a, nil, false
	}
	f.late = errors.Is(err, os.ErrDeadlineExceeded)
	if f.broke(); x.Stream.Failed {
		f.attempt().Status, f.attempt().Cause = 502, core.Cut
	}
	p, was, fault, unsaid := f.cross.splice, f.rel, f.cross.splice.fault, f.cross.splice.unsaid
	state, broken := x.Stream, core.Broken{Attempts: len(x.Attempts()), Name: x.Name, Said: x.Stream.Said, Usage: x.Stream.Usage}
	was.cut.Reset()
	was.dropFrames()
	x.Due.First = 0 // the client has its first content
	k.held = &a
	defer func() { k.held = nil }()
	for k.next(f) {
		f.rel = relay{}
		x.Break(broken)
		f.cross.resumed(x)
		f.attempt().Resumes = true
		out := k.turn(ctx, f)
		if out == tryHeld {
			f.care.rescued = true
			next := a.u
			return a, context.AfterFunc(ctx, func() { next.Conn.SetDeadline(time.Unix(1, 0)) }), true
		}
		f.rel.drop(&s.shared)
		if out == tryOver {
			break
		}
	}
	if x.Broken() != nil { // which has what was said
		state.Said = 0
	}
	f.rel, x.Stream, x.Fault = was, state, nil
	p.in, p.fault, p.unsaid = nil, fault, unsaid
	return a, nil, false
}
