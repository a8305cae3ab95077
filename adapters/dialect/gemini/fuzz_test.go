package gemini

import (
	"encoding/json"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/scan"
)

// seeds adds what was recorded, when it is there.
func seeds(f *testing.F, of func(c *corpus.Case) []byte) {
	if corpus.Dir() == "" {
		return
	}
	for _, c := range recorded(f, "generateContent") {
		if b := of(c); len(b) > 0 && len(b) < 8<<10 {
			f.Add(b)
		}
	}
}

// FuzzRequest: what is read and written again is read the same, by this format and as
// another's, and is JSON.
func FuzzRequest(f *testing.F) {
	f.Add(ask)
	f.Add([]byte(`{"contents":{"parts":{"text":"a"}},"system_instruction":"x","tools":[{"a":null},{}],"generation_config":{"top_k":"3","stop_sequences":["a"]}}`))
	seeds(f, func(c *corpus.Case) []byte {
		if c.Request == nil {
			return nil
		}
		return c.Request.Body
	})
	f.Fuzz(func(t *testing.T, doc []byte) {
		var p core.Peek
		if peek(doc, core.OpChat, &p) != nil {
			return
		}
		c := core.NewChat()
		if parseRequest(c, doc) != nil {
			return
		}
		out, fault := appendRequest(nil, c, &core.Send{Model: []byte("m")})
		if fault != nil {
			return
		}
		if !json.Valid(out) {
			t.Fatalf("%q became %q", doc, out)
		}
		if len(out) > 2*len(doc)+256 {
			t.Errorf("%d bytes became %d", len(doc), len(out))
		}
		again := core.NewChat()
		if f := parseRequest(again, out); f != nil {
			t.Fatalf("%q became %q: %v", doc, out, f)
		}
		if second, _ := appendRequest(nil, again, &core.Send{Model: []byte("m")}); string(second) != string(out) {
			t.Errorf("%q became %q and then %q", doc, out, second)
		}
		foreign(c)
		for _, model := range []string{"gemini-2.5-pro", "gemini-3-pro"} {
			if out, fault = appendRequest(nil, c, &core.Send{Model: []byte(model)}); fault == nil && !json.Valid(out) {
				t.Fatalf("%q became %q", doc, out)
			}
		}
	})
}

// FuzzReply: a provider's body is an error or a reply that is written as it was read.
func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}},{"text":"x","thoughtSignature":"YXNicnUuYW50aHJvcGljLmE="}]},"groundingMetadata":{"groundingSupports":[{"groundingChunkIndices":[0]}]}}]}`))
	seeds(f, func(c *corpus.Case) []byte { return c.Response.Body })
	f.Fuzz(func(t *testing.T, doc []byte) {
		r := core.NewCompletion()
		var u core.Usage
		readUsage(doc, &u)
		readFault(doc, new(core.Fault))
		if parseReply(r, doc) != nil {
			return
		}
		if out := appendReply(nil, r, nil); !json.Valid(out) {
			t.Fatalf("%q became %q", doc, out)
		}
		r.From = &other
		if out := appendReply(nil, r, nil); !json.Valid(out) {
			t.Fatalf("%q became %q", doc, out)
		}
		v := new(core.Vectors)
		if parseVectors(v, doc) == nil && !json.Valid(doc) {
			t.Errorf("%q passed", doc)
		}
	})
}

// FuzzEvent: no frame trips the readers, blocks open and close in turn, and what is written
// of a valid one is valid.
func FuzzEvent(f *testing.F) {
	f.Add([]byte(chunk))
	f.Add([]byte(chunkOf(`{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"S"},{"text":"a","thought":true,"thoughtSignature":"T"},{"inlineData":{"data":"AA"}}`, `,"finishReason":"STOP"`)))
	f.Add([]byte(chunkOf(`{"functionCall":{"name":"f","willContinue":true}},{"functionCall":{"partialArgs":[{"jsonPath":"$.a['b'][0]","stringValue":"x"},{"jsonPath":"$.a.c","numberValue":1}],"willContinue":true}},{"functionCall":{}}`, ``)))
	f.Add([]byte(`{"error":{"code":500,"message":"m"}}`))
	seeds(f, func(c *corpus.Case) []byte {
		if all := frames([][]byte{[]byte(c.Response.SSE)}); len(all) > 0 {
			return all[len(all)-1]
		}
		return nil
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		var st core.StreamState
		readEvent(data, &st)
		for _, from := range []*core.Dialect{&api, &other} {
			x := core.NewCrossing()
			x.From, x.W.Flags = from, core.ArrayStream
			var out []byte
			open := map[int32]bool{}
			for _, d := range [][]byte{data, data, nil} {
				ev, err := parseEvent(nil, x, nil, d)
				if err != nil {
					return
				}
				for i := range ev {
					e := &ev[i]
					switch e.Kind {
					case core.EventOpen:
						if open[e.Choice] {
							t.Fatalf("%q: two blocks of a choice are open", data)
						}
						open[e.Choice] = true
					case core.EventClose:
						if !open[e.Choice] {
							t.Fatalf("%q: a block closes that is not open", data)
						}
						open[e.Choice] = false
					}
					out = appendEvent(out, x, e)
				}
			}
			out = appendEvent(out, x, &core.Event{Kind: core.EventEnd})
			if json.Valid(data) && !json.Valid(out) {
				t.Fatalf("from %s: %q became %q", from.Name, data, out)
			}
		}
	})
}

// For any paths, the text of the arguments is a prefix of valid JSON, and complete at the end.
func FuzzPartialArgs(f *testing.F) {
	f.Add("$.a", "$.a.b", "$['c'][0]", "$.d")
	f.Add("$.a.b[0].c", "$.a.b[1]", "$.a['\\u0041'][\"\\n\"]", "$")
	f.Add("$['\\'']", "$[\"", "$[0]", "$.")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		x := core.NewCrossing()
		s := streaming{x: x}
		n, block := s.begin(core.PartCall, 0)
		block.Key = streamed
		for i, path := range []string{a, b, c, d} {
			value := `1`
			if i&1 == 0 {
				value = `"t"`
			}
			s.argue(n, append(append(scan.AppendString([]byte(`{"jsonPath":`), path), `,"stringValue":`...), value+"}"...))
		}
		s.close(n)
		var text []byte
		for _, e := range s.ev {
			if e.Kind == core.EventDelta {
				text = scan.AppendUnescaped(text, e.Text)
			}
		}
		if !json.Valid(text) {
			t.Errorf("%q %q %q %q make %q", a, b, c, d, text)
		}
	})
}
