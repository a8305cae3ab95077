package openai

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"asbru/core"
)

// FuzzBody checks that AppendBody changes only the fields that it is meant to change in bodies that Peek
// accepts.
func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"model":"m","stream":true,"stream_options":{"a":1},"fallbacks":["x"]}`))
	f.Add([]byte(`{"f\u0061llbacks" : null , "model":"a\/b","stream":true,"stream_options":{ "include_usage" : null }}`))
	f.Add([]byte(` {"stream_options":null,"model":"m","n":3,"stream":true , "fallbacks":[] } `))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, op := range []core.Op{core.OpChat, core.OpPass, core.OpResponses} {
			var p core.Peek
			if fields.Peek(body, op, &p) != nil {
				continue
			}
			out := API.AppendBody(nil, body, op, &p, core.Send{Face: &core.Face{AskUsage: true}, Model: []byte("new")})
			if !json.Valid(out) {
				t.Fatalf("%q became %q", body, out)
			}
			var got, want map[string]any
			if err := json.Unmarshal(body, &want); err != nil {
				continue // a number beyond float64
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%q became %q: %v", body, out, err)
			}
			if _, has := want["model"]; has {
				want["model"] = "new"
			}
			delete(want, "fallbacks")
			if op == core.OpChat && p.Stream {
				options, _ := want["stream_options"].(map[string]any)
				if options == nil {
					options = map[string]any{}
				}
				options["include_usage"] = true
				want["stream_options"] = options
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%q became %q", body, out)
			}
		}
	})
}

// FuzzEvent checks that no event makes the readers panic, and that only JSON objects and [DONE] have an
// effect.
func FuzzEvent(f *testing.F) {
	f.Add([]byte(chunk))
	f.Add([]byte(`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":1}}}`))
	f.Add([]byte(`{"type":"response.completed","response":{"usage":{"input_tokens":2,"output_tokens":4}}}`))
	f.Add([]byte(`{"choices":[{"error":1,"delta":{"tool_calls":[{}]},"usage":{"prompt_tokens":1}},{}],"x_groq":{"usage":{}}}`))
	f.Add([]byte(`[DONE]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var st core.StreamState
		readEvent(data, &st)
		if u := st.Usage; u.In < 0 || u.Out < 0 || u.CachedIn < 0 || u.Reasoning < 0 {
			t.Errorf("%q: %+v", data, u)
		}
		data = bytes.TrimSpace(data)
		if len(data) == 0 || data[0] != '{' {
			if st != (core.StreamState{Done: string(data) == "[DONE]"}) {
				t.Errorf("%q: %+v", data, st)
			}
		}
		var u core.Usage
		readUsage(data, &u, nil)
	})
}

// FuzzFault checks that error bodies are valid JSON with the message, for any message.
func FuzzFault(f *testing.F) {
	f.Add("cannot route \"x\"", "hint\n", "model", []byte("0af3"))
	f.Add("\xff\x00\u2028", "", "", []byte{})
	f.Fuzz(func(t *testing.T, message, hint, param string, id []byte) {
		out := appendFault(nil, &core.Fault{Code: core.Invalid, Message: message, Hint: hint, Param: param}, id)
		var got struct {
			Error struct{ Message string }
		}
		if err := json.Unmarshal(out, &got); err != nil || bytes.ContainsAny(out, "\r\n") {
			t.Fatalf("%q: %v", out, err)
		}
		want := string(bytes.ToValidUTF8([]byte(message), nil))
		if hint == "" && want == message && got.Error.Message != want {
			t.Errorf("got %q, want %q", got.Error.Message, want)
		}
	})
}
