package cohere

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// A blocks cuts a stream at blank lines, however it is fed.
type blocks struct{ held []byte }

func (b *blocks) feed(piece []byte, each func(name, data []byte)) {
	b.held = append(b.held, piece...)
	for {
		i := bytes.Index(b.held, []byte("\n\n"))
		if i < 0 {
			return
		}
		var name, data []byte
		for line := range bytes.SplitSeq(b.held[:i], []byte("\n")) {
			if v, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
				name = v
			} else if v, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
				data = v
			}
		}
		if data != nil {
			each(name, data)
		}
		b.held = append([]byte(nil), b.held[i+2:]...)
	}
}

// shown renders an event for comparison.
func shown(x *core.Crossing, e *core.Event) string {
	s := fmt.Sprintf("%d", e.Kind)
	switch e.Kind {
	case core.EventStart:
		s += " " + string(x.ID)
	case core.EventOpen:
		b := &x.Blocks[e.Block]
		s += fmt.Sprintf(" #%d kind %d %s %s", e.Block, b.Kind, b.ID, b.Name)
	case core.EventDelta:
		s += fmt.Sprintf(" #%d %s %s", e.Block, e.Text, e.Probs)
	case core.EventSign:
		s += fmt.Sprintf(" #%d %d %s", e.Block, x.Blocks[e.Block].Vendor, x.Blocks[e.Block].Sign)
	case core.EventCite:
		s += fmt.Sprintf(" #%d %d-%d %s", e.Block, e.Cite.Start, e.Cite.End, e.Cite.Quote)
	case core.EventClose:
		s += fmt.Sprintf(" #%d", e.Block)
	case core.EventFinish:
		s += fmt.Sprintf(" %d %s", e.Finish, e.Native)
	case core.EventUsage:
		s += fmt.Sprintf(" %+v", x.Usage)
	case core.EventFault:
		s += " " + e.Fault.Message + " " + e.Fault.Kind
	}
	return s
}

// read parses a stream in pieces and renders its events. written, if it is not nil,
// collects what AppendEvent makes of them.
func read(t *testing.T, pieces [][]byte, x *core.Crossing, written *[]byte) []string {
	t.Helper()
	var out []string
	var ev []core.Event
	var b blocks
	for _, p := range pieces {
		b.feed(p, func(name, data []byte) {
			var err error
			if ev, err = chat.ParseEvent(ev[:0], x, name, data); err != nil {
				t.Fatalf("%s: %v", data, err)
			}
			for i := range ev {
				out = append(out, shown(x, &ev[i]))
				if written != nil {
					*written = chat.AppendEvent(*written, x, &ev[i])
				}
			}
		})
	}
	if err := lawful(out); err != nil {
		t.Error(err)
	}
	return out
}

// lawful checks the order that core.Event promises.
func lawful(events []string) error {
	started, open, over := false, "", false
	for _, e := range events {
		var kind core.EventKind
		var block string
		fmt.Sscanf(e, "%d %s", &kind, &block)
		switch {
		case over:
			return fmt.Errorf("%s behind the end", e)
		case kind == core.EventStart && started:
			return fmt.Errorf("a second start")
		case kind != core.EventStart && kind != core.EventEnd && kind != core.EventOther && kind != core.EventFault && !started:
			return fmt.Errorf("%s before the start", e)
		case kind == core.EventOpen && open != "":
			return fmt.Errorf("%s while %s is open", e, open)
		case (kind == core.EventDelta || kind == core.EventClose || kind == core.EventSign || kind == core.EventCite) && block != open:
			return fmt.Errorf("%s while %q is open", e, open)
		case kind == core.EventFinish && open != "":
			return fmt.Errorf("a finish while %s is open", open)
		}
		switch kind {
		case core.EventStart:
			started = true
		case core.EventOpen:
			open = block
		case core.EventClose:
			open = ""
		case core.EventEnd:
			over = true
		}
	}
	if !over {
		return fmt.Errorf("no end")
	}
	return nil
}

func TestRecordedStreams(t *testing.T) {
	for _, c := range recorded(t, "cohere_chat") {
		if c.Response.SSE == "" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) { replay(t, c) })
	}
}

func replay(t *testing.T, c *corpus.Case) {
	whole := read(t, [][]byte{c.Bytes()}, core.NewCrossing(), nil)
	for name, pieces := range c.Splits() {
		if got := read(t, pieces, core.NewCrossing(), nil); strings.Join(got, "\n") != strings.Join(whole, "\n") {
			t.Errorf("in %s: other events", name)
		}
	}
	for _, from := range []*core.Dialect{API, nil} { // nil: as if another format had been read
		var written []byte
		x := core.NewCrossing()
		x.From = from
		if from == nil && strings.Contains(c.Response.SSE, "tool-plan-delta") {
			continue // the plan of another format's is content; see TestWriteStream
		}
		read(t, [][]byte{c.Bytes()}, x, &written)
		again := read(t, [][]byte{written}, core.NewCrossing(), nil)
		if a, b := strings.Join(again, "\n"), strings.Join(whole, "\n"); a != b {
			t.Errorf("written from %v and read again:\n got %.3000s\nwant %.3000s", from, a, b)
		}
		if from == API {
			same(t, written, c.Bytes())
		}
	}
	var st core.StreamState
	var b blocks
	b.feed(c.Bytes(), func(_, data []byte) { API.ReadEvent(data, &st) })
	failed := c.Has("finish:ERROR")
	if !st.Content || !st.Finished || !st.Done || st.Failed != failed || st.Usage.Known == failed {
		t.Errorf("scanned: %+v", st)
	}
}

// same holds a stream that was read and written against the original, frame by frame.
func same(t *testing.T, got, want []byte) {
	t.Helper()
	frames := func(s []byte) (out [][]byte) {
		new(blocks).feed(s, func(name, data []byte) {
			if !isDone(data) && string(name) != "content-end" && string(name) != "citation-end" {
				out = append(out, data)
			}
		})
		return out
	}
	g, w := frames(got), frames(want)
	if len(g) != len(w) {
		t.Errorf("%d frames, want %d", len(g), len(w))
		return
	}
	for i := range g {
		if d := corpus.Diff(g[i], w[i], "id"); d != "" {
			t.Errorf("frame %d: %s", i, d)
		}
	}
}
