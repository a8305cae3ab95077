package bedrock

import (
	"encoding/base64"
	"strings"
	"testing"

	"asbru/core"
	"asbru/core/eventstream"
)

func TestFaults(t *testing.T) {
	f := func(fault core.Fault, header, body, exception string) {
		t.Helper()
		if got := string(faultHeader([]byte("A: b\r\n"), &fault)); got != "A: b\r\nx-amzn-errortype: "+header+"\r\n" {
			t.Errorf("header %q, want %s", got, header)
		}
		if got := string(appendFault(nil, &fault, []byte("id"))); got != body {
			t.Errorf("body %s, want %s", got, body)
		}
		m, err := eventstream.Read(appendStreamFault(nil, &fault, []byte("id")))
		if err != nil || m.Kind != eventstream.Exception || string(m.Type) != exception || string(m.Payload) != body {
			t.Errorf("in a stream %+v, %v", m, err)
		}
	}
	f(core.Fault{Code: core.Invalid, Message: `no "x"`, Hint: "y"}, "ValidationException", `{"message":"no \"x\"; hint: y","request_id":"id"}`, "validationException")
	f(core.Fault{Code: core.RateLimited, Message: "m"}, "ThrottlingException", `{"message":"m","request_id":"id"}`, "throttlingException")
	f(core.Fault{Code: core.OverBudget, Message: "m"}, "AccessDeniedException", `{"message":"m","request_id":"id"}`, "validationException")
	f(core.Fault{Code: core.Unauthenticated, Message: "m"}, "AccessDeniedException", `{"message":"m","request_id":"id"}`, "validationException")
	f(core.Fault{Code: core.NotFound, Message: "m"}, "ResourceNotFoundException", `{"message":"m","request_id":"id"}`, "validationException")
	f(core.Fault{Code: core.UpstreamFailed, Message: "m"}, "ModelErrorException", `{"message":"m","request_id":"id"}`, "modelStreamErrorException")
	f(core.Fault{Code: core.Internal, Message: "m"}, "InternalServerException", `{"message":"m","request_id":"id"}`, "internalServerException")
	f(core.Fault{Status: 418, Message: "m"}, "ValidationException", `{"message":"m","request_id":"id"}`, "validationException")
	f(core.Fault{Status: 429, Kind: "ModelNotReadyException", Message: "m"}, "ModelNotReadyException", `{"message":"m","request_id":"id"}`, "throttlingException")
}

func TestReadFault(t *testing.T) {
	f := func(body, message, kind string) {
		t.Helper()
		var got core.Fault
		if readFault([]byte(body), &got); got.Message != message || got.Kind != kind {
			t.Errorf("%s: %q, %q", body, got.Message, got.Kind)
		}
	}
	f(`{"message":"a \"b\""}`, `a "b"`, "")
	f(`{"Message":"m","__type":"com.amazon#AccessDeniedException"}`, "m", "AccessDeniedException")
	f(`<html>`, "", "")
}

func TestReadUsage(t *testing.T) {
	f := func(body string, want core.Usage) {
		t.Helper()
		want.Known = want.In+want.Out > 0
		var got core.Usage
		if readUsage([]byte(body), &got); got != want {
			t.Errorf("%s: %+v", body, got)
		}
	}
	f(`{"output":{},"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":10,"cacheReadInputTokens":3,"cacheWriteInputTokens":4}}`, core.Usage{In: 8, CachedIn: 3, WrittenIn: 4, Out: 2})
	f(`{"usage":{"input_tokens":1,"output_tokens":2,"cache_read_input_tokens":3,"cache_creation_input_tokens":4}}`, core.Usage{In: 8, CachedIn: 3, WrittenIn: 4, Out: 2})
	f(`{"usage":{"prompt_tokens":5,"completion_tokens":2}}`, core.Usage{In: 5, Out: 2})
	f(`{"usage":{"totalTokens":7}}`, core.Usage{In: 7})
	f(`{"embedding":[1],"inputTextTokenCount":7}`, core.Usage{In: 7})
	f(`{"prompt_token_count":6,"generation_token_count":18}`, core.Usage{In: 6, Out: 18})
	f(`{"usage":{"inputTokens":-1,"outputTokens":"2"}}`, core.Usage{Bad: true})
	f(`{"usage":null}`, core.Usage{})
}

