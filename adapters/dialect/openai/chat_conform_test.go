package openai

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/scan"
)

// chatCases returns the recordings of conversations in this format, and of completions that some servers
// answer in it. Recordings that are dumps of an SDK's objects have fields that were not on the wire.
func chatCases(t testing.TB, stream bool) []*corpus.Case {
	return corpus.Cases(t, func(c *corpus.Case) bool {
		return (c.API == "chat" || c.API == "completions" && c.Provider != "anthropic") && c.Stream == stream
	})
}

func TestChatRequestsRoundTrip(t *testing.T) {
	n := 0
	for _, stream := range []bool{false, true} {
		for _, c := range chatCases(t, stream) {
			if c.Request == nil || c.Request.Body == nil || c.API != "chat" || c.Response.Status >= 400 {
				continue
			}
			n++
			chat := core.NewChat()
			if f := parseChat(chat, c.Request.Body); f != nil {
				t.Errorf("%s: %v", c.ID, f)
				continue
			}
			got, f := appendChat(nil, chat, &core.Send{Model: []byte(chat.Model), Stream: chat.Stream})
			if f != nil {
				t.Errorf("%s: %v", c.ID, f)
				continue
			}
			if d := corpus.Diff(got, c.Request.Body); d != "" && !(len(chat.Model) == 0 && strings.HasPrefix(d, "$.model ")) {
				t.Errorf("%s: %s", c.ID, d)
			}
		}
	}
	t.Logf("%d requests", n)
}

func TestChatRepliesRoundTrip(t *testing.T) {
	n := 0
	for _, c := range chatCases(t, false) {
		if c.Response.Status != 200 || c.Response.Body == nil || c.Fidelity == "sdk" {
			continue
		}
		n++
		r := core.NewCompletion()
		if err := parseReply(r, c.Response.Body); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if !soundReply(c.Response.Body) {
			t.Errorf("%s: does not count as sound", c.ID)
		}
		if d := corpus.Diff(appendReply(nil, r, nil), c.Response.Body); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		r.From = nil // as if it came from another format
		again := core.NewCompletion()
		if err := parseReply(again, appendReply(nil, r, nil)); err != nil {
			t.Errorf("%s: as another's: %v", c.ID, err)
			continue
		}
		if a, b := told(r), told(again); a != b {
			t.Errorf("%s: as another's:\n got %s\nwant %s", c.ID, b, a)
		}
	}
	t.Logf("%d replies", n)
}

// told describes a reply in a form that all formats preserve: by kind, with consecutive parts of a kind joined.
func told(r *core.Completion) string {
	var b strings.Builder
	for i := range r.Choices {
		c := &r.Choices[i]
		fmt.Fprintf(&b, "choice %d:", c.Index)
		var kinds [core.PartOther + 1]string
		for _, p := range r.Parts[c.From:c.To] {
			switch p.Kind {
			case core.PartCall:
				args := string(p.Args)
				if args == "" {
					args = "{}"
				}
				kinds[p.Kind] += fmt.Sprintf("[%s %s %s]", p.ID, p.Name, args)
			case core.PartOther:
			default:
				kinds[p.Kind] += string(p.Text)
			}
		}
		for k, s := range kinds {
			if s != "" {
				fmt.Fprintf(&b, " %d=%q", k, s)
			}
		}
		f := c.Finish
		if f == core.FinishUnsaid || f == core.FinishStopped || f == core.FinishFailed || f == core.FinishPaused {
			f = core.FinishStop
		}
		fmt.Fprintf(&b, " finish %d probs %t;", f, c.Logprobs != nil)
	}
	fmt.Fprintf(&b, " in %d out %d cached %d reasoning %d", r.Usage.In, r.Usage.Out, r.Usage.CachedIn, r.Usage.Reasoning)
	return b.String()
}

// A frameReader splits server-sent events (WHATWG HTML §9.2), which may arrive in any pieces.
type frameReader struct {
	line, data, name []byte
	any              bool
}

