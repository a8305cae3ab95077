package openai

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// recorded returns the recorded calls of the responses API.
func recorded(t testing.TB) []*corpus.Case {
	return corpus.Cases(t, func(c *corpus.Case) bool { return c.API == "responses" })
}

// A request that is read and written again is unchanged.
func TestResponsesRequestCorpus(t *testing.T) {
	n := 0
	c := core.NewChat()
	for _, rec := range recorded(t) {
		if rec.Request == nil || len(rec.Request.Body) == 0 || rec.Request.Body[0] != '{' {
			continue
		}
		n++
		c.Reset()
		if f := parseAsk(c, rec.Request.Body); f != nil {
			t.Errorf("%s: %v", rec.ID, f)
			continue
		}
		got, f := appendAsk(nil, c, &core.Send{Model: []byte(c.Model), Stream: c.Stream})
		if f != nil {
			t.Errorf("%s: %v", rec.ID, f)
			continue
		}
		if d := corpus.Diff(got, rec.Request.Body); d != "" {
			t.Errorf("%s: %s", rec.ID, d)
		}
		if len(c.Dropped) > 0 {
			t.Errorf("%s: dropped %q", rec.ID, c.Dropped)
		}
	}
	t.Logf("%d requests", n)
}

// So is a reply.
func TestResponsesReplyCorpus(t *testing.T) {
	n := 0
	r := core.NewCompletion()
	for _, rec := range recorded(t) {
		if len(rec.Response.Body) == 0 || rec.Response.Status != 200 {
			continue
		}
		n++
		r.Reset()
		if err := parseResponse(r, rec.Response.Body); err != nil {
			t.Errorf("%s: %v", rec.ID, err)
			continue
		}
		if d := corpus.Diff(appendResponse(nil, r, nil), rec.Response.Body); d != "" {
			t.Errorf("%s: %s", rec.ID, d)
		}
		if !r.Usage.Known || r.Choices[0].Finish == core.FinishUnsaid || len(r.ID) == 0 {
			t.Errorf("%s: usage %+v, finish %d, id %q", rec.ID, r.Usage, r.Choices[0].Finish, r.ID)
		}
		checkForeignReply(t, rec.ID, r)
	}
	t.Logf("%d replies", n)
}

// checkForeignReply writes r as if it came from another format, and reads that again: texts, calls and
// signatures must be preserved.
func checkForeignReply(t *testing.T, id string, r *core.Completion) {
	t.Helper()
	from := r.From
	r.From = nil
	body := appendResponse(nil, r, nil)
	r.From = from
	again := core.NewCompletion()
	if err := parseResponse(again, body); err != nil {
		t.Errorf("%s: written as a foreign one: %v", id, err)
		return
	}
	if got, want := sketch(again), sketch(r); got != want {
		t.Errorf("%s: written as a foreign one:\n got %s\nwant %s", id, got, want)
	}
	if again.Usage != r.Usage || again.Choices[0].Finish != r.Choices[0].Finish {
		t.Errorf("%s: got %+v %d, want %+v %d", id, again.Usage, again.Choices[0].Finish, r.Usage, r.Choices[0].Finish)
	}
}

// sketch describes a reply without the parts that only this family has.
func sketch(r *core.Completion) string {
	var b strings.Builder
	for _, p := range r.Parts[r.Choices[0].From:r.Choices[0].To] {
		if p.Kind == core.PartOther || p.Kind == core.PartVeiled && len(p.Sign) == 0 {
			continue
		}
		args := p.Args
		if len(args) == 0 && p.Kind == core.PartCall {
			args = []byte("{}")
		}
		fmt.Fprintf(&b, "%d %q %q %q %q %q %d\n", p.Kind, p.Text, p.ID, p.Name, args, p.Sign, p.Vendor)
	}
	return b.String()
}

// feed reads a stream that arrives in pieces and returns its events as text.
func feed(t *testing.T, pieces [][]byte) (events []string, x *core.Crossing) {
	t.Helper()
	x = core.NewCrossing()
	x.From, x.FromOp = API, core.OpResponses
	var ev []core.Event
	frames(pieces, func(name, data []byte) {
		var err error
		ev, err = parseResponsesEvent(ev[:0], x, name, data)
		if err != nil {
			t.Fatalf("%v: %.300s", err, data)
		}
		for i := range ev {
			if ev[i].Kind != core.EventPing { // becomes a comment, which is not an event
				events = append(events, eventText(x, &ev[i]))
			}
		}
	})
	return events, x
}

