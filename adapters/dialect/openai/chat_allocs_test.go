//go:build !race

package openai

import (
	"testing"

	"asbru/core"
)

// Reused forms must not allocate.
func TestChatAllocations(t *testing.T) {
	f := func(name string, run func()) {
		t.Helper()
		run() // warm
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	c, r, x := core.NewChat(), core.NewCompletion(), core.NewCrossing()
	dst := make([]byte, 0, 1<<16)
	send := &core.Send{Model: []byte("m"), Stream: true, Face: &core.Face{AskUsage: true, Quirks: core.QuirkShortIDs | core.QuirkMaxTokens}}
	body, reply := []byte(toolTalk), []byte(toolReply)
	for _, own := range []bool{true, false} {
		f("request", func() {
			c.Reset()
			if f := parseChat(c, body); f != nil {
				t.Fatal(f)
			}
			if !own {
				c.From = nil
			}
			var fault *core.Fault
			if dst, fault = appendChat(dst[:0], c, send); fault != nil {
				t.Fatal(fault)
			}
		})
		f("reply", func() {
			r.Reset()
			if err := parseReply(r, reply); err != nil {
				t.Fatal(err)
			}
			if !own {
				r.From = nil
			}
			dst = appendReply(dst[:0], r, x)
		})
	}
	var ev []core.Event
	frames := [][]byte{}
	for _, s := range toolStream {
		frames = append(frames, []byte(s))
	}
	f("stream", func() {
		x.Reset()
		dst = dst[:0]
		for _, data := range frames {
			var err error
			if ev, err = parseChunk(ev[:0], x, nil, data); err != nil {
				t.Fatal(err)
			}
			for i := range ev {
				dst = appendChunk(dst, x, &ev[i])
			}
		}
	})
	if !x.Ended || len(x.Blocks) != 3 {
		t.Errorf("the stream was not read: %d blocks", len(x.Blocks))
	}
}