func (r *frameReader) feed(b []byte, frame func(name, data []byte)) {
	for _, c := range b {
		if c != '\n' {
			r.line = append(r.line, c)
			continue
		}
		line := bytes.TrimSuffix(r.line, []byte{'\r'})
		switch {
		case len(line) == 0:
			r.flush(frame)
		case bytes.HasPrefix(line, []byte("data:")):
			if r.any {
				r.data = append(r.data, '\n')
			}
			r.any = true
			r.data = append(r.data, bytes.TrimPrefix(line[5:], []byte{' '})...)
		case bytes.HasPrefix(line, []byte("event:")):
			r.name = append(r.name[:0], bytes.TrimSpace(line[6:])...)
		}
		r.line = r.line[:0]
	}
}

func (r *frameReader) flush(frame func(name, data []byte)) {
	if r.any {
		frame(r.name, r.data)
	}
	r.any, r.data, r.name = false, r.data[:0], r.name[:0]
}

// A telling is the content of a stream: its events as text, and their result.
type telling struct {
	events  []string
	text    [core.PartOther + 1]string
	calls   []string
	finish  []core.Finish
	over    []int32 // the choices that have ended
	usage   core.Usage
	started int
	faults  int
	ended   bool
	problem string
}

// tell reads a stream and writes it again for a client, with w.
func tell(reads [][]byte, w *core.Crossing) (*telling, []byte) {
	s := &telling{}
	x := core.NewCrossing()
	if w == nil {
		w = x
	}
	var out []byte
	var ev []core.Event
	args := map[int32]string{}
	open := map[int32]int32{}
	var r frameReader
	frame := func(name, data []byte) {
		var err error
		own := append([]byte(nil), data...)
		if ev, err = parseChunk(ev[:0], x, name, own); err != nil {
			s.problem += err.Error() + "; "
		}
		for i := range ev {
			s.note(x, &ev[i], args, open)
			out = appendChunk(out, x, &ev[i])
		}
		for i := range own {
			own[i] = '#' // the reader must not retain data
		}
	}
	for _, b := range reads {
		r.feed(b, frame)
	}
	r.feed([]byte("\n\n"), frame)
	if x.Finished && !x.Ended { // as the relay does
		out = appendChunk(out, x, &core.Event{Kind: core.EventEnd})
	}
	for i := range x.Blocks {
		if b := &x.Blocks[i]; b.Kind == core.PartCall {
			a := args[int32(i)]
			if a == "" {
				a = "{}"
			}
			s.calls = append(s.calls, fmt.Sprintf("%d %s %s %s", b.Choice, b.ID, b.Name, a))
		}
	}
	s.usage = x.Usage
	return s, out
}

// note checks an event against the contract of core/event.go.
func (s *telling) note(x *core.Crossing, e *core.Event, args map[int32]string, open map[int32]int32) {
	s.events = append(s.events, fmt.Sprintf("%d/%d/%d %s", e.Kind, e.Choice, e.Block, e.Text))
	bad := func(format string, a ...any) { s.problem += fmt.Sprintf(format, a...) + "; " }
	if s.ended {
		bad("event %d behind the end", e.Kind)
	}
	if s.started == 0 && e.Kind != core.EventStart && e.Kind != core.EventFault && e.Kind != core.EventPing {
		bad("event %d before the start", e.Kind)
	}
	at, isOpen := open[e.Choice]
	switch e.Kind {
	case core.EventStart:
		if s.started++; s.started > 1 {
			bad("started twice")
		}
	case core.EventOpen:
		if isOpen {
			bad("block %d opens while %d is open", e.Block, at)
		}
		open[e.Choice] = e.Block
		if i := slices.Index(s.over, e.Choice); i >= 0 { // it continues after its end
			s.over, s.finish = slices.Delete(s.over, i, i+1), slices.Delete(s.finish, i, i+1)
		}
		if b := &x.Blocks[e.Block]; b.Kind == core.PartCall && len(b.ID) == 0 {
			bad("call %d opens without id", e.Block)
		}
	case core.EventDelta, core.EventSign, core.EventCite, core.EventClose:
		if !isOpen || at != e.Block {
			bad("event %d for block %d, which is not open", e.Kind, e.Block)
		}
		if e.Kind == core.EventClose {
			delete(open, e.Choice)
		}
		if e.Kind == core.EventDelta {
			if k := x.Blocks[e.Block].Kind; k == core.PartCall {
				args[e.Block] += string(e.Text)
			} else {
				s.text[k] += string(e.Text)
			}
		}
	case core.EventFinish:
		if isOpen {
			bad("finished while %d is open", at)
		}
		s.finish, s.over = append(s.finish, e.Finish), append(s.over, e.Choice)
	case core.EventFault:
		s.faults++
	case core.EventEnd:
		s.ended = true
	}
}

