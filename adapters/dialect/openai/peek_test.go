package openai

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"asbru/core"
)

func TestPeek(t *testing.T) {
	f := func(op core.Op, body string, check func(p *core.Peek) bool) {
		t.Helper()
		var p core.Peek
		if fault := fields.Peek([]byte(body), op, &p); fault != nil {
			t.Fatalf("%s: %v", body, fault)
		}
		if !check(&p) {
			t.Errorf("%s: got %+v (model %q)", body, p.ModelAt, p.Model)
		}
	}
	f(core.OpChat, `{"model":"gpt-4o"}`, func(p *core.Peek) bool {
		return string(p.Model) == "gpt-4o" && p.ModelAt == core.Span{Start: 9, End: 17} && !p.Stream && p.MaxTokens == 0
	})
	f(core.OpChat, `{"model":"a\/b\u0063","stream":true,"max_tokens":5,"max_completion_tokens":7}`, func(p *core.Peek) bool {
		return string(p.Model) == "a/bc" && p.Stream && p.MaxTokens == 7
	})
	f(core.OpResponses, `{"model":"o3","max_output_tokens":9,"n":null,"stream":null}`, func(p *core.Peek) bool {
		return p.MaxTokens == 9 && !p.Stream
	})
	f(core.OpChat, `{"model":"m","stream":true,"stream_options":{"x":[1],"include_usage":true}}`, func(p *core.Peek) bool {
		return p.AskUsage && p.OptionsAt.Present() && p.UsageAt == core.Span{Start: 69, End: 73}
	})
	f(core.OpChat, `{"model":"m","stream_options":{"include\u005fusage":false}}`, func(p *core.Peek) bool {
		return !p.AskUsage && p.UsageAt.Present()
	})
	f(core.OpChat, `{"model":"m","fallbacks":["x\/y","z"]}`, func(p *core.Peek) bool {
		return string(p.Fallbacks[0]) == "x/y" && string(p.Fallbacks[1]) == "z" && p.Fallbacks[2] == nil
	})
	f(core.OpChat, `{"model":"m\u006f","fallbacks":["\u0061","\u0062"]}`, func(p *core.Peek) bool {
		return string(p.Model) == "mo" && string(p.Fallbacks[0]) == "a" && string(p.Fallbacks[1]) == "b"
	})
	f(core.OpPass, `{"input":"x","n":"many","max_tokens":"no"}`, func(p *core.Peek) bool { return p.Model == nil })
	f(core.OpPass, `{"model":"tts-1","stream":true}`, func(p *core.Peek) bool { return string(p.Model) == "tts-1" && p.Stream })
	f(core.OpChat, `{"model":"modèle-é:7b@x","model_id":"y"}`, func(p *core.Peek) bool { return string(p.Model) == "modèle-é:7b@x" })
}

