package ollama

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// A lines cuts a stream at line ends, however it is fed.
type lines struct{ held []byte }

func (l *lines) feed(piece []byte, each func(data []byte)) {
	l.held = append(l.held, piece...)
	for {
		i := bytes.IndexByte(l.held, '\n')
		if i < 0 {
			return
		}
		if data := l.held[:i:i]; len(data) > 0 {
			each(data)
		}
		l.held = append([]byte(nil), l.held[i+1:]...)
	}
}

// shown renders an event for comparison.
func shown(x *core.Crossing, e *core.Event) string {
	s := fmt.Sprintf("%d", e.Kind)
	switch e.Kind {
	case core.EventStart:
		s += " " + string(x.Model)
	case core.EventOpen:
		b := &x.Blocks[e.Block]
		s += fmt.Sprintf(" #%d kind %d %s %s", e.Block, b.Kind, b.ID, b.Name)
	case core.EventDelta:
		s += fmt.Sprintf(" #%d %s %s", e.Block, e.Text, e.Probs)
	case core.EventSign:
		s += fmt.Sprintf(" #%d %v %s", e.Block, x.Blocks[e.Block].Vendor, x.Blocks[e.Block].Sign)
	case core.EventClose:
		s += fmt.Sprintf(" #%d", e.Block)
	case core.EventFinish:
		s += fmt.Sprintf(" %d %s", e.Finish, e.Native)
	case core.EventUsage:
		s += fmt.Sprintf(" %+v", x.Usage)
	case core.EventFault:
		s += " " + e.Fault.Message
	}
	return s
}

// read parses a stream in pieces and renders its events. written, if it is not nil,
// collects what AppendEvent makes of them.
func read(t *testing.T, pieces [][]byte, x *core.Crossing, written *[]byte) []string {
	t.Helper()
	var out []string
	var ev []core.Event
	var l lines
	for _, p := range pieces {
		l.feed(p, func(data []byte) {
			var err error
			if ev, err = API.Chats[x.FromOp].ParseEvent(ev[:0], x, nil, data); err != nil {
				t.Fatalf("%s: %v", data, err)
			}
			for i := range ev {
				out = append(out, shown(x, &ev[i]))
				if written != nil {
					*written = API.Chats[x.ToOp].AppendEvent(*written, x, &ev[i])
				}
			}
		})
	}
	return out
}

func TestRecordedStreams(t *testing.T) {
	for _, c := range recorded(t, "ollama_chat", "ollama_generate") {
		if c.Response.NDJSON != "" {
			t.Run(c.ID, func(t *testing.T) { replay(t, c) })
		}
	}
}

func crossing(op core.Op, from *core.Dialect) *core.Crossing {
	x := core.NewCrossing()
	x.FromOp, x.ToOp, x.From, x.To = op, op, from, API
	return x
}

func replay(t *testing.T, c *corpus.Case) {
	op := opOf(c)
	whole := read(t, [][]byte{c.Bytes()}, crossing(op, API), nil)
	if n := len(whole); n < 5 || whole[n-1] != "10" || !strings.HasPrefix(whole[n-2], "7 ") || !strings.HasPrefix(whole[0], "0 ") {
		t.Errorf("events %q", whole)
	}
	for name, pieces := range c.Splits() {
		if got := read(t, pieces, crossing(op, API), nil); strings.Join(got, "\n") != strings.Join(whole, "\n") {
			t.Errorf("in %s: other events", name)
		}
	}
	for _, from := range []*core.Dialect{API, nil} { // nil: as if another format had been read
		var written []byte
		read(t, [][]byte{c.Bytes()}, crossing(op, from), &written)
		again := read(t, [][]byte{written}, crossing(op, API), nil)
		if a, b := strings.Join(again, "\n"), strings.Join(whole, "\n"); a != b {
			t.Errorf("written from %v and read again:\n got %.3000s\nwant %.3000s", from, a, b)
		}
		if from == API {
			same(t, written, c.Bytes())
		}
	}
	var st core.StreamState
	new(lines).feed(c.Bytes(), func(data []byte) { API.ReadEvent(data, &st) })
	if !st.Content || !st.Finished || !st.Done || st.Failed || !st.Usage.Known {
		t.Errorf("scanned: %+v", st)
	}
}

// same holds the last line of a stream that was read and written against the original.
func same(t *testing.T, got, want []byte) {
	t.Helper()
	last := func(b []byte) []byte {
		all := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
		return all[len(all)-1]
	}
	if d := corpus.Diff(last(got), last(want), "message"); d != "" {
		t.Errorf("last line: %s", d)
	}
}
