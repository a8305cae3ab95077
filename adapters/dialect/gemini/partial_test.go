package gemini

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"asbru/core"
)

// calls is what a stream of parts, and a frame with the finish reason, tells of calls: for each its name,
// the pieces of its arguments with | between them, and its signature.
func calls(t *testing.T, finish string, parts ...string) []string {
	t.Helper()
	x := core.NewCrossing()
	x.From, x.To = &api, &api
	var out []string
	for i := range parts {
		end := ""
		if i == len(parts)-1 {
			end = `,"finishReason":"` + finish + `"`
		}
		ev, err := parseEvent(nil, x, nil, []byte(chunkOf(parts[i], end)))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range ev {
			if e.Kind == core.EventOpen && x.Blocks[e.Block].Kind == core.PartCall {
				out = append(out, string(x.Blocks[e.Block].Name)+" ")
			}
			if len(out) == 0 {
				continue
			}
			switch last := &out[len(out)-1]; e.Kind {
			case core.EventDelta:
				var piece string
				if err := json.Unmarshal([]byte(`"`+string(e.Text)+`"`), &piece); err != nil {
					t.Errorf("%s is not the inside of a text: %v", e.Text, err)
				}
				*last += piece + "|"
			case core.EventSign:
				*last += "<" + string(x.Blocks[e.Block].Sign) + ">"
			case core.EventClose:
				*last += "."
			}
		}
	}
	return out
}

// Arguments that come in pieces are one text, told as they come.
func TestPartialArgs(t *testing.T) {
	f := func(want string, args ...string) {
		t.Helper()
		parts := []string{`{"functionCall":{"name":"f","willContinue":true}}`}
		for _, a := range args {
			parts = append(parts, `{"functionCall":{"partialArgs":[`+a+`],"willContinue":true}}`)
		}
		got := calls(t, "STOP", append(parts, `{"functionCall":{}}`, `{"text":""}`)...)
		if len(got) != 1 || got[0] != "f "+want+"." {
			t.Errorf("%q: got %q, want %q", args, got, want)
		} else if text := strings.ReplaceAll(strings.TrimSuffix(got[0][2:], "."), "|", ""); !json.Valid([]byte(text)) {
			t.Errorf("%q: %s is no JSON", args, text)
		}
	}
	f(`{}|`)
	f(`{"a":"New| Delhi|"}|`, `{"jsonPath":"$.a","stringValue":"New","willContinue":true}`, `{"jsonPath":"$.a","stringValue":" Delhi","willContinue":true}`, `{"jsonPath":"$.a","stringValue":""}`)
	f(`{"a":1|,"b":true|,"c":null|}|`, `{"jsonPath":"$.a","numberValue":1}`, `{"jsonPath":"$.b","boolValue":true}`, `{"jsonPath":"$.c","nullValue":"NULL_VALUE"}`)
	f(`{"a":"x|","b":2.5|}|`, `{"jsonPath":"$.a","stringValue":"x"},{"jsonPath":"$.b","numberValue":2.5}`)
	f(`{"a":{"b":[{"c":"x|","d":1|},{"c":2|},3|],"e":[[4|]]},"f":5|}|`,
		`{"jsonPath":"$.a.b[0].c","stringValue":"x"}`, `{"jsonPath":"$.a.b[0].c","stringValue":""}`, `{"jsonPath":"$.a.b[0].d","numberValue":1}`,
		`{"jsonPath":"$.a.b[1].c","numberValue":2}`, `{"jsonPath":"$.a.b[2]","numberValue":3}`, `{"jsonPath":"$.a.e[0][0]","numberValue":4}`, `{"jsonPath":"$.f","numberValue":5}`)
	f(`{"a b":{"it's":{"q\"":{"é":1|}}}}|`, `{"jsonPath":"$['a b']['it\\'s'][\"q\\\"\"].é","numberValue":1}`)
	f(`{"a":"say \"hi\" \n|"}|`, `{"jsonPath":"$.a","stringValue":"say \"hi\" \n"}`)
	f(`{"a":1|}|`, `{"jsonPath":"$.a","numberValue":1}`, `{"jsonPath":"$.a","numberValue":1}`) // said twice

	// Arguments that cannot be written as text are skipped.
	f(`{"a":1|}|`, `{"jsonPath":"$.a","numberValue":1}`, `{"jsonPath":"$.a.b","numberValue":2}`, `{"jsonPath":"$[0]","numberValue":2}`,
		`{"jsonPath":"$","numberValue":2}`, `{"jsonPath":"a","numberValue":2}`, `{"jsonPath":"$..b","numberValue":2}`, `{"jsonPath":"$.b[*]","numberValue":2}`,
		`{"jsonPath":"$['b","numberValue":2}`, `{"jsonPath":"$['b'","numberValue":2}`, `{"jsonPath":"$[","numberValue":2}`, `{"jsonPath":"$.b"}`, `{}`, `7`)
	f(`{}|`, `{"jsonPath":"$[0]","stringValue":"x"}`, `{"jsonPath":"$`+strings.Repeat("[0]", 200)+`","stringValue":"x"}`)
}

