package cache

import "asbru/core"

// stream starts to give x the answer that is arriving for another exchange: what is there at
// once, the rest as it arrives.
func (v *visit) stream(x *core.Exchange) {
	f := v.f
	v.tell(x, withOthers, nil)
	v.read.s = v.c.takeScratch()
	z := &v.read.s.cross
	v.begin(x, z, nil)
	z.From, z.FromOp = f.from, f.op
	f.mu.Lock()
	v.read.keepsID = f.native && f.op == core.OpResponses && x.Op == core.OpResponses
	f.mu.Unlock()
	v.read.cut.framing = f.from.Chats[f.op].Framing
	codec := x.From.Chats[x.Op]
	x.Reply.Status, x.Reply.Type, x.Reply.Source = 200, codec.Framing.ContentType(x.Array), v
}

// Next implements core.Source.
func (v *visit) Next(x *core.Exchange, dst []byte) ([]byte, core.Pour) {
	if v.read.s == nil {
		return dst, core.PourEnd
	}
	v.x = x
	if v.read.paced {
		return v.nextPiece(x, dst)
	}
	return v.nextCome(x, dst)
}

// Close implements core.Source.
func (v *visit) Close(*core.Exchange) { v.endReplay() }

// nextPiece is Next for an answer from memory at its original pace.
func (v *visit) nextPiece(x *core.Exchange, dst []byte) ([]byte, core.Pour) {
	r := &v.read
	if now, by := core.Clock(), x.Due.Total; now < r.due && (by == 0 || r.due < by) {
		x.Until = r.due
		return dst, core.PourWait
	}
	ev, done := r.pacer.Next(nil)
	codec := x.From.Chats[x.Op]
	for i := range ev {
		dst = codec.AppendEvent(dst, &r.s.cross, &ev[i])
	}
	if done {
		return dst, core.PourEnd
	}
	r.due += int64(r.pacer.Gap()) * 1e6
	return dst, core.PourMore
}

// nextCome is Next for an answer that is arriving for another exchange.
func (v *visit) nextCome(x *core.Exchange, dst []byte) ([]byte, core.Pour) {
	r, f := &v.read, v.f
	f.mu.Lock()
	tape, state, over, fault, usage := f.tape, f.state, f.over, f.fault, f.usage
	by := x.Due.Total
	if by > 0 && state == coming && core.Clock() >= by {
		f.mu.Unlock()
		x.Fault = &core.Fault{Code: core.UpstreamTimeout, Message: "the answer that others wait for too did not end within the request's own x-latency-budget", Hint: "wait longer"}
		return dst, core.PourCut
	}
	if state == coming && !over && len(tape) <= r.at {
		x.Until = by
		f.waitLocked(v, x)
		f.mu.Unlock()
		return dst, core.PourWait
	}
	f.mu.Unlock()
	if v.c.o.repeats && r.ended && state == failed && r.at > 0 {
		return dst, core.PourEnd // the end has been written, and nothing may follow it
	}
	if state == failed || over {
		if fault == nil {
			fault = &core.Fault{Code: core.UpstreamFailed, Message: "the answer that others wait for too broke off", Hint: "try again"}
		}
		own := *fault
		x.Fault = &own
		return dst, core.PourCut
	}
	end := min(len(tape), r.at+maxPiece)
	r.dst = dst
	err := r.cut.each(tape[r.at:end], r.frame)
	dst, r.dst = r.dst, nil
	if err == nil && v.c.o.repeats {
		dst = append(dst, tape[r.at:end]...)
	}
	r.at = end
	switch {
	case err != nil:
		x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: "the provider reported a failure in mid-stream", Cause: err}
		return dst, core.PourCut
	case end < len(tape):
		return dst, core.PourMore
	case state != done:
		return dst, core.PourMore // the caller waits, unless there is more by now
	}
	return v.lastCome(x, dst, &usage)
}

// lastCome ends an answer that has arrived completely.
func (v *visit) lastCome(x *core.Exchange, dst []byte, usage *core.Usage) ([]byte, core.Pour) {
	r, z, f := &v.read, &v.read.s.cross, v.f
	if !r.ended && !z.Finished {
		x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: "the answer that others wait for too has no end", Hint: "try again"}
		return dst, core.PourCut
	}
	if v.c.o.repeats {
		return dst, core.PourEnd
	}
	codec := x.From.Chats[x.Op]
	if !z.Usage.Known && usage.Known {
		z.Usage = *usage
		dst = codec.AppendEvent(dst, z, &core.Event{Kind: core.EventUsage})
	}
	f.mu.Lock()
	provider, model := f.provider, f.model
	f.mu.Unlock()
	full(x, provider, model, usage)
	z.Ended = true
	dst = codec.AppendEvent(dst, z, &core.Event{Kind: core.EventEnd})
	return dst, core.PourEnd
}

// onFrame converts one frame of the answer into the client's format.
func (v *visit) onFrame(name, data []byte) error {
	r, f, x := &v.read, v.f, v.x
	s := r.s
	ev, err := f.from.Chats[f.op].ParseEvent(s.events[:0], &s.cross, name, core.Readable(data))
	if err != nil {
		return nil // as for the leader: the stream continues
	}
	s.events = ev
	if !r.keepsID {
		s.cross.ID = s.cross.ID[:0] // each client's answer has an id of its own
	}
	codec := x.From.Chats[x.Op]
	for i := range ev {
		switch e := &ev[i]; e.Kind {
		case core.EventEnd:
			r.ended = true
		case core.EventFault:
			if e.Fault != nil {
				return e.Fault
			}
			return errFormat
		default:
			if v.c.o.repeats { // repeats give the recorded bytes unchanged
				continue
			}
			r.dst = codec.AppendEvent(r.dst, &s.cross, e)
		}
	}
	return nil
}