func (s *telling) sum() string {
	return fmt.Sprintf("%q calls %q finish %v usage %+v faults %d", s.text, s.calls, s.finish, s.usage, s.faults)
}

func TestChatStreams(t *testing.T) {
	n := 0
	for _, c := range chatCases(t, true) {
		if c.Response.Status != 200 || c.Response.SSE == "" {
			continue
		}
		n++
		splits := c.Splits()
		whole, out := tell(splits["whole"], nil)
		if whole.problem != "" {
			t.Errorf("%s: %s", c.ID, whole.problem)
		}
		for name, reads := range splits {
			if got, _ := tell(reads, nil); strings.Join(got.events, "|") != strings.Join(whole.events, "|") {
				t.Errorf("%s: read %s differs", c.ID, name)
			}
		}
		if whole.faults > 0 {
			continue
		}
		if len(whole.finish) == 0 && c.Provider != "together" {
			t.Errorf("%s: no finish", c.ID)
		}
		if want, got := streamedText(c), string(scan.AppendUnescaped(nil, []byte(whole.text[core.PartText]))); want != got {
			t.Errorf("%s: text\n got %q\nwant %q", c.ID, got, want)
		}
		checkChunks(t, c.ID, out)
		again, _ := tell([][]byte{out}, nil)
		again.usage, whole.usage = core.Usage{}, core.Usage{} // it was not asked for
		if again.problem != "" || again.sum() != whole.sum() {
			t.Errorf("%s: written and read again: %s\n got %s\nwant %s", c.ID, again.problem, again.sum(), whole.sum())
		}
	}
	t.Logf("%d streams", n)
}

// streamedText returns the text of a recorded stream, read with encoding/json.
func streamedText(c *corpus.Case) string {
	var b strings.Builder
	var r frameReader
	r.feed(append(c.Bytes(), "\n\n"...), func(_, data []byte) {
		var m struct {
			Choices []struct {
				Text         *string
				Index        int
				FinishReason *string `json:"finish_reason"`
				Delta        struct{ Content json.RawMessage }
			}
		}
		if json.Unmarshal(data, &m) != nil {
			return
		}
		for _, ch := range m.Choices {
			var s string
			var list []struct{ Text string }
			if ch.Text != nil {
				s = *ch.Text
			} else if json.Unmarshal(ch.Delta.Content, &s) != nil && json.Unmarshal(ch.Delta.Content, &list) == nil {
				for _, p := range list {
					s += p.Text
				}
			}
			b.WriteString(s)
		}
	})
	return b.String()
}

// checkChunks checks that chunks have all that strict SDKs require.
func checkChunks(t *testing.T, id string, out []byte) {
	t.Helper()
	var r frameReader
	roles, finishes, done := map[float64]int{}, map[float64]int{}, 0
	r.feed(out, func(_, data []byte) {
		if string(data) == "[DONE]" {
			done++
			return
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			t.Errorf("%s: %v: %s", id, err, data)
			return
		}
		if m["object"] != "chat.completion.chunk" && m["error"] == nil || m["id"] == "" {
			t.Errorf("%s: no chunk: %s", id, data)
		}
		list, _ := m["choices"].([]any)
		for _, c := range list {
			choice := c.(map[string]any)
			at := choice["index"].(float64)
			delta := choice["delta"].(map[string]any)
			if delta["role"] != nil {
				roles[at]++
			}
			if choice["finish_reason"] != nil {
				finishes[at]++
			}
			if roles[at] != 1 || finishes[at] > 1 {
				t.Errorf("%s: choice %v: %d roles, %d finishes", id, at, roles[at], finishes[at])
			}
		}
	})
	if done > 1 {
		t.Errorf("%s: %d terminators", id, done)
	}
}
