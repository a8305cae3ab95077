package openai

import (
	"bytes"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func TestEmbedRequests(t *testing.T) {
	f := func(body, want string, own bool) {
		t.Helper()
		var e core.Embed
		if f := parseEmbed(&e, []byte(body)); f != nil {
			t.Fatalf("%s: %v", body, f)
		}
		if !own {
			e.From = nil
		}
		got, f := appendEmbed(nil, &e, &core.Send{Model: []byte("m")})
		if f != nil {
			t.Errorf("%s: %v", body, f)
		} else if d := corpus.Diff(got, []byte(want)); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
	for _, body := range []string{
		`{"model":"m","input":"a","encoding_format":"base64","dimensions":5,"user":"u"}`,
		`{"model":"m","input":["a"],"encoding_format":"float","input_type":"query","truncation":true,"output_dimension":7,"output_dtype":"float"}`,
		`{"model":"m","input":[1,2,3]}`,
		`{"model":"m","input":[[1,2],[3]],"dimensions":null,"encoding_format":"odd"}`,
	} {
		f(body, body, true)
	}
	f(`{"model":"m","input":"a","encoding_format":"base64","dimensions":5,"input_type":"query","x":1}`, `{"model":"m","input":["a"],"dimensions":5}`, false)

	var e core.Embed
	if f := parseEmbed(&e, []byte(`{"input":{}}`)); f == nil || f.Param != "input" {
		t.Errorf("got %+v", f)
	}
	e = core.Embed{Inputs: []core.Input{{Text: core.Text("a")}}, Types: []core.Text{core.Text("int8")}}
	if _, f := appendEmbed(nil, &e, &core.Send{}); f == nil || f.Param != "embedding_types" {
		t.Errorf("got %+v", f)
	}
	e = core.Embed{Inputs: []core.Input{{Image: core.Text("data:image/png;base64,QQ==")}}}
	if _, f := appendEmbed(nil, &e, &core.Send{}); f == nil || f.Param != "input" {
		t.Errorf("got %+v", f)
	}
}

// Vectors are written in the encoding that the client asked for, in the order of its inputs.
func TestVectors(t *testing.T) {
	const coded = "AACAPwAAAMAAAAA/" // 1, -2, 0.5
	f := func(embedding string, base64 bool, want string) {
		t.Helper()
		var v core.Vectors
		body := `{"object":"list","model":"m","data":[{"object":"embedding","index":1,"embedding":[9]},{"object":"embedding","index":0,"embedding":` + embedding + `}],"usage":{"total_tokens":4}}`
		if err := parseVectors(&v, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if v.Usage.In != 4 {
			t.Errorf("usage %+v", v.Usage)
		}
		v.From = nil
		got := appendVectors(nil, &v, &core.Embed{Base64: base64}, nil)
		nine := "[9]"
		if base64 {
			nine = `"AAAQQQ=="`
		}
		if d := corpus.Diff(got, []byte(`{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":`+want+`},{"object":"embedding","index":1,"embedding":`+nine+`}],"usage":{"prompt_tokens":4,"total_tokens":4}}`)); d != "" {
			t.Errorf("%s: %s", embedding, d)
		}
	}
	f(`[1, -2.0,5e-1]`, true, `"`+coded+`"`)
	f(`[1,-2,0.5]`, false, `[1,-2,0.5]`)
	f(`"`+coded+`"`, false, `[1,-2,0.5]`)
	f(`"AACAPwAAAMAAAAA\/"`, false, `[1,-2,0.5]`)
	f(`"`+coded+`"`, true, `"`+coded+`"`)
	f(`[]`, true, `""`)
	f(`null`, false, `[]`)
	f(`[0.1]`, true, `"zczMPQ=="`)
	f(`"zczMPQ=="`, false, `[0.1]`)
	if got := appendFloats(nil, []byte("AADAfw==")); !bytes.Equal(got, []byte("[0]")) { // not a number
		t.Errorf("got %s", got)
	}
	if got := appendFloats(nil, []byte("?")); !bytes.Equal(got, []byte("[]")) {
		t.Errorf("got %s", got)
	}
	for _, body := range []string{`{}`, `[]`, `{"data":[`} {
		if err := parseVectors(&core.Vectors{}, []byte(body)); err == nil {
			t.Errorf("%s passed", body)
		}
	}
}

func TestRerank(t *testing.T) {
	var r core.Rerank
	if f := parseRerank(&r, []byte(`{"model":"m","query":"q","documents":["a",{"text":"b"}],"top_k":1,"truncation":true}`)); f != nil {
		t.Fatal(f)
	}
	r.From = nil
	got, f := appendRerank(nil, &r, &core.Send{Model: []byte("m")})
	if f != nil {
		t.Fatal(f)
	}
	if d := corpus.Diff(got, []byte(`{"model":"m","query":"q","documents":["a",{"text":"b"}],"top_n":1}`)); d != "" || len(r.Dropped) != 1 {
		t.Errorf("%s; dropped %v", d, r.Dropped)
	}
	for body, param := range map[string]string{`{"documents":["a"]}`: "query", `{"query":"q","documents":[]}`: "documents"} {
		if f := parseRerank(&core.Rerank{}, []byte(body)); f == nil || f.Param != param {
			t.Errorf("%s: %+v", body, f)
		}
	}
	k := core.Ranking{List: []core.Rank{{Index: 1, Score: []byte("0.5")}, {Index: 0, Score: []byte("0.25")}}, ID: core.Text("i"), Model: core.Text("m"), Units: 2}
	r.Return = core.Yes
	if d := corpus.Diff(appendRanking(nil, &k, &r, nil), []byte(`{"id":"i","model":"m","results":[{"index":1,"relevance_score":0.5,"document":{"text":"b"}},{"index":0,"relevance_score":0.25,"document":{"text":"a"}}],"usage":{"search_units":2}}`)); d != "" {
		t.Error(d)
	}
	r.From, r.Return = &dialect, core.No
	if d := corpus.Diff(appendRanking(nil, &k, &r, nil), []byte(`{"object":"list","id":"i","model":"m","data":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":0.25}],"usage":{"search_units":2}}`)); d != "" {
		t.Error(d)
	}
	if err := parseRanking(&core.Ranking{}, []byte(`{"x":1}`)); err == nil {
		t.Error("a reply without results passed")
	}
}
