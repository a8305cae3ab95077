package hotpath

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/hotpath/frame"
)

// rescues makes the rig's route one whose streams are continued.
func (r *rig) rescues(more ...func(*core.Route)) *words {
	n := new(words)
	r.change(func(s *core.Snapshot) {
		m := *s.Models["m"]
		m.Care, m.Note = &core.Care{Rescue: true}, n.note
		for _, f := range more {
			f(&m)
		}
		s.Models, s.Only = map[string]*core.Route{"m": &m}, &m
	})
	return n
}

// saying is one chunk of OpenAI's with text.
func saying(text string) string {
	return fmt.Sprintf("data: {\"id\":\"c1\",\"model\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":null}]}\n\n", text)
}

// chatFace is a provider that has nothing but chat completions.
func chatFace() *core.Face {
	f := &core.Face{Dialect: openai.API, AskUsage: true}
	f.Paths[core.OpChat] = "/up/chat"
	return f
}

const usageChunk = "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}\n\n"

// A hearing is what a client has of a stream, read by its own format.
type heardStream struct {
	text, calls                   string
	starts, finishes, ends, fault int
	usage                         core.Usage
}

// hears reads a stream in d's format.
func hears(t *testing.T, d *core.Dialect, op core.Op, stream string) (h heardStream) {
	t.Helper()
	x := core.NewCrossing()
	x.From, x.FromOp = d, op
	var cut frame.Cutter
	cut.Grow, cut.Free = func(old []byte, need int) []byte { return append(make([]byte, 0, need), old...) }, func([]byte) {}
	p := []byte(stream)
	for len(p) > 0 {
		raw, ev, n, err := cut.Next(p)
		if err != nil {
			t.Fatal(err)
		}
		if p = p[n:]; raw == nil || ev.Comment {
			continue
		}
		events, err := d.Chats[op].ParseEvent(nil, x, ev.Type, ev.Data)
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		for _, e := range events {
			switch e.Kind {
			case core.EventStart:
				h.starts++
			case core.EventDelta:
				var text string
				json.Unmarshal([]byte(`"`+string(e.Text)+`"`), &text)
				if x.Blocks[e.Block].Kind == core.PartCall {
					h.calls += text
				} else {
					h.text += text
				}
			case core.EventFinish:
				h.finishes++
			case core.EventEnd:
				h.ends++
			case core.EventFault:
				h.fault++
			}
		}
	}
	if h.usage = x.Usage; d == gemini.API { // whose streams have no event for the end
		h.ends += h.finishes
	}
	return h
}

// clients are requests for a stream, in the formats that clients speak.
var clients = []struct {
	name, path, body string
	dialect          *core.Dialect
	op               core.Op
}{
	{"openai", "/openai/", `{"model":"m","stream":true,"stream_options":{"include_usage":true},"max_tokens":100,"messages":[{"role":"user","content":"hi"}]}`, openai.API, core.OpChat},
	{"responses", "/openai/responses", `{"model":"m","stream":true,"input":"hi"}`, openai.API, core.OpResponses},
	{"anthropic", "/anthropic/", `{"model":"m","stream":true,"max_tokens":100,"messages":[{"role":"user","content":"hi"}]}`, anthropic.API, core.OpChat},
	{"gemini", "/gemini/m:streamGenerateContent?alt=sse", `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`, gemini.API, core.OpChat},
}