// frames splits a stream into its events (WHATWG server-sent events).
func frames(pieces [][]byte, each func(name, data []byte)) {
	var line, name, data []byte
	some := false
	end := func() {
		if some {
			each(name, data)
		}
		name, data, some = nil, nil, false
	}
	take := func() {
		l := bytes.TrimSuffix(line, []byte("\r"))
		line = line[:0]
		key, value, _ := bytes.Cut(l, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(l) == 0:
			end()
		case string(key) == "event":
			name = append([]byte(nil), value...)
		case string(key) == "data":
			if some {
				data = append(data, '\n')
			}
			data, some = append(data, value...), true
		}
	}
	for _, p := range pieces {
		for _, c := range p {
			if c == '\n' {
				take()
			} else {
				line = append(line, c)
			}
		}
	}
	take()
	end()
}

func eventText(x *core.Crossing, e *core.Event) string {
	switch e.Kind {
	case core.EventStart:
		return fmt.Sprintf("start %s %s %d", x.ID, x.Model, x.Created)
	case core.EventOpen:
		b := &x.Blocks[e.Block]
		return fmt.Sprintf("open %d %d %q %q", e.Block, b.Kind, b.ID, b.Name)
	case core.EventDelta:
		return fmt.Sprintf("delta %d %q %s", e.Block, e.Text, e.Probs)
	case core.EventSign:
		b := &x.Blocks[e.Block]
		return fmt.Sprintf("sign %d %q %d", e.Block, b.Sign, b.Vendor)
	case core.EventCite:
		return fmt.Sprintf("cite %d %q %q %d %d", e.Block, e.Cite.URL, e.Cite.Title, e.Cite.Start, e.Cite.End)
	case core.EventClose:
		return fmt.Sprintf("close %d", e.Block)
	case core.EventFinish:
		return fmt.Sprintf("finish %d %q", e.Finish, e.Native)
	case core.EventUsage:
		return fmt.Sprintf("usage %+v", x.Usage)
	case core.EventFault:
		return fmt.Sprintf("fault %q %q", e.Fault.Message, e.Fault.Kind)
	case core.EventOther:
		return fmt.Sprintf("other %q", e.Name)
	}
	return fmt.Sprintf("%d", e.Kind)
}

// A stream reads the same in any pieces, and also after it was written again.
func TestResponsesStreamCorpus(t *testing.T) {
	n := 0
	for _, rec := range recorded(t) {
		if rec.Response.SSE == "" || rec.Response.Status != 200 {
			continue
		}
		n++
		whole, x := feed(t, [][]byte{rec.Bytes()})
		for name, pieces := range rec.Splits() {
			if got, _ := feed(t, pieces); strings.Join(got, "\n") != strings.Join(whole, "\n") {
				t.Errorf("%s: %s: differs", rec.ID, name)
			}
		}
		if d := disorder(whole); d != "" {
			t.Errorf("%s: %s\n%s", rec.ID, d, strings.Join(whole, "\n"))
		}
		again, _ := feed(t, [][]byte{respell(t, rec.Bytes())})
		if got, want := strings.Join(again, "\n"), strings.Join(whole, "\n"); got != want {
			t.Errorf("%s: written again:\n got %.3000s\nwant %.3000s", rec.ID, got, want)
		}
		if x.Ended && !x.Usage.Known {
			t.Errorf("%s: no usage", rec.ID)
		}
	}
	t.Logf("%d streams", n)
}

// respell reads a stream and writes it.
func respell(t *testing.T, sse []byte) []byte {
	t.Helper()
	x := core.NewCrossing()
	x.From, x.To, x.FromOp, x.ToOp = API, API, core.OpResponses, core.OpResponses
	var ev []core.Event
	var out []byte
	frames([][]byte{sse}, func(name, data []byte) {
		var err error
		if ev, err = parseResponsesEvent(ev[:0], x, name, data); err != nil {
			t.Fatal(err)
		}
		for i := range ev {
			out = appendResponsesEvent(out, x, &ev[i])
		}
	})
	return out
}

// disorder returns how events violate the contract of core.Event; empty: they do not.
func disorder(events []string) string {
	open, started, finished, ended := "", false, false, false
	for _, e := range events {
		kind, rest, _ := strings.Cut(e, " ")
		block, _, _ := strings.Cut(rest, " ")
		switch {
		case ended:
			return "an event after the end: " + e
		case kind == "start" && started:
			return "a second start"
		case kind == "start":
			started = true
		case !started && kind != "fault":
			return "no start before " + e
		case kind == "open" && open != "":
			return "a block opens in another: " + e
		case kind == "open":
			open = block
		case (kind == "delta" || kind == "sign" || kind == "cite" || kind == "close") && open != block:
			return "not of the open block: " + e
		case kind == "finish" && open != "":
			return "finish in a block"
		}
		switch kind {
		case "close":
			open = ""
		case "finish":
			finished = true
		case "fault", fmt.Sprint(core.EventEnd):
			ended = true
		}
	}
	if !finished && !strings.HasPrefix(events[len(events)-1], "fault") {
		return "no finish"
	}
	return ""
}
