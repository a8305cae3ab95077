package standin

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// What a vendor refuses is refused, and what it takes is taken.
func TestStrictness(t *testing.T) {
	_, base := start(t, Options{Open: true})
	f := func(path, body string, want int, says string) {
		t.Helper()
		resp, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want || !strings.Contains(string(b), says) {
			t.Errorf("%s %s: %d %s, want %d with %q", path, body, resp.StatusCode, b, want, says)
		}
	}
	const chat, messages, generate, converse, cohere, responses = "/v1/chat/completions", "/v1/messages", "/v1beta/models/think-tool:generateContent", "/model/m/converse", "/v2/chat", "/v1/responses"
	// OpenAI: calls are answered, and answers were called.
	const called = `{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}`
	f(chat, `{"model":"m","messages":[{"role":"user","content":"x"},`+called+`,{"role":"tool","tool_call_id":"a","content":"42"}]}`, 200, "The tools said: 42")
	f(chat, `{"model":"m","messages":[{"role":"user","content":"x"},`+called+`]}`, 400, "must be followed")
	f(chat, `{"model":"m","messages":[{"role":"tool","tool_call_id":"b","content":"42"}]}`, 400, "preceding")
	f(chat, `{"model":"m","messages":[{"role":"user","content":"x"}],"top":1}`, 400, "Unrecognized")
	f(chat, `{"model":"m","messages":[{"role":"user","content":"x"}],"x_top":1}`, 200, "")
	f(chat, `{"model":"m","messages":[{"role":"user","content":"x"}],"parallel_tool_calls":true}`, 400, "tools")
	f(responses, `{"model":"m","input":"x","tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}]}`, 400, "additionalProperties")
	f(responses, `{"model":"m","input":[{"type":"reasoning","summary":[],"encrypted_content":"other"}]}`, 400, "encrypted")
	f(responses, `{"model":"m","input":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}]}`, 400, "No tool output")
	// Anthropic: a limit, results first, its own signatures.
	f(messages, `{"model":"m","messages":[{"role":"user","content":"x"}]}`, 400, "max_tokens")
	const used = `{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}`
	f(messages, `{"model":"m","max_tokens":9,"messages":[`+used+`,{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"42"}]}]}`, 200, "said: 42")
	f(messages, `{"model":"m","max_tokens":9,"messages":[`+used+`,{"role":"user","content":[{"type":"text","text":"y"},{"type":"tool_result","tool_use_id":"a","content":"42"}]}]}`, 400, "before other")
	f(messages, `{"model":"m","max_tokens":9,"messages":[`+used+`]}`, 400, "without")
	f(messages, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"other"}]},{"role":"user","content":"y"}]}`, 400, "signature")
	f(messages, `{"model":"m","max_tokens":2000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"x"}]}`, 400, "budget")
	// Gemini: results are objects and as many as the calls; calls of a thinking model are signed.
	f("/v1beta/models/m:generateContent", `{"contents":[{"role":"user","parts":[{"text":"x"}]}],"foo":1}`, 400, "Cannot find field")
	const model = `{"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},`
	f(generate, model+`{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"42"}}}]}]}`, 400, "thought_signature")
	f("/v1beta/models/m:generateContent", model+`{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"42"}}}]}]}`, 200, "said: 42")
	f("/v1beta/models/m:generateContent", model+`{"role":"user","parts":[{"functionResponse":{"name":"f","response":"42"}}]}]}`, 400, "object")
	f("/v1beta/models/m:generateContent", model+`{"role":"user","parts":[{"text":"y"}]}]}`, 400, "number of function response")
	// Bedrock: strict alternation, tools with tool blocks, names of documents.
	f(converse, `{"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"user","content":[{"text":"y"}]}]}`, 400, "alternate")
	f(converse, `{"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":"f","input":{}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"text":"42"}]}}]}]}`, 400, "toolConfig")
	f(converse, `{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"a.pdf","source":{"bytes":"AAAA"}}},{"text":"x"}]}]}`, 400, "alphanumeric")
	f("/model/m/invoke", `{"model":"m","anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"x"}]}`, 400, "extraneous key [model]")
	// Cohere: known members only.
	f(cohere, `{"model":"m","messages":[{"role":"user","content":"x"}],"top_p":1}`, 422, "unknown field")
	f(cohere, `{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"AUTO"}`, 400, "tool_choice")
}

func TestOthers(t *testing.T) {
	_, base := start(t, Options{Open: true})
	f := func(path, body, says string) {
		t.Helper()
		resp, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 || !strings.Contains(string(b), says) {
			t.Errorf("%s %s: %d %s, want %q", path, body, resp.StatusCode, b, says)
		}
	}
	f("/v1/embeddings", `{"model":"m","input":["a","b"],"dimensions":2}`, `[0.25,0.1875]`)
	f("/v1/embeddings", `{"model":"m","input":"a","dimensions":1,"encoding_format":"base64"}`, `"AAAAPg=="`)
	f("/v2/embed", `{"model":"m","texts":["a"],"input_type":"search_query","embedding_types":["float"],"output_dimension":1}`, `"float":[[0.125]]`)
	f("/v1beta/models/m:batchEmbedContents", `{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}]},"outputDimensionality":1}]}`, `{"values":[0.125]}`)
	f("/v1beta/models/m:embedContent", `{"content":{"parts":[{"text":"a"}]}}`, `"embedding"`)
	f("/model/m/invoke", `{"inputText":"a","dimensions":1}`, `"embedding":[0.125]`)
	f("/v2/rerank", `{"model":"m","query":"q","documents":["a","b"],"top_n":1}`, `[{"index":1,`)
	f("/v1/messages/count_tokens", `{"model":"m","messages":[{"role":"user","content":"x"}]}`, `42`)
	f("/v1/responses/input_tokens", `{"model":"m","input":"x"}`, `42`)
	f("/model/m/count-tokens", `{"input":{"converse":{}}}`, `42`)
	f("/v1/chat/completions", `{"model":"image","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}`, `I see image/png of 3 bytes 709e80c8`)
	f("/v1/chat/completions", `{"model":"schema","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"n":{"type":["null","integer"]},"e":{"enum":["u","v"]},"l":{"type":"array","items":{"type":"boolean"}}}}}}}}}`, `{\"e\":\"u\",\"l\":[true],\"n\":7}`)
}
