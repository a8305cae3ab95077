package adapters

import (
	"testing"

	"asbru/core"
)

// Behind a fault in mid-stream no format says anything that would make the answer look complete, whatever
// a reader still gives: some providers end a stream that has failed as they end every other.
func TestNothingFollowsAFault(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		x := core.NewCrossing()
		x.To, x.ToOp, x.Wants = d, op, true
		var before []byte
		write := func(dst []byte, e core.Event) []byte { return codec.AppendEvent(dst, x, &e) }
		before = write(before, core.Event{Kind: core.EventStart})
		block := x.Add(core.PartText, 0, 0)
		before = write(before, core.Event{Kind: core.EventOpen, Block: block})
		before = write(before, core.Event{Kind: core.EventDelta, Block: block, Text: core.Text("a")})
		before = write(before, core.Event{Kind: core.EventFault, Fault: &core.Fault{Status: 502, Message: "broken"}})
		after := write(nil, core.Event{Kind: core.EventClose, Block: block})
		after = write(after, core.Event{Kind: core.EventFinish, Finish: core.FinishStop})
		after = write(after, core.Event{Kind: core.EventEnd})
		if len(after) > 0 {
			t.Errorf("%s: behind %q follows %q", name, before, after)
		}
	})
}