func TestReadEvent(t *testing.T) {
	chunk := func(event string) string {
		return `{"bytes":"` + base64.StdEncoding.EncodeToString([]byte(event)) + `","p":"abc"}`
	}
	f := func(data string, want core.StreamState) {
		t.Helper()
		var got core.StreamState
		if readEvent([]byte(data), &got); got != want {
			t.Errorf("%.80s: %+v, want %+v", data, got, want)
		}
	}
	f(`{"role":"assistant"}`, core.StreamState{})
	f(`{"contentBlockIndex":0,"delta":{"text":"\"stopReason\":\"x\",\"usage\":{}"}}`, core.StreamState{Content: true})
	f(`{"contentBlockIndex":0}`, core.StreamState{})
	f(`{"stopReason":"end_turn"}`, core.StreamState{Finished: true})
	f(`{"message":"slow"}`, core.StreamState{Failed: true})
	f(`{"usage":{"inputTokens":1,"outputTokens":2}}`, core.StreamState{Done: true, UsageOnly: true, Usage: core.Usage{In: 1, Out: 2, Known: true}})
	f(chunk(`{"type":"message_start","message":{"id":"x"}}`), core.StreamState{})
	f(chunk(`{"type":"ping"}`), core.StreamState{})
	f(chunk(`{"type":"error","error":{}}`), core.StreamState{Failed: true})
	f(chunk(`{"type":"content_block_delta","delta":{"text":"\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":9}"}}`), core.StreamState{Content: true})
	f(chunk(`{"generation":"hi"}`), core.StreamState{Content: true})
	long := make([]byte, 4000)
	for i := range long {
		long[i] = 'x'
	}
	for n := 3900; n < 3906; n++ { // for any position at which the base64 is cut
		f(chunk(`{"text":"`+string(long[:n])+`","amazon-bedrock-invocationMetrics":{"inputTokenCount":4,"outputTokenCount":5,"cacheReadInputTokenCount":6}}`),
			core.StreamState{Content: true, Finished: true, Done: true, Usage: core.Usage{In: 10, CachedIn: 6, Out: 5, Known: true}})
	}
	f(`{"bytes":"!"}`, core.StreamState{Content: true})
	f(`{"bytes":1}`, core.StreamState{})
	f(`{"bytes":"`, core.StreamState{})
}

func TestPeek(t *testing.T) {
	f := func(op core.Op, body string, limit int64, param string) {
		t.Helper()
		var p core.Peek
		fault := peek([]byte(body), op, &p)
		if param != "" {
			if fault == nil || fault.Param != param {
				t.Errorf("%s: %+v", body, fault)
			}
			return
		}
		if fault != nil || p.MaxTokens != limit || p.Model != nil || p.ModelAt.Present() {
			t.Errorf("%s: %+v, %+v", body, fault, p)
		}
	}
	f(core.OpChat, `{"messages":[],"inferenceConfig":{"maxTokens":100}}`, 100, "")
	f(core.OpChat, `{"inferenceConfig":{}}`, 0, "")
	f(core.OpChat, `{"inferenceConfig":{"maxTokens":-1}}`, 0, "inferenceConfig.maxTokens")
	f(core.OpChat, `{"inferenceConfig":{"maxTokens":1e9}}`, 0, "inferenceConfig.maxTokens")
	f(core.OpInvoke, `{"max_tokens":7,"model":"x"}`, 7, "")
	f(core.OpInvoke, `{"max_tokens":7,"max_tokens":8}`, 0, "max_tokens")
}

