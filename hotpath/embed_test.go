package hotpath

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// What each provider answers two inputs with, and one: the vectors are [1,-0.5] and [0.25,2].
const (
	toldCohereE = `{"id":"e1","embeddings":{"float":[[1,-0.5],[0.25,2]]},"texts":["a","b"],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":5}},"response_type":"embeddings_by_type"}`
	toldGemini  = `{"embeddings":[{"values":[1,-0.5]},{"values":[0.25,2]}],"usageMetadata":{"promptTokenCount":5}}`
	toldPredict = `{"predictions":[{"embeddings":{"values":[1,-0.5],"statistics":{"token_count":2,"truncated":false}}},{"embeddings":{"values":[0.25,2],"statistics":{"token_count":3,"truncated":false}}}]}`
	toldTitan   = `{"embedding":[1,-0.5],"embeddingsByType":{"float":[1,-0.5]},"inputTextTokenCount":5}`
	toldOpenAIE = `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[1,-0.5]},{"object":"embedding","index":1,"embedding":[0.25,2]}],"model":"e","usage":{"prompt_tokens":5,"total_tokens":5}}`
	told64      = `{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAAL8="},{"object":"embedding","index":1,"embedding":"AACAPgAAAEA="}],"model":"e","usage":{"prompt_tokens":5,"total_tokens":5}}`

	askTwo = `{"model":"m","input":["a \u00e9","b"]}`
	askOne = `{"model":"m","input":"a"}`
)

// embedFace is a face in format d that embeds at path.
func embedFace(d *core.Dialect, path string) *core.Face {
	f := &core.Face{Dialect: d}
	f.Paths[core.OpEmbed] = path
	return f
}