func TestPeekRefuses(t *testing.T) {
	f := func(op core.Op, body, param, message string) {
		t.Helper()
		var p core.Peek
		fault := fields.Peek([]byte(body), op, &p)
		if fault == nil {
			t.Fatalf("%s passed", body)
		}
		if fault.Code != core.Invalid || fault.Param != param || !strings.Contains(fault.Message, message) {
			t.Errorf("%s: %+v, want param %q and %q", body, fault, param, message)
		}
	}
	f(core.OpChat, `[]`, "", "the top level is not an object")
	f(core.OpChat, `{}`, "model", "it names no model")
	f(core.OpChat, `{"model":null}`, "model", "must be a string")
	f(core.OpPass, `{"model":7}`, "model", "must be a string")
	f(core.OpChat, `{"model":""}`, "model", "1 to 256")
	f(core.OpChat, `{"model":"`+strings.Repeat("m", 257)+`"}`, "model", "1 to 256")
	f(core.OpChat, `{"model":"`+strings.Repeat(`\u006d`, 257)+`"}`, "model", "1 to 256")
	f(core.OpChat, `{"model":"`+strings.Repeat(`\u006d`, 9000)+`"}`, "model", "1 to 256")
	f(core.OpChat, `{"model":"a*"}`, "model", "printable")
	f(core.OpChat, `{"model":"a\u0000"}`, "model", "printable")
	f(core.OpChat, `{"model":"a\u202eb"}`, "model", "printable")
	f(core.OpChat, `{"model":"m","model":"m"}`, "model", `duplicate key "model" at byte 13`)
	f(core.OpChat, `{"model":"m","Stream":true}`, "Stream", `case variant of another or a known key "Stream" at byte 13`)
	f(core.OpChat, `{"model":"m","stream":1}`, "stream", "true or false")
	f(core.OpChat, `{"model":"m","stream_options":[]}`, "stream_options", "object")
	f(core.OpChat, `{"model":"m","stream_options":{"include_usage":1}}`, "stream_options.include_usage", "true or false")
	f(core.OpChat, `{"model":"m","max_tokens":1.5}`, "max_tokens", "integer from 0 to 10000000")
	f(core.OpChat, `{"model":"m","max_tokens":10000001}`, "max_tokens", "10000000")
	f(core.OpCompletion, `{"model":"m","best_of":129}`, "best_of", "128")
	f(core.OpChat, `{"model":"m","n":0}`, "n", "1 to 128")
	f(core.OpChat, `{"model":"m","fallbacks":"http://127.0.0.1/"}`, "fallbacks", "array")
	f(core.OpChat, `{"model":"m","fallbacks":["a","b","c","d","e"]}`, "fallbacks", "more than 4")
	f(core.OpChat, `{"model":"m","fallbacks":[{"provider":"x"}]}`, "fallbacks", "name a model")
	f(core.OpChat, `{"model":"m","fallbacks":[{"model":"x","key_id":"k"}]}`, "fallbacks", "provider and model only")
	f(core.OpChat, `{"model":"m","fallbacks":[{"provider":1,"model":"x"}]}`, "fallbacks", "model name")
	f(core.OpChat, `{"model":"m","fallbacks":[{"provider":"`+strings.Repeat("p", 200)+`","model":"`+strings.Repeat("m", 100)+`"}]}`, "fallbacks", "model name")
	f(core.OpChat, `{"model":"m","fallbacks":[1]}`, "fallbacks", "model name")
}

// A fallback can be an object too, with the same name as the string.
func TestPeekFallbackObjects(t *testing.T) {
	var p core.Peek
	body := `{"model":"m","fallbacks":[{"provider":"a","model":"x"},{"model":"y"},"b/z",{"model":"v\/w","provider":"c"}]}`
	if f := fields.Peek([]byte(body), core.OpChat, &p); f != nil {
		t.Fatal(f)
	}
	for i, want := range []string{"a/x", "y", "b/z", "c/v/w"} {
		if string(p.Fallbacks[i]) != want {
			t.Errorf("fallback %d is %q, want %q", i, p.Fallbacks[i], want)
		}
	}
}

// Names with escapes share p.Names. Those that do not fit are refused, never cut.
func TestPeekNamesRunOut(t *testing.T) {
	long := strings.Repeat("n", 199) + `\u006e`
	var p core.Peek
	if f := fields.Peek([]byte(`{"model":"`+long+`","fallbacks":["x"]}`), core.OpChat, &p); f != nil {
		t.Fatal(f)
	}
	if f := fields.Peek([]byte(`{"model":"`+long+`","fallbacks":["`+long+`"]}`), core.OpChat, &p); f == nil || f.Param != "fallbacks" {
		t.Errorf("got %+v, want a fault on fallbacks", f)
	}
}

func TestPolicyRows(t *testing.T) {
	data, err := os.ReadFile("../../../../shared/data/protocol/json/policy.jsonl")
	if err != nil {
		t.Skip("json/policy.jsonl is not beside this repository; TestPeek and TestPeekRefuses cover its classes")
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		var row struct {
			ID, Raw, Expect, Why string
			Seen                 string `json:"seen_model"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		var body []byte
		for _, r := range row.Raw { // one character a byte
			body = append(body, byte(r))
		}
		var p core.Peek
		f := fields.Peek(body, core.OpChat, &p)
		switch {
		case row.Expect == "reject" && f == nil:
			t.Errorf("%s passed: %s", row.ID, row.Why)
		case row.Expect == "accept" && f != nil:
			t.Errorf("%s refused: %v", row.ID, f)
		case f == nil && row.Seen != "" && string(p.Model) != row.Seen:
			t.Errorf("%s: model %q, want %q", row.ID, p.Model, row.Seen)
		case row.Expect == "ignore" && f != nil && row.ID != "override-fallbacks":
			t.Errorf("%s refused: %v", row.ID, f)
		}
	}
}
