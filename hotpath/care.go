package hotpath

import (
	"time"

	"asbru/core"
)

// A care is what an exchange needs besides an attempt after the other. The zero care is none.
type care struct {
	wait    time.Duration // for content, before another target is asked beside the one under way; 0: none is
	rescue  bool          // its stream is continued by another target if it breaks
	rescued bool          // it was
	shadow  bool          // another target is asked too, and nobody gets its answer
}

// take decides, once for an exchange whose plan let it pass, what it needs of c. It reports
// whether that is anything: then a goroutine carries it.
func (f *flight) take(c *core.Care) bool {
	x := &f.x
	if c.Hedge != nil && repeatable(x.Op) {
		f.care.wait = c.Hedge.Wait(x)
	}
	f.care.rescue = c.Rescue && x.Peek.Stream && x.From.Chats[x.Op] != nil && x.Op != core.OpCompletion
	f.care.shadow = c.Shadow != nil && repeatable(x.Op) && c.Shadow.Draw()
	return f.care != care{}
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