func TestInvokeOdd(t *testing.T) {
	d := dialect()
	codec := d.Chats[core.OpInvoke]
	if f := codec.ParseRequest(core.NewChat(), []byte(`{"prompt":"x"}`)); f == nil || f.Param != "anthropic_version" {
		t.Errorf("another vendor's body: %+v", f)
	}
	c := core.NewChat()
	c.From, c.Op = d, core.OpInvoke
	if f := codec.ParseRequest(c, []byte(`{"anthropic_version":"v","anthropic_beta":["b"],"max_tokens":1}`)); f != nil || string(c.Schema) != `{"max_tokens":1}` {
		t.Errorf("Anthropic is handed %s, %v", c.Schema, f)
	}
	got, f := codec.AppendRequest([]byte("x"), c, &core.Send{Model: []byte("m"), Stream: true})
	if want := `x{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["b"],"max_tokens":1}`; f != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, f, want)
	}
	x := core.NewCrossing()
	ev, err := codec.ParseEvent(nil, x, []byte("throttlingException"), []byte(`{"message":"m"}`))
	if err != nil || len(ev) != 1 || ev[0].Fault == nil || ev[0].Fault.Status != 429 {
		t.Errorf("an exception: %+v, %v", ev, err)
	}
	for _, bad := range []string{`{}`, `{"bytes":"!"}`, `{"bytes":""}`} {
		if _, err := codec.ParseEvent(nil, x, []byte("chunk"), []byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	x.Usage = core.Usage{In: 9, CachedIn: 2, Out: 3}
	e := core.Event{Kind: core.EventOther, Name: []byte("message_stop"), Raw: []byte(`{"type":"message_stop"}`)}
	m, err := eventstream.Read(codec.AppendEvent(nil, x, &e))
	if err != nil {
		t.Fatal(err)
	}
	wantJSON(t, "last chunk", chunk(t, m.Payload), `{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":7,"outputTokenCount":3,"cacheReadInputTokenCount":2,"cacheWriteInputTokenCount":0}}`)
	if New(nil).Chats[core.OpInvoke] != nil {
		t.Error("there is InvokeModel without Anthropic's dialect")
	}
}

func TestEmbeds(t *testing.T) {
	codec := embeds()
	d := dialect()
	round := func(model, body string) {
		t.Helper()
		var e core.Embed
		e.From = d
		if f := codec.ParseRequest(&e, []byte(body)); f != nil {
			t.Errorf("%s: %s", body, f.Message)
			return
		}
		got, f := codec.AppendRequest(nil, &e, &core.Send{Model: []byte(model)})
		if f != nil {
			t.Errorf("%s: %s", body, f.Message)
			return
		}
		wantJSON(t, model, got, body)
	}
	round("amazon.titan-embed-text-v2:0", `{"inputText":"a","dimensions":256,"normalize":true}`)
	round("cohere.embed-english-v3", `{"texts":["a","b"],"input_type":"search_query","truncate":"START","embedding_types":["float"]}`)
	round("cohere.embed-english-v3", `{"images":["data:image/png;base64,AA"],"input_type":"image"}`)
	e := core.Embed{Inputs: []core.Input{{Text: text("a")}, {Text: text("b")}}, Cut: core.No, Size: []byte("512"), Kind: text("document")}
	got, f := codec.AppendRequest(nil, &e, &core.Send{Model: []byte("us.cohere.embed-v4:0")})
	if f != nil {
		t.Fatal(f.Message)
	}
	wantJSON(t, "from elsewhere", got, `{"texts":["a","b"],"input_type":"search_document","output_dimension":512,"truncate":"NONE"}`)
	if _, f = codec.AppendRequest(nil, &e, &core.Send{Model: []byte("amazon.titan-embed-text-v2:0")}); f == nil || f.Param != "input" {
		t.Errorf("two inputs for Titan: %+v", f)
	}
	e = core.Embed{Inputs: []core.Input{{Image: text("data:image/png;base64,AA==")}}, Kind: text("query"), User: text("u")}
	if got, f = codec.AppendRequest(nil, &e, &core.Send{Model: []byte("amazon.titan-embed-image-v1")}); f != nil || string(got) != `{"inputImage":"AA=="}` || len(e.Dropped) != 2 {
		t.Errorf("%s, %+v, dropped %q", got, f, e.Dropped)
	}
	if f := codec.ParseRequest(&core.Embed{}, []byte(`{"input":"x"}`)); f == nil {
		t.Error("a body without input was read")
	}
}

func TestVectors(t *testing.T) {
	codec := embeds()
	f := func(e *core.Embed, body, want string) {
		t.Helper()
		var v core.Vectors
		if err := codec.ParseReply(&v, []byte(body)); err != nil {
			t.Errorf("%s: %v", body, err)
			return
		}
		wantJSON(t, "vectors", codec.AppendReply(nil, &v, e, nil), want)
	}
	const titan = `{"embedding":[0.1,2],"inputTextTokenCount":3}`
	f(nil, titan, titan)
	f(&core.Embed{Shape: shapeCohere, Types: []core.Text{text("float")}}, titan, `{"embeddings":{"float":[[0.1,2]]},"response_type":"embeddings_by_type"}`)
	f(&core.Embed{Shape: shapeTitan}, `{"id":"i","embeddings":{"float":[[1],[2]]}}`, `{"embedding":[1],"inputTextTokenCount":0}`)
	f(&core.Embed{Shape: shapeCohere}, `{"id":"i","embeddings":[[1],[2]]}`, `{"id":"i","embeddings":[[1],[2]],"response_type":"embeddings_floats"}`)
	for _, bad := range []string{`{}`, `{"message":"x"}`, `{"embedding":1}`, `{"embeddings":[1]}`, `{"embeddings":[[1`} {
		if err := codec.ParseReply(&core.Vectors{}, []byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestRerank(t *testing.T) {
	codec := reranks()
	const body = `{"queries":[{"type":"TEXT","textQuery":{"text":"q"}}],"sources":[{"type":"INLINE","inlineDocumentSource":{"type":"TEXT","textDocument":{"text":"a"}}},
		{"type":"INLINE","inlineDocumentSource":{"type":"JSON","jsonDocument":{"b":1}}}],"nextToken":"n","rerankingConfiguration":{"type":"BEDROCK_RERANKING_MODEL",
		"bedrockRerankingConfiguration":{"numberOfResults":2,"modelConfiguration":{"modelArn":"arn:aws:m","additionalModelRequestFields":{"x":1}}}}}`
	r := core.Rerank{From: dialect()}
	if f := codec.ParseRequest(&r, []byte(body)); f != nil || string(r.Query) != "q" || len(r.Documents) != 2 || string(r.Model) != "arn:aws:m" {
		t.Fatalf("%+v, %+v", r, f)
	}
	got, f := codec.AppendRequest(nil, &r, &core.Send{Model: []byte("arn:aws:m")})
	if f != nil {
		t.Fatal(f.Message)
	}
	wantJSON(t, "rerank", got, body)
	if _, f := codec.AppendRequest(nil, &r, &core.Send{Model: []byte("cohere.rerank-v3-5:0")}); f == nil || f.Param != "model" {
		t.Errorf("a model without an ARN: %+v", f)
	}
	const reply = `{"results":[{"index":1,"relevanceScore":0.9,"document":{"type":"JSON","jsonDocument":{"b":1}}},{"index":0,"relevanceScore":0.1,"document":{"type":"TEXT","textDocument":{"text":"a"}}}],"nextToken":"n"}`
	k := core.Ranking{From: r.From}
	if err := codec.ParseReply(&k, []byte(reply)); err != nil {
		t.Fatal(err)
	}
	wantJSON(t, "ranking", codec.AppendReply(nil, &k, &r, nil), reply)
	k = core.Ranking{List: []core.Rank{{Index: 0, Score: []byte("0.5")}}}
	r.Return = core.Yes
	wantJSON(t, "from elsewhere", codec.AppendReply(nil, &k, &r, nil), `{"results":[{"index":0,"relevanceScore":0.5,"document":{"type":"TEXT","textDocument":{"text":"a"}}}]}`)
	if err := codec.ParseReply(&k, []byte(`{"message":"x"}`)); err == nil {
		t.Error("a fault was read as a ranking")
	}
}

func TestCounts(t *testing.T) {
	d := dialect()
	body := base64.StdEncoding.EncodeToString([]byte(`{"anthropic_version":"v","max_tokens":1}`))
	c := core.NewChat()
	if f := d.Counts.ParseRequest(c, []byte(`{"input":{"invokeModel":{"body":"`+body+`"}}}`)); f != nil || string(c.Schema) != `{"max_tokens":1}` {
		t.Errorf("got %s, %+v", c.Schema, f)
	}
	for _, bad := range []string{`{}`, `{"input":{"invokeModel":{"body":"!"}}}`, `{"input":{"invokeModel":{"body":"e30"}}}`, `{"input":{"new":{}}}`} {
		if f := d.Counts.ParseRequest(core.NewChat(), []byte(bad)); f == nil {
			t.Errorf("%s was read", bad)
		}
	}
	got, f := d.Counts.AppendRequest(nil, chatOf(func(c *core.Chat) {
		c.MaxTokens = []byte("5")
		say(c, core.System, words("s"))
		say(c, core.User, words("q"))
	}), &core.Send{})
	if f != nil {
		t.Fatal(f.Message)
	}
	wantJSON(t, "count", got, `{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"q"}]}],"system":[{"text":"s"}]}}}`)
	if _, err := d.Counts.ParseReply([]byte(`{"message":"x"}`)); err == nil {
		t.Error("a fault was read as a count")
	}
}

// The model of a request to rerank documents is nested in its body. A route is found by the model's own name; the
// ARN is still what is sent.
func TestPeekRerank(t *testing.T) {
	const arn = "arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0"
	sent := func(model string) string {
		return `{"queries":[{"type":"TEXT","textQuery":{"text":"q"}}],"sources":[],"rerankingConfiguration":{"type":"BEDROCK_RERANKING_MODEL","bedrockRerankingConfiguration":{"modelConfiguration":{"modelArn": ` + model + `}}}}`
	}
	f := func(model, want string) {
		t.Helper()
		var p core.Peek
		raw := []byte(sent(model))
		fault := peek(raw, core.OpRerank, &p)
		if want == "" {
			if fault == nil || !strings.Contains(fault.Param, "modelArn") {
				t.Errorf("%s: %v, model %q", model, fault, p.Model)
			}
			return
		}
		if fault != nil || string(p.Model) != want || string(p.ModelAt.Of(raw)) != model {
			t.Errorf("%s: %v, model %q at %q", model, fault, p.Model, p.ModelAt.Of(raw))
		}
		d := New(nil)
		if got := string(d.AppendBody(nil, raw, core.OpRerank, &p, core.Send{Face: &core.Face{}, Model: p.Model})); got != string(raw) {
			t.Errorf("%s: sent %s", model, got)
		}
		if got := string(d.AppendBody(nil, raw, core.OpRerank, &p, core.Send{Face: &core.Face{}, Model: []byte("arn:x")})); got != sent(`"arn:x"`) {
			t.Errorf("%s: sent %s", model, got)
		}
	}
	f(`"`+arn+`"`, "cohere.rerank-v3-5:0")
	f(`"arn:aws:bedrock:us-west-2::foundation-model\/amazon.rerank-v1:0"`, "amazon.rerank-v1:0")
	f(`"arn:aws:bedrock:us-west-2:1:provisioned-model/x"`, "arn:aws:bedrock:us-west-2:1:provisioned-model/x")
	f(`"bedrock-agent/`+arn+`"`, "bedrock-agent/"+arn)
	f(`""`, "")
	f(`7`, "")
	f(`null`, "")
	f(`"a b"`, "")
	f(`"arn:aws:bedrock:us-west-2::foundation-model/"`, "")
	f(`"`+strings.Repeat("x", core.MaxModelName+1)+`"`, "")
	var p core.Peek
	if fault := peek([]byte(`{}`), core.OpRerank, &p); fault == nil {
		t.Error("a request without a model has one")
	}
}
