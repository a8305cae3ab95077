package gemini

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"asbru/core"
)

// The pieces of another vendor's thought, as a stream told them, are one thought again,
// whether or not the client's SDK leaves out the empty text that carries the signature.
func TestThoughtsAreJoined(t *testing.T) {
	f := func(last string) {
		t.Helper()
		sign := string(appendSign(nil, core.Anthropic, core.Text("c2ln")))
		c := core.NewChat()
		fault := API.Chats[core.OpChat].ParseRequest(c, []byte(`{"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[
			{"text":"one \"","thought":true},{"text":"two","thought":true},{`+last+`"thought":true,"thoughtSignature":"`+sign+`"},
			{"functionCall":{"name":"f","args":{}}}]}]}`))
		if fault != nil {
			t.Fatal(fault)
		}
		p := c.Parts[1]
		if string(p.Text) != `one \"two` || string(p.Sign) != "c2ln" || p.Vendor != core.Anthropic {
			t.Errorf("with %q: text %s, signature %s of %v", last, p.Text, p.Sign, p.Vendor)
		}
		var got []core.PartKind
		for _, p := range c.Parts {
			got = append(got, p.Kind)
		}
		if len(got) != 3 || got[1] != core.PartThought || got[2] != core.PartCall {
			t.Errorf("with %q: parts %v", last, got)
		}
	}
	f("")
	f(`"text":"",`)
}

// A call that a stream told in pieces is one again when a client sends them back, in one content or each in its own.
func TestCallsAreJoined(t *testing.T) {
	const (
		begin = `{"functionCall":{"name":"f","willContinue":true},"thoughtSignature":"S"}`
		one   = `{"functionCall":{"partialArgs":[{"jsonPath":"$.a","stringValue":"New","willContinue":true}],"willContinue":true}}`
		two   = `{"functionCall":{"partialArgs":[{"jsonPath":"$.a","stringValue":" Delhi"},{"jsonPath":"$.b[0]","numberValue":1}],"willContinue":true}}`
		end   = `{"functionCall":{}}`
		whole = `{"functionCall":{"name":"g","args":{"c":2}}}`
		asked = `f {"a":"New Delhi","b":[1]} S`
	)
	f := func(parts []string, want ...string) {
		t.Helper()
		for name, between := range map[string]string{"one content": `,`, "many": `]},{"role":"model","parts":[`} {
			c := core.NewChat()
			fault := API.Chats[core.OpChat].ParseRequest(c, []byte(`{"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[`+strings.Join(parts, between)+`]},
				{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"warm"}}}]}]}`))
			if fault != nil {
				t.Fatal(fault)
			}
			var got []string
			called := core.Text(nil)
			for _, turn := range c.Turns {
				if turn.From == turn.To {
					t.Errorf("%q in %s: a turn has nothing in it", parts, name)
				}
				for i := turn.From; i < turn.To; i += 1 + c.Parts[i].Inner {
					switch p := &c.Parts[i]; p.Kind {
					case core.PartCall:
						got = append(got, strings.TrimSpace(string(p.Name)+" "+string(p.Args)+" "+string(p.Sign)))
						if called == nil && string(p.Name) == "f" {
							called = p.ID
						}
					case core.PartResult:
						if len(want) == 1 && want[0][0] == 'f' && (len(called) == 0 || string(p.ID) != string(called)) {
							t.Errorf("%q in %s: the result is that of %q and the call is %q", parts, name, p.ID, called)
						}
					case core.PartText:
						if turn.Role == core.Assistant && len(p.Text) > 0 {
							got = append(got, string(p.Text))
						}
					}
				}
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%q in %s: got %q, want %q", parts, name, got, want)
			}
			out, fault := API.Chats[core.OpChat].AppendRequest(nil, c, &core.Send{Model: []byte("m"), Face: &core.Face{Dialect: &api}})
			if fault != nil || !json.Valid(out) || bytes.Contains(out, []byte("partialArgs")) || bytes.Contains(out, []byte("willContinue")) {
				t.Errorf("%q in %s: written as %s, %v", parts, name, out, fault)
			}
		}
	}
	f([]string{begin, one, two, end}, asked)
	f([]string{begin, one, two}, asked) // without its end
	f([]string{begin, one, two, end, end}, asked)
	f([]string{begin, one, two, `{"text":""}`, end}, asked)
	f([]string{begin, one, two, `{"text":"and"}`}, asked, "and")
	f([]string{begin, one, two, end, whole}, asked, `g {"c":2}`)
	f([]string{whole, begin, one, two, end}, `g {"c":2}`, asked)
	f([]string{begin, one, two, end, begin, one, end}, asked, `f {"a":"New"} S`)
	f([]string{begin, end}, `f {} S`)
	f([]string{`{"functionCall":{"id":"1","name":"f","willContinue":true}}`, `{"functionCall":{"id":"1","name":"f","partial_args":[{"json_path":"$.a","number_value":1}]},"thoughtSignature":"T"}`}, `f {"a":1} T`)
	f([]string{whole}, `g {"c":2}`)
}