// A stream that breaks in its text goes on in every client's format as if nothing had happened.
func TestRescue(t *testing.T) {
	breaks := map[string][]string{
		"cut":     {roleChunk, saying("Hello there. I am"), saying(" your assist"), "cut"},
		"stall":   {roleChunk, saying("Hello there. I am"), saying(" your assist"), "60000"},
		"error":   {roleChunk, saying("Hello there. I am"), saying(" your assist"), errorChunk, "60000"},
		"the end": {roleChunk, saying("Hello there. I am"), saying(" your assist")},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, c := range clients {
			for name, first := range breaks {
				m := meet(t, loops, chatFace(), say(first...).ServeHTTP, say(roleChunk, saying(" I am a"), saying(" bridge.\nBye"), finishChunk, usageChunk, doneChunk).ServeHTTP)
				told := m.rescues(func(r *core.Route) {
					if name == "stall" {
						r.Targets[0].Waits.Stall = 300 * time.Millisecond
					}
				})
				a, body := m.say(c.path, c.body)
				h := hears(t, c.dialect, c.op, body)
				if a.StatusCode != 200 || h.text != "Hello there. I am a bridge.\nBye" || h.starts != 1 || h.finishes != 1 || h.ends != 1 || h.fault != 0 {
					t.Errorf("%s, %s: got %+v in %s", c.name, name, h, body)
				}
				if !strings.Contains(body, ": continued by p1\n\n") {
					t.Errorf("%s, %s: the join is not marked: %s", c.name, name, body)
				}
				if h.usage.Out != 2 {
					t.Errorf("%s, %s: usage %+v", c.name, name, h.usage)
				}
				if rec := m.record(); !rec.Rescued || rec.Attempts != 2 || rec.Fault != core.None || rec.Usage.Out != 2 {
					t.Errorf("%s, %s: got record %+v", c.name, name, rec)
				}
				if want := "p0 content, p0 failed " + map[bool]string{true: "late", false: "cut"}[name == "stall"] + ", p1 content, p1 complete"; told.all() != want {
					t.Errorf("%s, %s: the route was told %s, want %s", c.name, name, told.all(), want)
				}
				if sent := m.sent[1].body; !strings.Contains(sent, `{"role":"assistant","content":"Hello there."}`) || !strings.Contains(sent, goOn) {
					t.Errorf("%s, %s: the second provider got %s", c.name, name, sent)
				}
				eventually(t, "every buffer is back", func() bool { return m.srv.Buffers() == 0 })
			}
		}
	})
}

// While nothing breaks the client has all of the text, and each sentence as soon as it ends.
func TestRescueUnneeded(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		for _, c := range clients {
			m := meet(t, loops, chatFace(), say(roleChunk, saying("One. Tw"), saying("o. Thr"), saying("ee"), finishChunk, usageChunk, doneChunk).ServeHTTP, say(otherAnswer).ServeHTTP)
			m.rescues()
			_, body := m.say(c.path, c.body)
			if h := hears(t, c.dialect, c.op, body); h.text != "One. Two. Three" || h.starts != 1 || h.finishes != 1 || h.ends != 1 || strings.Contains(body, "continued") {
				t.Errorf("%s: got %+v in %s", c.name, h, body)
			}
			if rec := m.record(); rec.Rescued || rec.Attempts != 1 {
				t.Errorf("%s: got record %+v", c.name, rec)
			}
		}
	})
}

// What is not continued ends as it would without: in one error.
func TestRescueRefused(t *testing.T) {
	const call = "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]},\"finish_reason\":null}]}\n\n"
	const muse = "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":null}]}\n\n"
	const second = "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"},\"finish_reason\":null}]}\n\n"
	chat := func(more string) string {
		return strings.Replace(clients[0].body, `"max_tokens"`, more+`"max_tokens"`, 1)
	}
	rows := []struct {
		name  string
		body  string
		first []string
		next  []string
		text  string
		asked int
	}{
		{name: "a call", body: chat(""), first: []string{saying("Hello. I"), call, "cut"}, text: "Hello. I", asked: 1},
		{name: "a thought", body: chat(""), first: []string{muse, "cut"}, text: "hm", asked: 1},
		{name: "two choices", body: chat(`"n":2,`), first: []string{saying("Hello. I"), second, "cut"}, text: "Hello. Ib", asked: 1},
		{name: "a second choice", body: chat(""), first: []string{saying("Hello. I"), second, "cut"}, text: "Hello. Ib", asked: 1},
		{name: "JSON", body: chat(`"response_format":{"type":"json_object"},`), first: []string{saying("{. "), "cut"}, text: "{. ", asked: 1},
		{name: "the provider's own error", body: chat(`"response_format":{"type":"json_object"},`), first: []string{saying("{. "), errorChunk}, text: "{. ", asked: 1},
		{name: "the second breaks too", body: chat(""), first: []string{saying("Hello. I"), "cut"}, next: []string{saying("am. No"), "cut"}, text: "Hello. am. No", asked: 2},
		{name: "the second's own error", body: chat(""), first: []string{saying("Hello. I"), "cut"}, next: []string{saying("am. No"), errorChunk}, text: "Hello. am. No", asked: 2},
		{name: "the second says nothing", body: chat(""), first: []string{saying("Hello. I"), "cut"}, next: []string{roleChunk, "cut"}, text: "Hello. I", asked: 2},
		{name: "the second says nothing, the first did", body: chat(""), first: []string{saying("Hello. I"), errorChunk}, next: []string{roleChunk, "cut"}, text: "Hello. I", asked: 2},
	}
	lanes(t, func(t *testing.T, loops int) {
		for _, row := range rows {
			m := meet(t, loops, chatFace(), say(row.first...).ServeHTTP, say(row.next...).ServeHTTP)
			m.rescues()
			_, body := m.say("/openai/", row.body)
			all := hears(t, openai.API, core.OpChat, strings.ReplaceAll(body, `"index":1,"delta"`, `"index":0,"delta"`))
			if all.text != row.text || all.finishes+all.ends != 0 || all.fault != 1 || strings.Count(body, `"error"`) != 1 || strings.Contains(body, "[DONE]") {
				t.Errorf("%s: got %+v in %s", row.name, all, body)
			}
			if m.asked() != row.asked {
				t.Errorf("%s: %d were asked, want %d", row.name, m.asked(), row.asked)
			}
			if rec := m.record(); rec.Fault != core.UpstreamFailed {
				t.Errorf("%s: recorded fault %s", row.name, rec.Fault)
			}
			eventually(t, "every buffer is back", func() bool { return m.srv.Buffers() == 0 })
		}
	})
}

