package anthropic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// Recordings of this format, from any provider that speaks it, are read and written again unchanged.
func TestRecordings(t *testing.T) {
	all := recorded(t)
	var messages, counts []*corpus.Case
	for _, c := range all {
		if c.API == "messages" {
			messages = append(messages, c)
		} else {
			counts = append(counts, c)
		}
	}
	t.Run("requests", func(t *testing.T) { checkRequests(t, all) })
	t.Run("replies", func(t *testing.T) { checkReplies(t, messages) })
	t.Run("streams", func(t *testing.T) { checkStreams(t, messages) })
	t.Run("faults", func(t *testing.T) { checkFaults(t, messages) })
	t.Run("counts", func(t *testing.T) { checkCounts(t, counts) })
}

func recorded(t testing.TB) []*corpus.Case {
	return corpus.Cases(t, func(c *corpus.Case) bool {
		switch c.Fidelity {
		case "raw", "parsed", "scrubbed", "reframed", "response-only":
		default:
			return false
		}
		switch c.Provider {
		case "openai", "gemini", "bedrock":
			return false // other formats of the same purpose
		}
		return (c.API == "messages" || c.API == "count_tokens") && !bytes.Contains(requestOf(c), []byte(`"contents"`))
	})
}

func requestOf(c *corpus.Case) []byte {
	if c.Request == nil {
		return nil
	}
	return c.Request.Body
}

// A request that is read and written again for the same family is equivalent.
func checkRequests(t *testing.T, cases []*corpus.Case) {
	n := 0
	for _, c := range cases {
		raw := requestOf(c)
		if len(raw) == 0 || raw[0] != '{' {
			continue
		}
		n++
		if d := roundTrip(raw, c.API == "count_tokens"); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
	}
	t.Logf("%d requests", n)
}

