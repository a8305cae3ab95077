package gemini

import (
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

func TestRecordedEmbeddings(t *testing.T) {
	for _, c := range recorded(t, "embeddings") {
		if c.Request == nil || c.Response.Status != 200 {
			continue
		}
		e, v := new(core.Embed), new(core.Vectors)
		if f := parseEmbed(e, c.Request.Body); f != nil {
			t.Errorf("%s: %v", c.ID, f)
			continue
		}
		out, f := appendEmbed(nil, e, &core.Send{Model: modelOf(c)})
		if f != nil {
			t.Errorf("%s: %v", c.ID, f)
		}
		again := new(core.Embed)
		if f := parseEmbed(again, out); f != nil || len(again.Inputs) != len(e.Inputs) || string(again.Inputs[0].Text) != string(e.Inputs[0].Text) ||
			string(again.Inputs[0].Image) != string(e.Inputs[0].Image) || string(again.Size) != string(e.Size) || string(again.Kind) != string(e.Kind) {
			t.Errorf("%s: %v: %s", c.ID, f, out)
		}
		if embedShape(e) == embedBatch {
			if d := corpus.Diff(out, c.Request.Body); d != "" {
				t.Errorf("%s: %s", c.ID, d)
			}
		}
		if err := parseVectors(v, c.Bytes()); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if d := corpus.Diff(appendVectors(nil, v, e, nil), c.Bytes()); d != "" {
			t.Errorf("%s: %s", c.ID, d)
		}
		if len(v.List) != len(e.Inputs) || len(v.List[0].Floats) < 10 {
			t.Errorf("%s: %d vectors of %d inputs", c.ID, len(v.List), len(e.Inputs))
		}
	}
}

func TestEmbedRequests(t *testing.T) {
	f := func(want string, fill func(e *core.Embed)) {
		t.Helper()
		e := new(core.Embed)
		e.From = &other
		fill(e)
		out, fault := appendEmbed(nil, e, &core.Send{Model: []byte("g")})
		if fault != nil {
			t.Fatal(fault)
		}
		if d := corpus.Diff(out, []byte(want)); d != "" {
			t.Errorf("%s: %s", d, out)
		}
	}
	f(`{"requests":[{"model":"models/g","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":8},{"model":"models/g","content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]},"taskType":"RETRIEVAL_QUERY","outputDimensionality":8}]}`, func(e *core.Embed) {
		e.Inputs = []core.Input{{Text: text("a")}, {Image: text("data:image/png;base64,AA")}}
		e.Kind, e.Size = text("query"), []byte("8")
	})
	f(`{"requests":[{"model":"models/g","content":{"parts":[{"text":"a"}]},"taskType":"SEMANTIC_SIMILARITY","title":"t"}]}`, func(e *core.Embed) {
		e.Inputs = []core.Input{{Text: text("a")}}
		e.Kind, e.Title = text("SEMANTIC_SIMILARITY"), text("t")
	})
	g := func(path, want string, e *core.Embed) {
		t.Helper()
		face := &core.Face{}
		face.Paths[core.OpEmbed] = path
		out, fault := appendEmbed(nil, e, &core.Send{Model: []byte("g"), Face: face})
		if fault != nil {
			t.Fatal(fault)
		}
		if d := corpus.Diff(out, []byte(want)); d != "" {
			t.Errorf("%s: %s", d, out)
		}
	}
	one := &core.Embed{From: &other, Inputs: []core.Input{{Text: text("a")}}, Kind: text("document"), Size: []byte("3"), Cut: core.No}
	g("/v1/publishers/google/models/{model}:predict", `{"instances":[{"content":"a","task_type":"RETRIEVAL_DOCUMENT"}],"parameters":{"outputDimensionality":3,"autoTruncate":false}}`, one)
	g("/v1beta/models/{model}:embedContent", `{"model":"models/g","content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_DOCUMENT","outputDimensionality":3}`, one)
	const doc = `{"content":{"parts":[{"text":"a"}]},"x":1}`
	e := new(core.Embed)
	if f := parseEmbed(e, []byte(doc)); f != nil {
		t.Fatal(f)
	}
	g("/v1beta/models/{model}:embedContent", doc, e)
	g("/v1beta/models/{model}:batchEmbedContents", `{"requests":[{"model":"models/g","content":{"parts":[{"text":"a"}]},"x":1}]}`, e)
	refused := func(in core.Input) {
		t.Helper()
		e := &core.Embed{From: &other, Inputs: []core.Input{in}}
		if _, f := appendEmbed(nil, e, &core.Send{}); f == nil || f.Param != "input" {
			t.Errorf("%+v passed", in)
		}
	}
	refused(core.Input{Tokens: []byte(`[1,2]`)})
	refused(core.Input{Image: text("https://x/y.png")})
	for _, doc := range []string{`{}`, `{"requests":[]}`, `{"requests":[{}]}`, `{"instances":[{"x":1}]}`} {
		if f := parseEmbed(new(core.Embed), []byte(doc)); f == nil {
			t.Errorf("%s passed", doc)
		}
	}
}

func TestEmbedReplies(t *testing.T) {
	f := func(shape uint32, usage bool, want string) {
		t.Helper()
		v := new(core.Vectors)
		v.List = []core.Vector{{Base64: text("AACAPwAAAMA=")}}
		v.Usage = core.Usage{In: 3, Known: usage}
		if d := corpus.Diff(appendVectors(nil, v, &core.Embed{From: &api, Shape: shape}, nil), []byte(want)); d != "" {
			t.Error(d)
		}
	}
	f(embedOne, false, `{"embedding":{"values":[1,-2]}}`)
	f(embedBatch, true, `{"embeddings":[{"values":[1,-2]}],"usageMetadata":{"promptTokenCount":3}}`)
	f(embedPredict, true, `{"predictions":[{"embeddings":{"values":[1,-2]}}]}`)
	v := new(core.Vectors)
	if err := parseVectors(v, []byte(`{"predictions":[{"embeddings":{"statistics":{"token_count":4},"values":[1]}},{"embeddings":{"statistics":{"token_count":5},"values":[2]}}]}`)); err != nil || v.Usage.In != 9 || len(v.List) != 2 {
		t.Errorf("%v: %+v", err, v)
	}
}

func TestRecordedCounts(t *testing.T) {
	for _, rec := range recorded(t, "count_tokens") {
		c := core.NewChat()
		if f := parseCount(c, rec.Request.Body); f != nil {
			t.Errorf("%s: %v", rec.ID, f)
			continue
		}
		out, f := appendCount(nil, c, &core.Send{Model: modelOf(rec)})
		if f != nil {
			t.Errorf("%s: %v", rec.ID, f)
		}
		if d := corpus.Diff(out, rec.Request.Body); d != "" {
			t.Errorf("%s: %s", rec.ID, d)
		}
		n, err := parseTotal(rec.Bytes())
		if again, _ := parseTotal(appendTotal(nil, n)); err != nil || n == 0 || again != n {
			t.Errorf("%s: %d tokens, %v", rec.ID, n, err)
		}
	}
}

func TestCounts(t *testing.T) {
	c := core.NewChat()
	c.From = &other
	turn(c, core.User, said("hi"))
	turn(c, core.System, said("s"))
	out, f := appendCount(nil, c, &core.Send{Model: []byte("g")})
	const want = `{"generateContentRequest":{"contents":[` + hi + `],"systemInstruction":{"parts":[{"text":"s"}]},"model":"models/g"}}`
	if d := corpus.Diff(out, []byte(want)); f != nil || d != "" {
		t.Errorf("%v %s: %s", f, d, out)
	}
	vertex := &core.Face{}
	vertex.Paths[core.OpCount] = "/v1/projects/p/locations/l/publishers/google/models/{model}:countTokens"
	out, f = appendCount(nil, c, &core.Send{Model: []byte("g"), Face: vertex})
	if d := corpus.Diff(out, []byte(`{"contents":[`+hi+`],"systemInstruction":{"parts":[{"text":"s"}]}}`)); f != nil || d != "" {
		t.Errorf("%v %s: %s", f, d, out)
	}
	if _, err := parseTotal([]byte(`{"error":{}}`)); err == nil {
		t.Error("a reply without a count passed")
	}
}
