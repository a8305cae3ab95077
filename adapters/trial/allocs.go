package trial

import (
	"testing"

	"asbru/core"
)

// A Sample is one conversation in a format.
type Sample struct {
	Model          string
	Request, Reply []byte
	Stream         [][]byte // its frames

	// Play reads and writes the frames of a stream, in the given memory.
	Play func(x *core.Crossing, ev []core.Event, dst []byte, frames [][]byte) ([]core.Event, []byte, error)
}

// Allocations checks that translating, from the format to itself and from another one, does not allocate once the
// forms have grown. It has no meaning under the race detector.
func Allocations(t *testing.T, d *core.Dialect, chat *core.ChatCodec, s *Sample) {
	t.Helper()
	form, reply, x := core.NewChat(), core.NewCompletion(), core.NewCrossing()
	dst := make([]byte, 0, 16<<10)
	events := make([]core.Event, 0, 16)
	send := &core.Send{Model: []byte(s.Model), Stream: true}
	f := func(name string, run func()) {
		t.Helper()
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	for _, from := range []*core.Dialect{d, nil} {
		f("request", func() {
			form.Reset()
			if f := chat.ParseRequest(form, s.Request); f != nil {
				t.Fatal(f)
			}
			if form.From = from; from == nil {
				form.More = 0 // what it names is noted by name
			}
			if _, f := chat.AppendRequest(dst, form, send); f != nil {
				t.Fatal(f)
			}
		})
		f("reply", func() {
			reply.Reset()
			if err := chat.ParseReply(reply, s.Reply); err != nil {
				t.Fatal(err)
			}
			reply.From = from
			chat.AppendReply(dst, reply, nil)
		})
		f("stream", func() {
			x.Reset()
			x.From = from
			if _, _, err := s.Play(x, events, dst, s.Stream); err != nil {
				t.Fatal(err)
			}
		})
	}
	var st core.StreamState
	f("scan", func() {
		for _, frame := range s.Stream {
			d.ReadEvent(frame, &st)
		}
	})
	var u core.Usage
	f("usage", func() { d.ReadUsage(s.Reply, &u, nil) })
}