// Vectors reach a client in its own words, and as numbers or base64 as it asked.
func TestEmbedAcross(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		f := func(name string, face *core.Face, told, path, ask string, sent, got []string) {
			t.Helper()
			m := meet(t, loops, face, answers("application/json", told))
			a, body := m.say(path, ask)
			if a.StatusCode != 200 || !json.Valid([]byte(body)) {
				t.Errorf("%s: %d %s", name, a.StatusCode, body)
				return
			}
			has(t, name+": sent", m.last().line+" "+m.last().body, sent...)
			has(t, name+": got", body, got...)
			if rec := m.record(); rec.Usage.In != 5 {
				t.Errorf("%s: recorded %+v", name, rec.Usage)
			}
		}
		floats := []string{`"object":"list"`, `"embedding":[1,-0.5]`, `"embedding":[0.25,2]`, `"prompt_tokens":5`}
		base64 := []string{`"embedding":"AACAPwAAAL8="`, `"embedding":"AACAPgAAAEA="`}
		ask64 := strings.Replace(askTwo, `{`, `{"encoding_format":"base64",`, 1)
		sized := strings.Replace(askTwo, `{`, `{"dimensions":2,`, 1)

		cohereFace := embedFace(cohere.API, "/v2/embed")
		f("openai to cohere", cohereFace, toldCohereE, "/openai/embed", sized, []string{"/v2/embed", `"texts":["a \u00e9","b"]`, `"input_type":"search_document"`, `"embedding_types":["float"]`, `"output_dimension":2`}, floats)
		f("openai to cohere, base64", cohereFace, toldCohereE, "/openai/embed", ask64, []string{`"embedding_types":["float"]`}, base64)
		batch := embedFace(gemini.API, "/v1beta/models/{model}:batchEmbedContents")
		f("openai to gemini", batch, toldGemini, "/openai/embed", sized, []string{"/v1beta/models/m:batchEmbedContents", `{"requests":[{"model":"models/m","content":{"parts":[{"text":"a \u00e9"}]},"outputDimensionality":2}`}, floats)
		f("openai to gemini, base64", batch, toldGemini, "/openai/embed", ask64, nil, base64)
		predict := embedFace(gemini.API, "/publishers/google/models/{model}:predict")
		f("openai to vertex", predict, toldPredict, "/openai/embed", sized, []string{":predict", `{"instances":[{"content":"a \u00e9"},{"content":"b"}],"parameters":{"outputDimensionality":2}}`}, floats)
		f("openai to vertex, base64", predict, toldPredict, "/openai/embed", ask64, nil, base64)
		titan := embedFace(adapters.Bedrock, "/model/{model}/invoke")
		f("openai to titan", titan, toldTitan, "/openai/embed", askOne, []string{"/model/m/invoke", `{"inputText":"a"}`}, []string{`"embedding":[1,-0.5]`, `"prompt_tokens":5`})
		f("openai to titan, base64", titan, toldTitan, "/openai/embed", strings.Replace(askOne, `{`, `{"encoding_format":"base64",`, 1), nil, base64[:1])
		f("openai to titan, a list of one", titan, toldTitan, "/openai/embed", `{"model":"m","input":["a"],"dimensions":256}`, []string{`{"inputText":"a","dimensions":256}`}, []string{`"embedding":[1,-0.5]`})
		voyage := embedFace(openai.API, "/v1/embeddings")
		voyage.Rename = [][2]string{{"dimensions", "output_dimension"}}
		f("openai to voyage", voyage, toldOpenAIE, "/openai/embed", sized, []string{"/v1/embeddings", `"output_dimension":2`, `"input":["a \u00e9","b"]`}, floats)
		f("gemini to voyage", voyage, toldOpenAIE, "/gemini/m:batchEmbedContents", `{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},"outputDimensionality":2},{"model":"models/m","content":{"parts":[{"text":"b"}]}}]}`, []string{`"input":["a","b"]`, `"output_dimension":2`}, []string{`{"embeddings":[{"values":[1,-0.5]},{"values":[0.25,2]}]`})

		own := embedFace(openai.API, "/v1/embeddings")
		one := strings.Replace(toldOpenAIE, `,{"object":"embedding","index":1,"embedding":[0.25,2]}`, "", 1)
		f("gemini to openai", own, one, "/gemini/m:embedContent", `{"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY"}`, []string{`"input":["a"]`}, []string{`{"embedding":{"values":[1,-0.5]}`})
		f("gemini to openai, a batch", own, toldOpenAIE, "/gemini/m:batchEmbedContents", `{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]}`, []string{`"input":["a","b"]`}, []string{`{"embeddings":[{"values":[1,-0.5]},{"values":[0.25,2]}]`})
		f("gemini to openai, base64", own, told64, "/gemini/m:batchEmbedContents", `{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]}}]}`, nil, []string{`{"embeddings":[{"values":[1,-0.5]},{"values":[0.25,2]}]`})
		f("cohere to openai", own, toldOpenAIE, "/cohere/embed", `{"model":"m","texts":["a","b"],"input_type":"search_query","embedding_types":["float"]}`, []string{`"input":["a","b"]`, "!input_type"}, []string{`"embeddings":{"float":[[1,-0.5],[0.25,2]]}`})
		f("cohere to openai, base64", own, told64, "/cohere/embed", `{"model":"m","texts":["a","b"],"input_type":"search_query","embedding_types":["float"]}`, nil, []string{`"embeddings":{"float":[[1,-0.5],[0.25,2]]}`})
		f("cohere to gemini", batch, toldGemini, "/cohere/embed", `{"model":"m","texts":["a","b"],"input_type":"search_query","embedding_types":["float"]}`, []string{`"taskType":"RETRIEVAL_QUERY"`}, []string{`"embeddings":{"float":[[1,-0.5],[0.25,2]]}`})
		f("gemini to cohere", cohereFace, toldCohereE, "/gemini/m:batchEmbedContents", `{"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"},{"content":{"parts":[{"text":"b"}]}}]}`, []string{`"texts":["a","b"]`, `"input_type":"clustering"`}, []string{`{"embeddings":[{"values":[1,-0.5]},{"values":[0.25,2]}]`})
	})
}

// What cannot be embedded is refused with the limit, before anybody is asked.
func TestEmbedRefused(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		f := func(name string, face *core.Face, path, ask string, want ...string) {
			t.Helper()
			m := meet(t, loops, face, answers("application/json", "{}"))
			a, body := m.say(path, ask)
			if a.StatusCode != 400 || m.asked() > 0 {
				t.Errorf("%s: %d %s", name, a.StatusCode, body)
			}
			has(t, name, body, want...)
		}
		titan := embedFace(adapters.Bedrock, "/model/{model}/invoke")
		f("several to titan", titan, "/openai/embed", askTwo, "one embedding a request, and there are 2 inputs", "one input at a time", `"param":"input"`)
		f("tokens to titan", titan, "/openai/embed", `{"model":"m","input":[1,2]}`, "token ids", `"param":"input"`)
		f("tokens to gemini", embedFace(gemini.API, "/m:batchEmbedContents"), "/openai/embed", `{"model":"m","input":[[1],[2]]}`, "token ids", `"param":"input"`)
		f("several to one", embedFace(gemini.API, "/m:embedContent"), "/openai/embed", askTwo, "2 inputs", `"param":"input"`)
		f("tokens to cohere", embedFace(cohere.API, "/v2/embed"), "/openai/embed", `{"model":"m","input":[1,2]}`, "tokens", `"param":"input"`)
		f("bits from openai", embedFace(openai.API, "/v1/embeddings"), "/cohere/embed", `{"model":"m","texts":["a"],"input_type":"x","embedding_types":["ubinary"]}`, "ubinary", "float")
	})
}

