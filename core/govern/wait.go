package govern

import (
	"asbru/core"
	"asbru/core/ledger"
)

// Wait is what a stage returns that lets x go on when s is durable: Continue when it is,
// Wait when x is woken once it is, and Refuse, with x.Fault, when it never will be. A
// stage of Plan.Commit asks it for the Seq of its Hold, one of Plan.Settle for that of the
// Settle; each asks again when it is asked again. A stage of Settle continues where it
// would be refused: the answer has gone out but for its end, and the process is ending.
func (b *Book) Wait(x *core.Exchange, s ledger.Seq) core.Verdict {
	if b.log.Durable() >= s {
		return core.Continue
	}
	if b.log.Enlist(s, x.Waker()) {
		x.Halted = core.Clock() // from here on it is the kernel's: to wake a thread, and to sync
		b.log.Rouse(s)
		return core.Wait
	}
	if b.log.Durable() >= s {
		return core.Continue
	}
	x.Fault = unwritable(b.log.Err())
	return core.Refuse
}

func unwritable(cause error) *core.Fault {
	return &core.Fault{
		Code:    core.Overloaded,
		Message: "cannot answer the request: what it costs cannot be written down",
		Hint:    "try again; this gateway is being restarted",
		Cause:   cause,
	}
}
