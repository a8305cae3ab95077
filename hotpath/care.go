package hotpath

import (
	"time"

	"asbru/core"
)

// A care is what an exchange needs beyond attempts made one after the other. It is separate
// from the flight because most exchanges need none of it.
type care struct {
	wait    time.Duration // time without content after which another target is asked in parallel; 0: none is
	rescue  bool          // its stream is continued by another target if it breaks
	rescued bool          // it was
	casts   bool          // a copy is sent to another target, whose answer no client gets
	shadow  *shadow       // that copy; nil: none is under way
	race    *contest      // the contest with a parallel attempt; nil: none
}

// take decides, once the plan has let the exchange pass, what it needs of c. It reports
// whether it needs anything: a goroutine then carries it.
func (f *flight) take(c *core.Care) bool {
	x := &f.x
	var needs care
	if c.Hedge != nil && repeatable(x.Op) {
		needs.wait = f.hedgeable(c.Hedge.Wait(x))
	}
	needs.rescue = c.Rescue && x.Peek.Stream && x.From.Chats[x.Op] != nil && x.Op != core.OpCompletion
	needs.casts = c.Shadow != nil && repeatable(x.Op) && c.Shadow.Draw()
	if needs == (care{}) {
		return false
	}
	f.care = &needs
	return true
}

// hedgeable is how long an attempt may take to its first content before a parallel one is made.
// It is 0 if the client's budget ends the attempt sooner: then the next attempt follows anyway.
func (f *flight) hedgeable(wait time.Duration) time.Duration {
	x := &f.x
	if end := x.By(false); wait > 0 && end > 0 {
		left := end - core.Clock()
		if x.Due.First > 0 && x.Peek.Stream {
			left = portion(left)
		}
		if int64(wait) >= left {
			x.Skipped |= core.SkipHedge
			return 0
		}
	}
	return wait
}

// hedges reports whether a parallel attempt may be made beside the one under way.
func (f *flight) hedges() bool { return f.care != nil && f.care.wait > 0 }

// rescues reports whether another target is to continue the stream if it breaks.
func (f *flight) rescues() bool { return f.care != nil && f.care.rescue }

// raced reports whether a parallel attempt is under way or may still begin; rivalled, whether
// one is under way, so that the failure of this one does not fail the exchange.
func (f *flight) raced() bool    { return f.care != nil && f.care.race != nil && f.care.race.open() }
func (f *flight) rivalled() bool { return f.raced() && f.care.race.runs.Load() > 1 }

// parted detaches the shadow from an exchange that has ended, and calls tell with it. tell is nil
// after a panic, when there is nothing to compare.
func (f *flight) parted(tell func(*shadow)) {
	if f.care == nil || f.care.shadow == nil {
		return
	}
	h := f.care.shadow
	f.care.shadow = nil
	if tell != nil {
		tell(h)
	}
	close(h.told)
}

// repeatable reports whether asking op twice has no effect but its price. Responses are stored by
// the provider, and the effects of a request that is relayed without being parsed are unknown.
func repeatable(op core.Op) bool {
	switch op {
	case core.OpPass, core.OpResponses, core.OpModels:
		return false
	}
	return true
}
