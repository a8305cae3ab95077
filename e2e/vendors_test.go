package e2e

import (
	"context"
	"net"
	"strings"
	"testing"

	"asbru/bench/standin"
)

// vendors starts the stand-in of all vendors and writes a configuration in which each is a provider.
func vendors(t *testing.T) (up *standin.Server, config string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	up = standin.New(standin.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- up.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the stand-in of the vendors: %v", err)
		}
	})
	return up, strings.ReplaceAll(`providers:
  - {name: openai, base_url: "BASE/v1", api_key: sk-ours, NET}
  - {name: anthropic, base_url: "BASE/v1", api_key: sk-ours, NET}
  - {name: gemini, base_url: "BASE/v1beta", api_key: sk-ours, NET}
  - {name: cohere, base_url: "BASE", api_key: sk-ours, NET}
  - {name: bedrock, base_url: "BASE", options: {region: us-east-1}, auth: {type: aws, access_key: AKIDOURS, secret_key: sk-ours}, NET}
`, "BASE", "http://"+l.Addr().String())
}

// private adds the settings that every provider on loopback needs.
func private(config string) string {
	return strings.ReplaceAll(config, "NET}", "network: {allow_private_network: true}}")
}

// targets are one model of each provider, to which a scenario is appended.
var targets = []string{"openai/gpt-5-", "anthropic/claude-sonnet-4-5-", "gemini/gemini-2.5-pro-", "cohere/command-a-reasoning-", "bedrock/us.anthropic.claude-sonnet-4-5-"}

// A form is the requests of clients of one dialect.
type form struct {
	name string
	path string // MODEL is replaced by the model, VERB by the verb, which differs for streams
	verb [2]string
	body string // MODEL, STREAM
	end  string // the end of a complete stream
}

var forms = []form{
	{"openai", "/v1/chat/completions", [2]string{}, `{"model":"MODEL","stream":STREAM,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}]}`, "data: [DONE]\n\n"},
	{"responses", "/v1/responses", [2]string{}, `{"model":"MODEL","stream":STREAM,"instructions":"Be brief.","input":"Hello"}`, `"type":"response.completed"`},
	{"anthropic", "/anthropic/v1/messages", [2]string{}, `{"model":"MODEL","stream":STREAM,"max_tokens":500,"system":"Be brief.","messages":[{"role":"user","content":"Hello"}]}`, "message_stop"},
	{"gemini", "/genai/v1beta/models/MODEL:VERB", [2]string{"generateContent", "streamGenerateContent?alt=sse"}, `{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}`, `"finishReason"`},
	{"cohere", "/cohere/v2/chat", [2]string{}, `{"model":"MODEL","stream":STREAM,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello"}]}`, `"finish_reason":"COMPLETE"`},
	{"bedrock", "/bedrock/model/MODEL/VERB", [2]string{"converse", "converse-stream"}, `{"system":[{"text":"Be brief."}],"messages":[{"role":"user","content":[{"text":"Hello"}]}]}`, "metadata"},
}

// request returns the path and the body of a request for model.
func (f *form) request(model string, stream bool) (path, body string) {
	verb, said := f.verb[0], "false"
	if stream {
		verb, said = f.verb[1], "true"
	}
	inPath := model
	if f.name == "bedrock" {
		inPath = strings.ReplaceAll(model, "/", "%2F")
	}
	return strings.NewReplacer("MODEL", inPath, "VERB", verb).Replace(f.path), strings.NewReplacer("MODEL", model, "STREAM", said).Replace(f.body)
}
