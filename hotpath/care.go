package hotpath

import (
	"time"

	"asbru/core"
)

// A care is what an exchange needs besides an attempt after the other. It stands apart from
// the flight: most need nothing.
type care struct {
	wait    time.Duration // for content, before another target is asked beside the one under way; 0: none is
	rescue  bool          // its stream is continued by another target if it breaks
	rescued bool          // it was
	casts   bool          // another target is asked too, and nobody gets its answer
	shadow  *shadow       // that one; nil: none is under way
	race    *contest      // whom the attempt is made beside; nil: nobody
}

// take decides, once for an exchange whose plan let it pass, what it needs of c. It reports
// whether that is anything: then a goroutine carries it.
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

// hedgeable is for how long an attempt may be without content before another one is made
// beside it; 0 when that is longer than the client's patience lets the attempt have: the
// next one follows it then.
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

// hedges reports whether the attempt under way may get another one beside it.
func (f *flight) hedges() bool { return f.care != nil && f.care.wait > 0 }

// rescues reports whether another target continues the stream if it breaks.
func (f *flight) rescues() bool { return f.care != nil && f.care.rescue }

// raced reports whether another attempt beside this one is under way or to come, and
// rivalled whether it is under way, so that a failure of this one is not the last word.
func (f *flight) raced() bool    { return f.care != nil && f.care.race != nil && f.care.race.open() }
func (f *flight) rivalled() bool { return f.raced() && f.care.race.runs.Load() > 1 }

// parted takes the shadow off an exchange that has ended, and calls tell with it. One that a
// panic ended has nothing to tell.
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

// repeatable reports whether to ask op twice has no other effect than the price. A provider
// keeps what a response says, and nobody knows what a request does that is relayed unread.
func repeatable(op core.Op) bool {
	switch op {
	case core.OpPass, core.OpResponses, core.OpModels:
		return false
	}
	return true
}