func roundTrip(raw []byte, counts bool) string {
	chat := core.NewChat()
	codec := API.Chats[core.OpChat]
	if fault := codec.ParseRequest(chat, raw); fault != nil {
		return fault.Message
	}
	var said struct {
		Model  string
		Stream bool
		Max    *json.Number `json:"max_tokens"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return err.Error()
	}
	send := &core.Send{Model: []byte(said.Model), Stream: said.Stream}
	var ignore []string
	write := codec.AppendRequest
	if counts {
		write = API.Counts.AppendRequest
	} else if said.Max == nil {
		ignore = append(ignore, "max_tokens")
	}
	if said.Model == "" { // it is in the path
		ignore = append(ignore, "model")
	}
	got, fault := write([]byte("kept"), chat, send)
	if fault != nil {
		return fault.Message
	}
	if !bytes.HasPrefix(got, []byte("kept")) {
		return "what stood before was changed"
	}
	return corpus.Diff(got[4:], raw, ignore...)
}

// A reply that is read and written again for the same family is equivalent.
func checkReplies(t *testing.T, cases []*corpus.Case) {
	n := 0
	codec := API.Chats[core.OpChat]
	for _, c := range cases {
		raw := []byte(c.Response.Body)
		if len(raw) == 0 || c.Response.Status >= 400 {
			continue
		}
		n++
		r := core.NewCompletion()
		if err := codec.ParseReply(r, raw); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(codec.AppendReply(nil, r, nil), raw); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if !r.Usage.Known || r.Choices[0].Native != nil && r.Choices[0].Finish == core.FinishUnsaid {
			t.Errorf("%s: usage %+v, finish %d", c.ID, r.Usage, r.Choices[0].Finish)
		}
	}
	t.Logf("%d replies", n)
}

// A frame of a recorded stream.
type sse struct{ name, data []byte }

// cut splits a stream of server-sent events that arrives in reads.
func cut(reads [][]byte) (frames []sse) {
	var buf []byte
	for _, r := range reads {
		from := max(len(buf)-1, 0) // the first line break may have come with an earlier read
		buf = append(buf, r...)
		for {
			i := bytes.Index(buf[from:], []byte("\n\n"))
			if i < 0 {
				break
			}
			frames = append(frames, frameOf(buf[:from+i])...)
			buf, from = buf[from+i+2:], 0
		}
	}
	return append(frames, frameOf(buf)...)
}

func frameOf(block []byte) []sse {
	var f sse
	for _, line := range bytes.Split(block, []byte("\n")) {
		if rest, ok := bytes.CutPrefix(line, []byte("event:")); ok {
			f.name = append([]byte{}, bytes.TrimSpace(rest)...)
		}
		if rest, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			f.data = append([]byte{}, bytes.TrimSpace(rest)...)
		}
	}
	if f.data == nil {
		return nil
	}
	return []sse{f}
}

// streams splits frames where a message starts, as some recordings have several answers.
func streams(frames []sse) (all [][]sse) {
	for _, f := range frames {
		if len(all) == 0 || string(f.name) == "message_start" {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], f)
	}
	return all
}

// told is the events of one stream, and the stream as it was written again.
func told(frames []sse) (lines []string, again []byte, x *core.Crossing, err error) {
	codec := API.Chats[core.OpChat]
	x = core.NewCrossing()
	x.From, x.To = API, API
	var ev []core.Event
	for _, f := range frames {
		ev, err = codec.ParseEvent(ev[:0], x, f.name, f.data)
		if err != nil {
			return nil, nil, x, fmt.Errorf("%s: %w", f.data, err)
		}
		for i := range ev {
			lines = append(lines, line(x, &ev[i]))
			again = codec.AppendEvent(again, x, &ev[i])
		}
	}
	return lines, again, x, nil
}

// line describes an event. Usage is compared only at the end, because the writer repeats totals.
func line(x *core.Crossing, e *core.Event) string {
	s := fmt.Sprintf("%d choice %d block %d %q finish %d %q %q %s %q", e.Kind, e.Choice, e.Block, e.Text, e.Finish, e.Native, e.Stop, e.Raw, e.Name)
	if e.Kind == core.EventOpen || e.Kind == core.EventSign {
		b := &x.Blocks[e.Block]
		s += fmt.Sprintf(" kind %d %q %q %q %d %q", b.Kind, b.ID, b.Name, b.Sign, b.Vendor, b.Type)
	}
	if e.Cite != nil {
		s += fmt.Sprintf(" cite %s", e.Cite.Raw)
	}
	if e.Kind == core.EventStart {
		s += fmt.Sprintf(" %s %s", x.ID, x.Model)
	}
	return s
}

func steps(lines []string) (out []string) {
	usage := fmt.Sprintf("%d choice", core.EventUsage)
	for _, l := range lines {
		if !strings.HasPrefix(l, usage) {
			out = append(out, l)
		}
	}
	return out
}

// A stream reads the same in any pieces, and also after it was written again.
func checkStreams(t *testing.T, cases []*corpus.Case) {
	n := 0
	for _, c := range cases {
		if c.Response.SSE == "" {
			continue
		}
		whole := cut([][]byte{c.Bytes()})
		for name, reads := range c.Splits() {
			if got := cut(reads); fmt.Sprint(got) != fmt.Sprint(whole) {
				t.Errorf("%s: cut in %s: got other frames", c.ID, name)
			}
		}
		for _, frames := range streams(whole) {
			n++
			checkStream(t, c.ID, frames)
		}
	}
	t.Logf("%d streams", n)
}

func checkStream(t *testing.T, id string, frames []sse) {
	t.Helper()
	lines, again, x, err := told(frames)
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return
	}
	if !x.Started || !x.Finished || !x.Ended || !x.Usage.Known {
		t.Errorf("%s: started %t, finished %t, ended %t, usage %+v", id, x.Started, x.Finished, x.Ended, x.Usage)
	}
	second, _, y, err := told(cut([][]byte{again}))
	if err != nil {
		t.Errorf("%s: written again: %v", id, err)
		return
	}
	a, b := steps(lines), steps(second)
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s: event %d:\n got %s\nwant %s", id, i, b[i], a[i])
			return
		}
	}
	if len(a) != len(b) || x.Usage != y.Usage {
		t.Errorf("%s: got %d events and %+v, want %d and %+v", id, len(b), y.Usage, len(a), x.Usage)
	}
	checkOrder(t, id, frames)
	var st core.StreamState
	for _, f := range frames {
		readEvent(f.data, &st)
	}
	if st.Usage != x.Usage || !st.Done || len(x.Blocks) > 0 && x.R.Native == nil && !st.Finished {
		t.Errorf("%s: the scan saw %+v, the reader %+v", id, st, x.Usage)
	}
}

// checkOrder checks events against their contract: blocks one after the other, one finish, the end last.
func checkOrder(t *testing.T, id string, frames []sse) {
	t.Helper()
	x := core.NewCrossing()
	open, finished, ended := int32(-1), 0, false
	var ev []core.Event
	for _, f := range frames {
		ev, _ = parseEvent(ev[:0], x, f.name, f.data)
		for _, e := range ev {
			bad := ended
			switch e.Kind {
			case core.EventOpen:
				bad = bad || open >= 0
				open = e.Block
			case core.EventDelta, core.EventSign, core.EventCite:
				bad = bad || open != e.Block
			case core.EventClose:
				bad = bad || open != e.Block
				open = -1
			case core.EventFinish:
				bad = bad || open >= 0
				finished++
			case core.EventEnd:
				ended = true
			}
			if bad {
				t.Errorf("%s: event %+v is out of order", id, e)
			}
		}
	}
	if finished != 1 || !ended {
		t.Errorf("%s: finished %d times, ended %t", id, finished, ended)
	}
}

// Errors of providers are read, and never as messages.
func checkFaults(t *testing.T, cases []*corpus.Case) {
	for _, c := range cases {
		if c.Response.Status < 400 {
			continue
		}
		var f core.Fault
		readFault(c.Bytes(), &f)
		if f.Message == "" || f.Kind == "" {
			t.Errorf("%s: got %+v of %s", c.ID, f, c.Bytes())
		}
		if err := API.Chats[core.OpChat].ParseReply(core.NewCompletion(), c.Bytes()); err == nil {
			t.Errorf("%s: an error was read as a message", c.ID)
		}
	}
}

func checkCounts(t *testing.T, cases []*corpus.Case) {
	for _, c := range cases {
		n, err := parseCount(c.Bytes())
		if err != nil || n <= 0 {
			t.Errorf("%s: %d, %v", c.ID, n, err)
		}
		if d := corpus.Diff(appendCounted(nil, n), c.Bytes()); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
	}
}