// Claude is given the beginning of its answer, others are told to go on. A target that cannot be asked is
// passed over, one that answers without a stream too.
func TestRescueAcross(t *testing.T) {
	claude := "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m2\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n" +
		"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n" +
		"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"And so on.\"}}\n\n" +
		"event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n" +
		"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":4}}\n\n" +
		"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
	lanes(t, func(t *testing.T, loops int) {
		for _, c := range clients {
			unary := func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `{"choices":[{"index":0,"message":{"role":"assistant","content":"no"},"finish_reason":"stop"}]}`)
			}
			m := meet(t, loops, chatFace(), say(saying("Hello.\n\n"), saying("I"), "cut").ServeHTTP, unary, say(claude).ServeHTTP)
			m.rescues(func(r *core.Route) {
				r.Targets[2].Faces, r.Targets[2].Model = []*core.Face{faceOf(anthropic.API)}, "claude-sonnet-4-5"
			})
			_, body := m.say(c.path, c.body)
			if h := hears(t, c.dialect, c.op, body); h.text != "Hello.\n\nAnd so on." || h.starts != 1 || h.finishes != 1 || h.ends != 1 || h.fault != 0 {
				t.Errorf("%s: got %+v in %s", c.name, h, body)
			}
			if m.asked() != 3 {
				t.Fatalf("%s: %d were asked", c.name, m.asked())
			}
			sent := m.sent[2].body
			if i := strings.Index(sent, "Hello."); i < 0 || strings.Contains(sent, goOn) || strings.Contains(sent, `Hello.\n`) {
				t.Errorf("%s: Claude got %s", c.name, sent)
			}
		}
	})
}

// TestRescueCountsEachPartOnce: of a stream that reported its prompt before it broke the client is told the sum, and the record has it
// too. What the broken part had is told apart, so that nobody is charged for it twice.
func TestRescueCountsEachPartOnce(t *testing.T) {
	reports := strings.Replace(saying("I"), `"choices"`, `"usage":{"prompt_tokens":50,"completion_tokens":1,"total_tokens":51},"choices"`, 1)
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, chatFace(), say(saying("Hello.\n\n"), reports, "cut").ServeHTTP, say(roleChunk, saying("And so on."), finishChunk, usageChunk, doneChunk).ServeHTTP)
		m.rescues()
		_, body := m.say("/openai/", clients[0].body)
		if h := hears(t, openai.API, core.OpChat, body); h.usage.In != 55 || h.usage.Out != 3 {
			t.Errorf("the client is told %+v", h.usage)
		}
		if rec := m.record(); rec.Usage.In != 55 || rec.Usage.Out != 3 {
			t.Errorf("recorded %+v", rec.Usage)
		}
	})
}

// A client that leaves ends the stream that continues, too.
func TestRescueLeaves(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		gone := make(chan struct{})
		m := meet(t, loops, chatFace(), say(saying("Hello. I"), "cut").ServeHTTP, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, saying("am. And"))
			w.(http.Flusher).Flush()
			<-q.Context().Done()
			close(gone)
		})
		m.rescues()
		q, _ := http.NewRequest("POST", "http://"+m.addr+"/openai/", strings.NewReader(clients[0].body))
		q.Header.Set("X-Api-Key", testKey)
		res, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b := make([]byte, 4096)
		var got []byte
		for !bytes.Contains(got, []byte("am. ")) {
			n, err := res.Body.Read(b)
			if got = append(got, b[:n]...); err != nil {
				t.Fatalf("%v in %s", err, got)
			}
		}
		res.Body.Close()
		select {
		case <-gone:
		case <-time.After(ample):
			t.Error("the provider that continues still works")
		}
		eventually(t, "every buffer is back", func() bool { return m.srv.Buffers() == 0 })
	})
}
