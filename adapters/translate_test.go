package adapters

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// conversation uses features that some servers refuse but that can be left out.
const conversation = `{"model":"m","input":[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hello"}],` +
	`"tools":[{"type":"function","name":"weather_of","strict":false,"parameters":{"type":"object","properties":{"city":{"type":"string"}}}}],` +
	`"max_output_tokens":64,"stream":true,"store":false,"metadata":{"a":"b"},"user":"u","safety_identifier":"s","prompt_cache_key":"k"}`

// TestEveryFaceTakesAConversation translates one conversation for every face that has conversations,
// and checks that nothing is sent that its server refuses.
func TestEveryFaceTakesAConversation(t *testing.T) {
	n := 0
	for _, a := range All {
		for _, f := range a.Faces {
			codec := f.Dialect.Chats[core.OpChat]
			if codec == nil || f.Paths[core.OpChat] == "" {
				continue
			}
			c := used(t)
			if fault := openai.API.Chats[core.OpResponses].ParseRequest(c, []byte(conversation)); fault != nil {
				t.Fatal(fault)
			}
			face := *f
			face.Insert = []byte(Fill(string(f.Insert), examples(a)))
			if f.Quirks&core.QuirkNoTools != 0 {
				c.Tools = nil
			}
			body, fault := codec.AppendRequest(nil, c, &core.Send{Model: []byte("the-model"), Face: &face, Stream: true})
			if fault != nil {
				t.Errorf("%s in %s: %v", a.Name, f.Dialect.Name, fault)
				continue
			}
			checkSent(t, a.Name+" in "+f.Dialect.Name, &face, body)
			if len(c.Tools) > 0 && !strings.Contains(string(body), `"weather_of"`) {
				t.Errorf("%s in %s: the tool is lost: %s", a.Name, f.Dialect.Name, body)
			}
			n++
		}
	}
	if n < 80 {
		t.Errorf("%d faces have conversations", n)
	}
}

// used returns a Chat that has held another request, as a pooled one has.
func used(t *testing.T) *core.Chat {
	t.Helper()
	c := new(core.Chat)
	if fault := gemini.API.Chats[core.OpChat].ParseRequest(c, []byte(`{"contents":[{"role":"user","parts":[{"text":"q"}]}],"tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]}],
		"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}}}`)); fault != nil {
		t.Fatal(fault)
	}
	c.Reset()
	return c
}

func checkSent(t *testing.T, name string, f *core.Face, body []byte) {
	t.Helper()
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Errorf("%s: %s: %v", name, body, err)
		return
	}
	for _, field := range f.Cut {
		if _, there := sent[field]; there && !strings.Contains(string(f.Insert), `"`+field+`":`) {
			t.Errorf("%s: %s is sent: %s", name, field, body)
		}
	}
	for _, r := range f.Rename {
		if _, there := sent[r[0]]; there {
			t.Errorf("%s: %s is sent: %s", name, r[0], body)
		}
	}
	if f.Quirks&core.QuirkMaxTokens != 0 && string(sent["max_tokens"]) != "64" {
		t.Errorf("%s: the limit is lost: %s", name, body)
	}
	if f.Quirks&core.QuirkNoDeveloper != 0 && strings.Contains(string(body), `"developer"`) {
		t.Errorf("%s: the role developer is sent: %s", name, body)
	}
	if len(f.Insert) > 0 && !strings.HasPrefix(string(body), "{"+string(f.Insert)) {
		t.Errorf("%s: %q is not put in: %s", name, f.Insert, body)
	}
}

// TestEveryFaceTakesTheRest does the same for embeddings, reranking and counting tokens, if a face has
// them.
func TestEveryFaceTakesTheRest(t *testing.T) {
	for _, a := range All {
		for _, f := range a.Faces {
			face := *f
			face.Insert = []byte(Fill(string(f.Insert), examples(a)))
			for op, ask := range map[core.Op]func(*core.Dialect, *core.Send) ([]byte, *core.Fault){core.OpEmbed: embed, core.OpRerank: order, core.OpCount: count} {
				if f.Paths[op] == "" {
					continue
				}
				s := &core.Send{Model: []byte("amazon.titan-embed-text-v2:0"), Face: &face}
				if a == bedrockAgent {
					s.Model = []byte("arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0")
				}
				body, fault := ask(f.Dialect, s)
				if fault != nil {
					t.Errorf("%s: %s: %v", a.Name, op, fault)
					continue
				}
				checkSent(t, a.Name+": "+op.String(), &face, append(body[:len(body)-1:len(body)-1], `,"max_tokens":64}`...))
			}
		}
	}
}

func embed(d *core.Dialect, s *core.Send) ([]byte, *core.Fault) {
	e := new(core.Embed)
	if fault := openai.API.Embeds.ParseRequest(e, []byte(`{"model":"m","input":"a","dimensions":256,"user":"u"}`)); fault != nil {
		return nil, fault
	}
	return d.Embeds.AppendRequest(nil, e, s)
}

func order(d *core.Dialect, s *core.Send) ([]byte, *core.Fault) {
	r := new(core.Rerank)
	if fault := openai.API.Reranks.ParseRequest(r, []byte(`{"model":"m","query":"q","documents":["a","b"],"top_n":1}`)); fault != nil {
		return nil, fault
	}
	return d.Reranks.AppendRequest(nil, r, s)
}

func count(d *core.Dialect, s *core.Send) ([]byte, *core.Fault) {
	c := new(core.Chat)
	if fault := openai.API.Chats[core.OpResponses].ParseRequest(c, []byte(conversation)); fault != nil {
		return nil, fault
	}
	return d.Counts.AppendRequest(nil, c, s)
}

// TestEveryPathHasItsWords checks that the face's dialect can write each operation that the table
// offers besides conversations; otherwise clients of other formats could never use it.
func TestEveryPathHasItsWords(t *testing.T) {
	for _, a := range All {
		for _, f := range a.Faces {
			d := f.Dialect
			missing := map[core.Op]bool{core.OpEmbed: d.Embeds == nil, core.OpRerank: d.Reranks == nil, core.OpCount: d.Counts == nil,
				core.OpChat: d.Chats[core.OpChat] == nil, core.OpInvoke: d.Chats[core.OpInvoke] == nil, core.OpResponses: d.Chats[core.OpResponses] == nil}
			for op, lacks := range missing {
				if f.Paths[op] != "" && lacks {
					t.Errorf("%s offers %s, which the format %s cannot write", a.Name, op, d.Name)
				}
			}
		}
	}
}

// Voyage has other names for two fields than Cohere.
func TestVoyageOrders(t *testing.T) {
	r := new(core.Rerank)
	if fault := openai.API.Reranks.ParseRequest(r, []byte(`{"model":"m","query":"q","documents":["a","b"],"top_n":1}`)); fault != nil {
		t.Fatal(fault)
	}
	body, fault := openai.API.Reranks.AppendRequest(nil, r, &core.Send{Model: []byte("rerank-2.5"), Face: voyage.Faces[0]})
	if fault != nil || strings.Contains(string(body), "top_n") || !strings.Contains(string(body), `"top_k":1`) {
		t.Errorf("%v: %s", fault, body)
	}
	k := new(core.Ranking)
	reply := `{"object":"list","data":[{"relevance_score":0.9,"index":1}],"model":"rerank-2.5","usage":{"total_tokens":7}}`
	if err := openai.API.Reranks.ParseReply(k, []byte(reply)); err != nil || len(k.List) != 1 || k.List[0].Index != 1 {
		t.Errorf("%v: %+v", err, k.List)
	}
}