// A provider's words about an embedding that went wrong stay its own, with their status.
func TestEmbedFault(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		m := meet(t, loops, embedFace(cohere.API, "/v2/embed"), func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(422)
			w.Write([]byte(`{"id":"1","message":"too long"}`))
		})
		if a, body := m.say("/openai/embed", askTwo); a.StatusCode != 422 || !strings.Contains(body, `{"error":{"message":"too long"`) {
			t.Errorf("%d %s", a.StatusCode, body)
		}
		m = meet(t, loops, embedFace(gemini.API, "/m:batchEmbedContents"), answers("application/json", `{"nothing":1}`))
		if a, body := m.say("/openai/embed", askTwo); a.StatusCode != 502 || !strings.Contains(body, "cannot be read") {
			t.Errorf("%d %s", a.StatusCode, body)
		}
	})
}

// Documents are ordered by whoever can, and come back in the words of who asked.
func TestRerankAcross(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) {
		face := func(d *core.Dialect, path string) *core.Face {
			f := &core.Face{Dialect: d}
			f.Paths[core.OpRerank] = path
			return f
		}
		const records = `{"records":[{"id":"1","score":0.9},{"id":"0","score":0.2}]}`
		m := meet(t, loops, face(gemini.API, "/rankingConfigs/default_ranking_config:rank"), answers("application/json", records))
		a, body := m.say("/cohere/rerank", `{"model":"m","query":"q","documents":["a",{"text":"b"}],"top_n":2}`)
		if a.StatusCode != 200 || m.last().line != "POST /rankingConfigs/default_ranking_config:rank" {
			t.Errorf("%d %s; %s", a.StatusCode, body, m.last().line)
		}
		has(t, "to vertex", m.last().body, `"query":"q"`, `{"id":"0","content":"a"}`, `{"id":"1","content":"b"}`, `"topN":2`)
		has(t, "from vertex", body, `"index":1`, `"relevance_score":0.9`, `"index":0`, `"relevance_score":0.2`)
		_, body = m.say("/openai/rerank", `{"model":"m","query":"q","documents":["a","b"],"return_documents":true}`)
		has(t, "documents come back", body, `"index":1`, `"b"`, `"index":0`, `"a"`)

		const results = `{"id":"r","results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.2}]}`
		const arn = `arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0`
		aws := `{"queries":[{"type":"TEXT","textQuery":{"text":"q"}}],"sources":[{"type":"INLINE","inlineDocumentSource":{"type":"TEXT","textDocument":{"text":"a"}}},{"type":"INLINE","inlineDocumentSource":{"type":"TEXT","textDocument":{"text":"b"}}}],` +
			`"rerankingConfiguration":{"type":"BEDROCK_RERANKING_MODEL","bedrockRerankingConfiguration":{"modelConfiguration":{"modelArn":"` + arn + `"}}}}`
		m = meet(t, loops, face(adapters.Bedrock, "/rerank"), answers("application/json", `{"results":[]}`))
		if a, body := m.say("/bedrock/rerank", aws); a.StatusCode != 200 || m.last().body != aws {
			t.Errorf("the ARN did not pass: %d %s; %s", a.StatusCode, body, m.last().body)
		}
		if rec := m.record(); string(rec.Model[:rec.ModelLen]) != "cohere.rerank-v3-5:0" {
			t.Errorf("recorded %s", rec.Model[:rec.ModelLen])
		}
		m = meet(t, loops, face(cohere.API, "/v2/rerank"), answers("application/json", results))
		a, body = m.say("/bedrock/rerank", aws)
		if a.StatusCode != 200 {
			t.Errorf("%d %s", a.StatusCode, body)
		}
		has(t, "aws to cohere", m.last().body, `"model":"cohere.rerank-v3-5:0"`, `"query":"q"`, `"documents":["a","b"]`)
		has(t, "cohere to aws", body, `{"results":[{"index":1,"relevanceScore":0.9}`)
	})
}
