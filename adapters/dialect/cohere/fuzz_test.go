package cohere

import (
	"bytes"
	"runtime"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/scan"
)

// seed adds what of picks from the recordings, if there are any.
func seed(f *testing.F, of func(c *corpus.Case) [][]byte) {
	if corpus.Dir() == "" {
		return
	}
	for _, c := range recorded(f, "cohere_chat") {
		for _, b := range of(c) {
			f.Add(b)
		}
	}
}

// frugal reports an error when run allocates far more than the input is long.
func frugal(t *testing.T, input []byte, run func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(len(input))*256+256<<10; got > most {
		t.Errorf("%d bytes of input took %d bytes", len(input), got)
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add(sample)
	seed(f, func(c *corpus.Case) [][]byte {
		if c.Request == nil {
			return nil
		}
		return [][]byte{c.Request.Body}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p core.Peek
		if API.Peek(b, core.OpChat, &p) != nil {
			return
		}
		form := core.NewChat()
		bad := true
		frugal(t, b, func() { bad = chat.ParseRequest(form, b) != nil })
		if bad {
			return
		}
		send := &core.Send{Model: p.Model, Stream: p.Stream}
		once, fault := chat.AppendRequest(nil, form, send)
		if fault != nil {
			return
		}
		if err := scan.Valid(once); err != nil {
			t.Fatalf("wrote %s: %v", once, err)
		}
		again := core.NewChat()
		if fault := chat.ParseRequest(again, once); fault != nil {
			t.Fatalf("cannot read %s again: %v", once, fault)
		}
		if twice, _ := chat.AppendRequest(nil, again, send); !bytes.Equal(once, twice) {
			t.Errorf("not stable:\n%s\n%s", once, twice)
		}
		form.From = nil
		if other, fault := chat.AppendRequest(nil, form, send); fault == nil {
			if err := scan.Valid(other); err != nil {
				t.Errorf("as another's wrote %s: %v", other, err)
			}
		}
	})
}

func FuzzParseReply(f *testing.F) {
	f.Add(sampleReply)
	seed(f, func(c *corpus.Case) [][]byte { return [][]byte{c.Response.Body} })
	f.Fuzz(func(t *testing.T, b []byte) {
		var st core.StreamState
		var fault core.Fault
		API.ReadEvent(b, &st)
		API.ReadUsage(b, &st.Usage)
		API.ReadFault(b, &fault)
		form := core.NewCompletion()
		bad := true
		frugal(t, b, func() { bad = chat.ParseReply(form, b) != nil })
		if bad || scan.Valid(b) != nil {
			return
		}
		once := chat.AppendReply(nil, form, nil)
		if err := scan.Valid(once); err != nil {
			t.Fatalf("wrote %s: %v", once, err)
		}
		again := core.NewCompletion()
		if err := chat.ParseReply(again, once); err != nil {
			t.Fatalf("cannot read %s again: %v", once, err)
		}
		if twice := chat.AppendReply(nil, again, nil); !bytes.Equal(once, twice) {
			t.Errorf("not stable:\n%s\n%s", once, twice)
		}
		form.From = nil
		if other := chat.AppendReply(nil, form, nil); scan.Valid(other) != nil {
			t.Errorf("as another's wrote %s: %v", other, scan.Valid(other))
		}
	})
}

func FuzzParseEvent(f *testing.F) {
	for _, e := range sampleEvents {
		f.Add([]byte(e))
	}
	f.Add(bytes.Join(frames(sampleEvents), []byte("\n")))
	f.Fuzz(func(t *testing.T, b []byte) {
		x := core.NewCrossing()
		var written []byte
		frugal(t, b, func() {
			var ev []core.Event
			for line := range bytes.SplitSeq(b, []byte("\n")) {
				n, blocks := len(ev), len(x.Blocks)
				var err error
				if ev, err = chat.ParseEvent(ev, x, nil, line); err != nil && (len(ev) != n || len(x.Blocks) != blocks) {
					t.Errorf("%s: an error and %d events", line, len(ev)-n)
				}
				for i := range ev[n:] {
					written = chat.AppendEvent(written, x, &ev[n+i])
				}
				ev = ev[:0]
			}
		})
		if !valid(b) {
			return
		}
		var bl blocks
		bl.feed(written, func(_, data []byte) {
			if err := scan.Valid(data); err != nil && !isDone(data) {
				t.Errorf("wrote %s: %v", data, err)
			}
		})
	})
}

// valid reports whether all lines are JSON.
func valid(b []byte) bool {
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		if scan.Valid(line) != nil {
			return false
		}
	}
	return true
}