// Where a call begins and ends that comes in pieces.
func TestStreamedCalls(t *testing.T) {
	f := func(finish string, parts []string, want ...string) {
		t.Helper()
		if got := calls(t, finish, parts...); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q: got %q, want %q", parts, got, want)
		}
	}
	const (
		begin = `{"functionCall":{"name":"f","willContinue":true},"thoughtSignature":"S"}`
		one   = `{"functionCall":{"partialArgs":[{"jsonPath":"$.a","stringValue":"x","willContinue":true}],"willContinue":true}}`
		end   = `{"functionCall":{}}`
		whole = `{"functionCall":{"name":"g","args":{"b":1}}}`
	)
	f("STOP", []string{begin, one, end}, `f <S>{"a":"x|"}|.`)
	f("STOP", []string{begin, one, end, end}, `f <S>{"a":"x|"}|.`)
	f("STOP", []string{begin, one, end, begin, one, end, whole}, `f <S>{"a":"x|"}|.`, `f <S>{"a":"x|"}|.`, `g {"b":1}|.`)
	f("STOP", []string{begin, one, whole}, `f <S>{"a":"x|"}|.`, `g {"b":1}|.`) // nobody said that it ended
	f("STOP", []string{begin, one, `{"text":"t"}`}, `f <S>{"a":"x|"}|.t|.`)    // nor here
	f("STOP", []string{begin, one}, `f <S>{"a":"x|"}|.`)                       // nor here
	f("MAX_TOKENS", []string{begin, one}, `f <S>{"a":"x|.`)                    // it did not end
	f("STOP", []string{`{"functionCall":{"id":"1","name":"f","willContinue":true}}`, `{"functionCall":{"id":"1","name":"f","partialArgs":[{"json_path":"$.a","number_value":1}],"will_continue":true},"thoughtSignature":"T"}`, end}, `f <T>{"a":1|}|.`)
	f("STOP", []string{`{"functionCall":{"name":"f","partialArgs":[{"jsonPath":"$.a","numberValue":1}]}}`, whole}, `f {"a":1|}|.`, `g {"b":1}|.`)
	f("STOP", []string{`{"functionCall":{"name":"f"}}`}, `f {}|.`)
	f("STOP", []string{end})
}

// Clients of this format get a complete call, like those of other formats.
func TestPartialArgsWritten(t *testing.T) {
	x := core.NewCrossing()
	x.From, x.To = &api, &api
	var out []byte
	for _, d := range []string{
		chunkOf(`{"functionCall":{"id":"i","name":"f","willContinue":true},"thoughtSignature":"S"}`, ``),
		chunkOf(`{"functionCall":{"partialArgs":[{"jsonPath":"$.a[0]","stringValue":"x"}],"willContinue":true}}`, ``),
		chunkOf(`{"functionCall":{}}`, `,"finishReason":"STOP"`),
	} {
		ev, err := parseEvent(nil, x, nil, []byte(d))
		if err != nil {
			t.Fatal(err)
		}
		for i := range ev {
			out = appendEvent(out, x, &ev[i])
		}
	}
	if want := `"parts":[{"functionCall":{"id":"i","name":"f","args":{"a":["x"]}},"thoughtSignature":"S"}]`; bytes.Count(out, []byte("functionCall")) != 1 || !bytes.Contains(out, []byte(want)) {
		t.Errorf("written as %s", out)
	}
}
