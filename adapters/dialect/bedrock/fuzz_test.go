package bedrock

import (
	"os"
	"path/filepath"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/eventstream"
	"asbru/core/scan"
)

// seeds adds the recordings that are available, and the given seeds.
func seeds(f *testing.F, pick func(*corpus.Case) [][]byte, more ...string) {
	f.Helper()
	for _, s := range more {
		f.Add([]byte(s))
	}
	if dir := corpus.Dir(); dir == "" {
		return
	} else if _, err := os.Stat(filepath.Join(dir, "bedrock")); err != nil {
		return
	}
	for _, c := range recorded(f, "converse", nil) {
		for _, b := range pick(c) {
			f.Add(b)
		}
	}
}

// FuzzRequest checks that requests that were read can be written, and are the same when that is repeated.
func FuzzRequest(f *testing.F) {
	seeds(f, func(c *corpus.Case) [][]byte {
		if c.Request == nil {
			return nil
		}
		return [][]byte{c.Request.Body}
	}, bench, `{"messages":[{"role":"user","content":[{"guardContent":{"text":{"text":"a","b":1}}},{"citationsContent":{}}],"x":1}],"inferenceConfig":{"a":1}}`)
	d := dialect()
	s := &core.Send{Model: []byte(claude45)}
	f.Fuzz(func(t *testing.T, body []byte) {
		var p core.Peek
		if d.Peek(body, core.OpChat, &p) != nil {
			return
		}
		c := core.NewChat()
		if c.From = d; parseRequest(c, body) != nil {
			return
		}
		first, fault := appendRequest(nil, c, s)
		if fault != nil {
			t.Fatalf("%q: %s", body, fault.Message)
		}
		if err := scan.Valid(first); err != nil {
			t.Fatalf("%q: %v: %s", body, err, first)
		}
		if c.Reset(); parseRequest(c, first) != nil {
			t.Fatalf("%q: cannot read %s", body, first)
		}
		c.From = d
		if second, _ := appendRequest(nil, c, s); corpus.Diff(second, first) != "" {
			t.Fatalf("%q: first\n%s\nthen\n%s", body, first, second)
		}
		c.From = nil
		if other, fault := appendRequest(nil, c, s); fault == nil && scan.Valid(other) != nil {
			t.Fatalf("%q: for another family %s", body, other)
		}
		if len(first) > 64*len(body)+1024 {
			t.Fatalf("%d bytes became %d", len(body), len(first))
		}
	})
}

func FuzzReply(f *testing.F) {
	seeds(f, func(c *corpus.Case) [][]byte { return [][]byte{c.Response.Body} },
		`{"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"a"},{"text":"b"}],"citations":[{"location":{"web":{"url":"u"}}}]}}]}}}`)
	d := dialect()
	f.Fuzz(func(t *testing.T, body []byte) {
		r := core.NewCompletion()
		r.From = d
		var u core.Usage
		readUsage(body, &u)
		var st core.StreamState
		readEvent(body, &st)
		if parseReply(r, body) != nil {
			return
		}
		first := appendReply(nil, r, nil)
		r.From = nil
		other := appendReply(nil, r, nil)
		if scan.Valid(body) != nil {
			return // the input is invalid
		}
		if scan.Valid(first) != nil || scan.Valid(other) != nil {
			t.Fatalf("%q: %s, for another family %s", body, first, other)
		}
		if r.Reset(); parseReply(r, first) != nil {
			t.Fatalf("%q: cannot read %s", body, first)
		}
		r.From = d
		if second := appendReply(nil, r, nil); corpus.Diff(second, first) != "" {
			t.Fatalf("%q: first\n%s\nthen\n%s", body, first, second)
		}
	})
}

// FuzzEvents reads a stream of arbitrary messages.
func FuzzEvents(f *testing.F) {
	seeds(f, func(c *corpus.Case) [][]byte { return [][]byte{c.Bytes()} })
	var b []byte
	for _, m := range stream(f) {
		b = eventstream.Append(b, m.Kind, m.Type, m.Payload)
	}
	f.Add(b)
	d := dialect()
	f.Fuzz(func(t *testing.T, b []byte) {
		messages := loose(b)
		x := core.NewCrossing()
		x.From, x.To = d, d
		valid := true
		var frames []byte
		var ev []core.Event
		for _, m := range messages {
			valid = valid && scan.Valid(m.Payload) == nil
			before, blocks := len(ev), len(x.Blocks)
			var err error
			if ev, err = parseEvent(ev, x, m.Type, m.Payload); err != nil && (len(ev) != before || len(x.Blocks) != blocks) {
				t.Fatalf("%s %s: %v, and something was said", m.Type, m.Payload, err)
			}
			for i := before; i < len(ev); i++ {
				frames = appendEvent(frames, x, &ev[i])
			}
		}
		order(t, ev)
		again, err := cut([][]byte{frames})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range again {
			if valid && scan.Valid(m.Payload) != nil {
				t.Fatalf("%s is no JSON: %s", m.Type, m.Payload)
			}
		}
	})
}

// loose splits messages only by their lengths, so that a fuzzer can change their content.
func loose(b []byte) (out []eventstream.Message) {
	for len(b) >= 16 {
		n := int(b[2])<<8 | int(b[3])
		head := int(b[6])<<8 | int(b[7])
		if n < 16 || n > len(b) || head > n-16 {
			return out
		}
		m := eventstream.Message{Payload: b[12+head : n-4]}
		if head > 14 && int(b[12+13+1])+15 < head {
			m.Type = b[12+15 : 12+15+int(b[12+14])]
		}
		out, b = append(out, m), b[n:]
	}
	return out
}

// order checks the contract of events: a start, and blocks in succession.
func order(t *testing.T, ev []core.Event) {
	t.Helper()
	open := int32(-1)
	for i, e := range ev {
		switch e.Kind {
		case core.EventStart:
			if i > 0 && ev[i-1].Kind != core.EventFault {
				t.Fatalf("event %d starts the answer again", i)
			}
		case core.EventOpen:
			if open >= 0 {
				t.Fatalf("event %d opens block %d within block %d", i, e.Block, open)
			}
			open = e.Block
		case core.EventDelta, core.EventSign, core.EventCite:
			if open != e.Block {
				t.Fatalf("event %d adds to block %d, open is %d", i, e.Block, open)
			}
		case core.EventClose:
			if open != e.Block {
				t.Fatalf("event %d closes block %d, open is %d", i, e.Block, open)
			}
			open = -1
		case core.EventFinish:
			if open >= 0 {
				t.Fatalf("event %d ends the choice within block %d", i, open)
			}
		}
	}
}
