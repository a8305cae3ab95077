package openai

import (
	"bytes"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/scan"
)

// seeds adds recordings to the seeds of a fuzz target, if they are available.
func seeds(f *testing.F, add func(c *corpus.Case)) {
	if corpus.Dir() == "" {
		return
	}
	for _, c := range recorded(f) {
		if len(c.Bytes()) < 20_000 {
			add(c)
		}
	}
}

// thrifty checks that the form of n bytes is in proportion to them: a part takes at least two bytes, and
// composed text is at most six times as long, because of escapes.
func thrifty(t *testing.T, n int, tree *core.Tree) {
	t.Helper()
	if len(tree.Parts) > n || cap(tree.Room()) > 24*n+4096 {
		t.Errorf("%d parts and %d bytes of room for an input of %d", len(tree.Parts), cap(tree.Room()), n)
	}
}

// FuzzResponsesRequest checks that requests, read and written, are valid, and unchanged the next time.
func FuzzResponsesRequest(f *testing.F) {
	f.Add([]byte(typicalAsk))
	f.Add([]byte(`{"input":[{"role":"assistant","content":[{"type":"refusal"},{}],"id":null},{"type":"reasoning"},{},{"type":"function_call_output","call_id":1}]}`))
	seeds(f, func(c *corpus.Case) {
		if c.Request != nil {
			f.Add([]byte(c.Request.Body))
		}
	})
	f.Fuzz(func(t *testing.T, doc []byte) {
		var p core.Peek
		if fields.Peek(doc, core.OpResponses, &p) != nil {
			return // such a body is refused before
		}
		c := core.NewChat()
		if fault := parseAsk(c, doc); fault != nil {
			return
		}
		thrifty(t, len(doc), &c.Tree)
		send := &core.Send{Model: p.Model, Stream: c.Stream}
		once, fault := appendAsk(nil, c, send)
		if fault != nil {
			return
		}
		if err := scan.Valid(once); err != nil {
			t.Fatalf("%v: %q became %q", err, doc, once)
		}
		again := core.NewChat()
		if fault := parseAsk(again, once); fault != nil {
			t.Fatalf("%v: %q became %q", fault, doc, once)
		}
		if twice, _ := appendAsk(nil, again, send); !bytes.Equal(once, twice) {
			t.Errorf("%q became\n%q and then\n%q", doc, once, twice)
		}
		c.From = nil
		if foreign, fault := appendAsk(nil, c, send); fault == nil {
			if err := scan.Valid(foreign); err != nil {
				t.Fatalf("%v: %q became %q", err, doc, foreign)
			}
		}
	})
}

// FuzzResponsesReply is the same for replies, which are not checked before.
func FuzzResponsesReply(f *testing.F) {
	f.Add([]byte(`{"output":[{"type":"reasoning","summary":[{"text":"x"}],"encrypted_content":"asbru.google.x"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[{"type":"url_citation"}],"logprobs":[{}]}]}]}`))
	seeds(f, func(c *corpus.Case) { f.Add([]byte(c.Response.Body)) })
	f.Fuzz(func(t *testing.T, doc []byte) {
		r := core.NewCompletion()
		err := parseResponse(r, doc)
		thrifty(t, len(doc), &r.Tree)
		valid := scan.Valid(doc) == nil
		if err != nil {
			return
		}
		once := appendResponse(nil, r, nil)
		r.From = nil
		foreign := appendResponse(nil, r, nil)
		if !valid {
			return
		}
		for _, out := range [][]byte{once, foreign} {
			if err := scan.Valid(out); err != nil {
				t.Fatalf("%v: %q became %q", err, doc, out)
			}
		}
		again := core.NewCompletion()
		if err := parseResponse(again, once); err != nil {
			t.Fatalf("%v: %q became %q", err, doc, once)
		}
		if twice := appendResponse(nil, again, nil); !bytes.Equal(once, twice) {
			t.Errorf("%q became\n%q and then\n%q", doc, once, twice)
		}
	})
}

// FuzzResponsesEvent checks that no stream makes the reader or the writer panic, and that events are always in
// order.
func FuzzResponsesEvent(f *testing.F) {
	f.Add([]byte(joined(typicalStream)))
	seeds(f, func(c *corpus.Case) {
		var data []string
		frames([][]byte{[]byte(c.Response.SSE)}, func(_, d []byte) { data = append(data, string(d)) })
		f.Add([]byte(joined(data)))
	})
	f.Fuzz(func(t *testing.T, doc []byte) {
		x := core.NewCrossing()
		x.From, x.FromOp = API, core.OpResponses
		var events []string
		var out []byte
		var ev []core.Event
		for _, data := range bytes.Split(doc, []byte("\n")) {
			ev, _ = parseResponsesEvent(ev[:0], x, nil, data)
			for i := range ev {
				if ev[i].Kind != core.EventPing {
					events = append(events, eventText(x, &ev[i]))
				}
				out = appendResponsesEvent(out[:0], x, &ev[i])
			}
		}
		if len(x.Blocks) > len(doc) || len(x.W.Buf) > 200*len(doc)+200 {
			t.Errorf("%d blocks and %d bytes for an input of %d", len(x.Blocks), len(x.W.Buf), len(doc))
		}
		if !x.Ended && !x.R.Done { // the stream was cut
			events = append(events, "fault")
		}
		if d := disorder(events); d != "" {
			t.Errorf("%s: %q", d, events)
		}
		if b := bytes.TrimSuffix(out, []byte("\n\n")); bytes.ContainsAny(b, "\r") {
			t.Errorf("a frame has more lines than it should: %q", out)
		}
	})
}

func joined(data []string) string {
	var b bytes.Buffer
	for _, d := range data {
		b.WriteString(d)
		b.WriteByte('\n')
	}
	return b.String()
}
