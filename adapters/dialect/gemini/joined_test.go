package gemini

import (
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
