package cohere

import (
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func TestWriteEmbed(t *testing.T) {
	f := func(e *core.Embed, want string) {
		t.Helper()
		got, fault := API.Embeds.AppendRequest(nil, e, &core.Send{Model: []byte("m")})
		if fault != nil {
			t.Errorf("%v", fault)
		} else if d := corpus.Diff(got, []byte(`{"model":"m",`+want+`}`)); d != "" {
			t.Errorf("%s: %s", d, got)
		}
	}
	texts := []core.Input{{Text: text("a")}, {Text: text("b")}}
	image := core.Input{Image: text("data:image/png;base64,QQ==")}
	f(&core.Embed{Inputs: texts}, `"texts":["a","b"],"input_type":"search_document","embedding_types":["float"]`)
	f(&core.Embed{Inputs: texts, Base64: true, Kind: text("query"), Size: []byte("256"), Cut: core.Yes}, `"texts":["a","b"],"input_type":"search_query","embedding_types":["float"],"output_dimension":256,"truncate":"END"`)
	f(&core.Embed{Inputs: texts, Kind: text("clustering"), Cut: core.No, Types: []core.Text{text("int8")}}, `"texts":["a","b"],"input_type":"clustering","embedding_types":["int8"],"truncate":"NONE"`)
	f(&core.Embed{Inputs: []core.Input{image}}, `"images":["data:image/png;base64,QQ=="],"input_type":"image","embedding_types":["float"]`)
	f(&core.Embed{Inputs: []core.Input{{Text: text("a")}, image}, Kind: text("document")},
		`"inputs":[{"content":[{"type":"text","text":"a"}]},{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ=="}}]}],"input_type":"search_document","embedding_types":["float"]`)
	if _, fault := API.Embeds.AppendRequest(nil, &core.Embed{Inputs: []core.Input{{Tokens: []byte("[1]")}}}, &core.Send{}); fault == nil || fault.Param != "input" {
		t.Errorf("tokens: %+v", fault)
	}
	e := &core.Embed{Inputs: texts, User: text("u"), Title: text("t")}
	e.Keep(&e.More, text("x"), []byte("1"))
	if _, fault := API.Embeds.AppendRequest(nil, e, &core.Send{}); fault != nil || strings.Join(e.Dropped, " ") != "title user x" {
		t.Errorf("dropped %v, %v", e.Dropped, fault)
	}
}

func TestOwnEmbed(t *testing.T) {
	f := func(members string) {
		t.Helper()
		body := []byte(`{"model":"m",` + members + `}`)
		e := new(core.Embed)
		if fault := API.Embeds.ParseRequest(e, body); fault != nil {
			t.Errorf("%s: %v", members, fault)
			return
		}
		got, fault := API.Embeds.AppendRequest(nil, e, &core.Send{Model: []byte("m")})
		if d := corpus.Diff(got, body); fault != nil || d != "" {
			t.Errorf("%s: %s %v", members, d, fault)
		}
	}
	f(`"texts":["a"],"input_type":"search_query","embedding_types":["float","int8"],"truncate":"START","max_tokens":5`)
	f(`"texts":[],"embedding_types":[],"truncate":"NONE"`)
	f(`"images":["data:x"],"input_type":"image","embedding_types":["base64"],"truncate":"END"`)
	f(`"images":[]`)
	f(`"inputs":[{"content":[{"type":"text","text":"a"}]}],"input_type":"other"`)
	f(`"inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]}],"x":null`)
	bad := func(members, param string) {
		t.Helper()
		if fault := API.Embeds.ParseRequest(new(core.Embed), []byte(`{`+members+`}`)); fault == nil || fault.Param != param {
			t.Errorf("%s: %+v", members, fault)
		}
	}
	bad(`"texts":"a"`, "texts")
	bad(`"texts":[1]`, "texts")
	bad(`"images":[{}]`, "images")
	bad(`"inputs":{}`, "inputs")
	bad(`"truncate":"MIDDLE"`, "truncate")
	bad(`"embedding_types":[1]`, "embedding_types")
	bad(`"input_type":1`, "input_type")
	bad(`"model":1`, "model")
}

func TestVectors(t *testing.T) {
	f := func(body, want string) {
		t.Helper()
		v := new(core.Vectors)
		if err := API.Embeds.ParseReply(v, []byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
			return
		}
		var got []string
		for _, w := range v.List {
			got = append(got, string(w.Floats)+string(w.Base64))
		}
		if s := strings.Join(got, ";"); s != want {
			t.Errorf("%s: got %s, want %s", body, s, want)
		}
		if d := corpus.Diff(API.Embeds.AppendReply(nil, v, nil, nil), []byte(body)); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
	f(`{"id":"1","embeddings":{"float":[[1,2],[3]]},"texts":["a","b"]}`, `[1,2];[3]`)
	f(`{"id":"1","embeddings":[[1,2]],"response_type":"embeddings_floats"}`, `[1,2]`)
	f(`{"embeddings":{"int8":[[1]],"float":[[0.5]]}}`, `[0.5]`)
	f(`{"embeddings":{"int8":[[-7]]}}`, `[-7]`)
	f(`{"embeddings":{"base64":["AACAPw=="]}}`, `AACAPw==`)
	f(`{"embeddings":{"float":[]}}`, ``)
	f(`{"embeddings":{"float":null,"new":[[1]]}}`, ``)
	for _, body := range []string{``, `{}`, `{"embeddings":`, `{"message":"x"}`} {
		if err := API.Embeds.ParseReply(new(core.Vectors), []byte(body)); err == nil {
			t.Errorf("%s: taken", body)
		}
	}
}

func TestWriteVectors(t *testing.T) {
	f := func(v core.Vector, e *core.Embed, want string) {
		t.Helper()
		e.Inputs = []core.Input{{Text: text("a")}}
		form := &core.Vectors{ID: text("1"), List: []core.Vector{v}, Usage: core.Usage{In: 3, Known: true}}
		want = `{"id":"1","embeddings":{` + want + `},"texts":["a"],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":3}},"response_type":"embeddings_by_type"}`
		if got := string(API.Embeds.AppendReply(nil, form, e, nil)); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	floats := core.Vector{Floats: []byte(`[1, -0.5,0.1,2]`)}
	packed := core.Vector{Base64: text(`AACAPwAAAL\/NzMw9AAAAQA==`)}
	f(floats, &core.Embed{}, `"float":[[1, -0.5,0.1,2]]`)
	f(floats, &core.Embed{Base64: true}, `"base64":["AACAPwAAAL/NzMw9AAAAQA=="]`)
	f(packed, &core.Embed{}, `"float":[[1,-0.5,0.1,2]]`)
	f(packed, &core.Embed{Base64: true}, `"base64":["AACAPwAAAL\/NzMw9AAAAQA=="]`)
	f(core.Vector{Floats: []byte(`[3]`)}, &core.Embed{Types: []core.Text{text("int8")}}, `"int8":[[3]]`)
}

func TestRerank(t *testing.T) {
	r := &core.Rerank{Query: text("q"), Documents: [][]byte{[]byte(`"a"`), []byte(`{"text":"b","x":1}`), []byte(`{"y":"c"}`)}, TopN: []byte("2"), Return: core.Yes}
	r.Keep(&r.More, text("top_k"), []byte("1"))
	got, fault := API.Reranks.AppendRequest(nil, r, &core.Send{Model: []byte("m")})
	if want := `{"model":"m","query":"q","documents":["a","b","{\"y\":\"c\"}"],"top_n":2}`; fault != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, fault, want)
	}
	if len(r.Dropped) != 1 {
		t.Errorf("dropped %v", r.Dropped)
	}
	k := &core.Ranking{ID: text("1"), List: []core.Rank{{Index: 1, Score: []byte("0.5")}, {Index: 0, Score: []byte("0.25")}, {Index: 9}}}
	want := `{"id":"1","results":[{"index":1,"relevance_score":0.5,"document":{"text":"b","x":1}},{"index":0,"relevance_score":0.25,"document":{"text":"a"}},{"index":9}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}`
	if got := string(API.Reranks.AppendReply(nil, k, r, nil)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	bad := func(members, param string) {
		t.Helper()
		if fault := API.Reranks.ParseRequest(new(core.Rerank), []byte(`{`+members+`}`)); fault == nil || fault.Param != param {
			t.Errorf("%s: %+v", members, fault)
		}
	}
	bad(`"documents":[]`, "query")
	bad(`"query":1`, "query")
	bad(`"query":"q","documents":"x"`, "documents")
	bad(`"query":"q","documents":[1]`, "documents")
	bad(`"query":"q","top_n":"1"`, "top_n")
	bad(`"query":"q","return_documents":1`, "return_documents")
	for _, body := range []string{``, `{}`, `{"results":{}}`, `{"results":[]`} {
		if err := API.Reranks.ParseReply(new(core.Ranking), []byte(body)); err == nil {
			t.Errorf("%s: taken", body)
		}
	}
}
