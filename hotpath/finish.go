package hotpath

import (
	"time"

	"asbru/core"
)

// finish does the bookkeeping of an exchange: the After stages, tallies, the record. The
// lane calls it once, after the last byte was handed to the kernel, and
// recycles the flight afterwards.
func (s *Server) finish(f *flight, st *core.LaneStats, peer *[16]byte, lend lender) {
	x := &f.x
	l := &f.rel
	if f.care != nil && f.care.shadow != nil {
		x.Watch = f.care.shadow.main.next
	}
	f.measure()
	f.closeSource()
	l.forget(lend)
	if l.held != nil {
		lend.Give(l.held)
		l.held = nil
	}
	if l.stream {
		if x.Stream.Unread > 0 {
			st.Unread.Add(uint64(x.Stream.Unread))
		}
		if x.Stream.Failed && x.Fault == nil {
			x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: "the provider reported a failure in mid-stream"}
		}
		l.cut.Reset()
		l.dropFrames()
	}
	s.uncount(f)
	if f.ending = true; x.Plan != nil {
		core.Conclude(x, x.Plan.After)
	} else if x.Fault != nil && s.opt.Turned != nil {
		s.opt.Turned(x, peer)
	}
	now := f.over
	if now == 0 {
		now = core.Clock()
	}
	total := now - x.Start
	f.concluded(now)
	f.parted(func(h *shadow) { h.tell(f, now) })
	s.tally(f, total)
	st.Requests.Add(1)
	st.BytesIn.Add(f.in)
	st.BytesOut.Add(f.out)
	if len(x.Attempts()) > 0 && x.Fault == nil {
		st.Decide.Add(f.decide)
		st.Kernel.Add(f.kernel)
	}
	if x.Fault != nil {
		st.Faults[x.Fault.Code].Add(1)
	}
	for i := range st.Skipped {
		if x.Skipped&(1<<i) != 0 {
			st.Skipped[i].Add(1)
		}
	}
	if s.opt.Records != nil {
		s.record(f, peer, total)
	}
	s.uncross(f)
}

// uncross returns the crossing of f to its pool.
func (s *Server) uncross(f *flight) {
	if f.cross == nil {
		return
	}
	if f.cross.reset(); f.cross.held() <= maxCrossing {
		s.crosses.Put(f.cross)
	}
	f.cross = nil
}

// uncount removes f from the counts of exchanges under way. It may be called twice.
func (s *Server) uncount(f *flight) {
	f.land()
	if f.large > 0 {
		s.large.Add(-f.large)
		f.large = 0
	}
}

// gap notes a read from upstream in a stream.
func (f *flight) gap() {
	now := core.Clock()
	if f.last > 0 && f.rel.stream && f.target.Tally != nil {
		f.target.Tally.Gap.Add(now - f.last)
	}
	f.last = now
}

// tally adds the outcome to the counters of the target and the key.
func (s *Server) tally(f *flight, total int64) {
	x := &f.x
	if k := x.Key; k != nil && k.Tally != nil {
		if x.Fault != nil {
			k.Tally.Faults[x.Fault.Code].Add(1)
		}
		k.Tally.Cost.Add(uint64(x.Cost))
		addUsage(k.Tally, &x.Usage)
		k.Tally.Total.Add(total)
	}
	s.tallyTargets(f, total)
}

// tallyTargets adds the outcome of each attempt to the counters of its target.
func (s *Server) tallyTargets(f *flight, total int64) {
	x := &f.x
	for i, a := range x.Attempts() {
		if a.Target.Tally != nil && a.Cause != core.Outrun && (i < len(x.Attempts())-1 || x.Fault != nil) {
			a.Target.Tally.Faults[attemptCode(x, i)].Add(1)
		}
	}
	if f.target == nil || f.target.Tally == nil || !f.rel.committed {
		return
	}
	t := f.target.Tally
	t.Cost.Add(uint64(x.Cost))
	addUsage(t, &x.Usage)
	t.Total.Add(total)
	if f.ttft > 0 {
		t.TTFT.Add(f.ttft)
	}
}

// attemptCode is the fault that attempt i counts as: the exchange's own for the last
// one, an upstream failure for those that were replaced.
func attemptCode(x *core.Exchange, i int) core.Code {
	if i == len(x.Attempts())-1 && x.Fault != nil {
		return x.Fault.Code
	}
	switch a := &x.Attempts()[i]; {
	case a.Cause == core.Crowded:
		return core.Overloaded
	case a.Status == 429:
		return core.RateLimited
	}
	return core.UpstreamFailed
}

func addUsage(t *core.Tally, u *core.Usage) {
	if !u.Known {
		return
	}
	t.TokensIn.Add(uint64(max(u.In, 0)))
	t.TokensCached.Add(uint64(max(u.CachedIn, 0)))
	t.TokensOut.Add(uint64(max(u.Out, 0)))
}

func (s *Server) record(f *flight, peer *[16]byte, total int64) {
	x := &f.x
	r := core.Record{
		ID: x.ID, End: time.Now().UnixNano(), Key: x.Key, Peer: *peer, Op: x.Op,
		Attempts: uint8(len(x.Attempts())), Stream: f.rel.stream, Status: uint16(f.status), Recall: x.Recall, Usage: x.Usage, Cost: x.Cost,
		Rescued: f.care != nil && f.care.rescued, Skipped: x.Skipped, In: f.in, Out: f.out, Total: total, Decide: f.decide, Kernel: f.kernel, TTFT: f.ttft,
	}
	if f.rel.committed || len(x.Attempts()) > 0 {
		r.Target, r.Provider = f.target, f.key
		r.Upstream = max(f.first-f.begun, 0)
	}
	if x.Fault != nil {
		r.Fault = x.Fault.Code
	}
	for i := range x.Attempts() {
		r.Hedged = r.Hedged || x.Attempts()[i].Beside
	}
	r.ModelLen = uint8(copy(r.Model[:], x.Peek.Model))
	s.opt.Records.Put(&r)
}
