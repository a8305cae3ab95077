package adapters

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// recordedAs returns a provider's name in the recordings, where that differs.
func recordedAs(provider string) string {
	switch provider {
	case "copilot":
		return "github-copilot"
	case "vercel-gateway":
		return "vercel"
	case "litellm-proxy":
		return "litellm"
	}
	return provider
}

// asked returns the dialect and operation for an api of the recordings. Other apis are relayed: OpPass
// of any dialect.
func asked(api string) (dialect string, op core.Op) {
	switch api {
	case "chat":
		return "openai", core.OpChat
	case "completions":
		return "openai", core.OpCompletion
	case "responses":
		return "openai", core.OpResponses
	case "messages":
		return "anthropic", core.OpChat
	case "generateContent":
		return "gemini", core.OpChat
	case "converse":
		return "bedrock", core.OpChat
	case "invoke":
		return "bedrock", core.OpInvoke
	case "cohere_chat":
		return "cohere", core.OpChat
	case "embeddings":
		return "", core.OpEmbed
	case "rerank":
		return "", core.OpRerank
	case "count_tokens":
		return "", core.OpCount
	}
	return "", core.OpPass
}

// elsewhere lists recorded addresses that the table does not send to on purpose, by provider and a
// part of host and path, each with the reason.
var elsewhere = []struct{ provider, part, why string }{
	{"anthropic", "/v1/complete", "the legacy text API is relayed, not translated"},
	{"gemini", "/v1beta/openai/", "asked in its own format: see the adapter"},
	{"gemini", ":embedContent", "always asked with :batchEmbedContents, which takes one text too"},
	{"cohere", "/compatibility/", "asked in its own format: see the adapter"},
	{"cohere", "/v1/", "the version before; v2 is asked"},
	{"cohere", "api.cohere.ai", "an older name of the host"},
	{"mistral", "/v1/agents/", "agents are relayed"},
	{"mistral", "/v1/fim/", "fill-in-the-middle answers in the shape of a chat and is relayed"},
	{"azure", ".com/chat/completions", "recorded with a base that leaves /openai/v1 out; answered 404"},
	{"azure", "/models/chat/completions", "the preview surface for models of others; v1 has them too"},
	{"azure", "//openai/", "recorded with a slash too many"},
	{"azure", "/openai/responses", "the preview surface of Responses: azure-classic has it"},
	{"azure", "/openai/deployments/", "the older surface: azure-classic has it"},
	{"azure-classic", "/openai/v1/", "the newer surface: azure has it"},
	{"azure-classic", "/anthropic/", "azure has it"},
	{"azure-classic", "/models/", "the preview surface for models of others"},
	{"azure-classic", ".com/chat/completions", "recorded with a base that leaves /openai out; answered 404"},
	{"azure-classic", "//openai/", "recorded with a slash too many"},
	{"heroku", "/available-models", "beside /v1; the list of models is answered here"},
	{"huggingface", "/hf-inference/", "a model's own path; the router takes its name"},
	{"huggingface", "api-inference.huggingface.co", "the host before the router"},
	{"nebius", "api.studio.nebius.ai", "an older name of the host"},
	{"ollama", "ollama.com", "the hosted service: a base_url"},
	{"ollama", "/api/", "its own format, below a base_url without /v1"},
	{"vertex", "/v1beta1/", "v1 has the same"},
	{"zai", "/api/coding/", "the coding plan: a base_url"},
	{"watsonx", "/generation/", "text generation; chat is asked"},
	{"openai", "/v1/responses/input_tokens", "counting is relayed: OpenAI's chats have no such thing"},
	{"openai", "/v1/responses/resp_", "a stored response is relayed"},
}

// TestRecordedAddresses compares recorded requests with what the table would send: method, host, path
// and the header that carries the key.
func TestRecordedAddresses(t *testing.T) {
	same, meant := 0, map[int]int{}
	for _, c := range corpus.Cases(t, func(c *corpus.Case) bool { return c.Request != nil && c.Request.Host != "" }) {
		for _, a := range All {
			if a.Name != recordedAs(c.Provider) && (a.Name != "azure-classic" || c.Provider != "azure") {
				continue
			}
			problem := compare(a, c)
			if problem == "" {
				same++
				continue
			}
			i := slices.IndexFunc(elsewhere, func(e struct{ provider, part, why string }) bool {
				return e.provider == a.Name && strings.Contains(c.Request.Host+c.Request.Path, e.part)
			})
			if i < 0 {
				t.Errorf("%s as %s: %s", c.ID, a.Name, problem)
			} else {
				meant[i]++
			}
		}
	}
	for i, e := range elsewhere {
		if meant[i] == 0 {
			t.Logf("nothing here is recorded at %s of %s", e.part, e.provider)
		}
	}
	t.Logf("%d recorded requests are what the table sends; %d are elsewhere for a reason", same, total(meant))
}

func total(m map[int]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

// compare returns the difference between a recorded request and what a would send; empty: none.
func compare(a *Adapter, c *corpus.Case) string {
	r := c.Request
	base, err := url.Parse(Fill(a.Base, recordedOptions(a, r)))
	if err != nil {
		return err.Error()
	}
	if !a.Local && !strings.EqualFold(base.Host, r.Host) {
		return "host " + r.Host + ", the table says " + base.Host
	}
	if problem := compareAuth(a, r.Headers); problem != "" {
		return problem
	}
	path, _, _ := strings.Cut(r.Path, "?")
	dialect, op := asked(c.API)
	for _, f := range a.Faces {
		if dialect != "" && f.Dialect.Name != dialect || f.Paths[op] == "" || !isFor(f, c.Model) {
			continue
		}
		want := f.Paths[op]
		if c.Stream && f.Streams[op] != "" {
			want = f.Streams[op]
		}
		want, _, _ = strings.Cut(Fill(want, recordedOptions(a, r)), "?")
		want = base.Path + strings.TrimSuffix(want, "/")
		if matches(want, path, op == core.OpPass) && (r.Method == "POST" || op == core.OpPass) {
			return ""
		}
		if op != core.OpPass { // the first face for the model is used
			return r.Method + " " + path + ", the table says POST " + want + " for " + op.String()
		}
	}
	return r.Method + " " + path + ", the table says nothing for " + op.String()
}

// isFor reports whether f is for model, which is empty if the recording does not name it.
func isFor(f *core.Face, model string) bool {
	return len(f.For) == 0 || model == "" || slices.ContainsFunc(f.For, func(p string) bool { return strings.HasPrefix(model, p) })
}

// matches reports whether path matches pattern, in which {model} is one segment, or its part before a
// colon; with prefix, whether path begins with a match.
func matches(pattern, path string, prefix bool) bool {
	before, after, holds := strings.Cut(pattern, "{model}")
	switch {
	case prefix:
		return strings.HasPrefix(path, before+"/") || before == ""
	case holds:
		return strings.HasPrefix(path, before) && strings.HasSuffix(path, after) && len(path) > len(before)+len(after)
	}
	return path == pattern
}

// recordedOptions returns the options of a, as found in a recorded request.
func recordedOptions(a *Adapter, r *corpus.Request) map[string]string {
	set := map[string]string{}
	first, rest, _ := strings.Cut(r.Host, ".")
	segments := strings.Split(r.Path, "/")
	after := func(word string) string {
		if i := slices.Index(segments, word); i >= 0 && i+1 < len(segments) {
			return segments[i+1]
		}
		return ""
	}
	for _, o := range a.Options {
		switch o.Name {
		case "resource":
			set["resource"], set["domain"] = first, rest
		case "account":
			if set["account"] = after("accounts"); set["account"] == "" {
				set["account"] = first
			}
		case "workspace":
			set["workspace"] = r.Host
		case "project":
			set["project"] = after("projects")
		case "region":
			switch a.Name {
			case "vertex":
				set["region"] = after("locations")
			case "heroku", "watsonx":
				set["region"] = first
			default: // AWS
				set["region"], _, _ = strings.Cut(rest, ".")
			}
		}
	}
	return a.Filled(set)
}

// compareAuth checks that the recorded credential is in a header that a uses. Recordings without such a
// header are accepted.
func compareAuth(a *Adapter, headers map[string]string) string {
	rendered := strings.ToLower(string(a.Headers(nil, "k")))
	if a.Auth.Kind != AuthKey {
		rendered += "authorization: bearer k\r\nauthorization: aws4-hmac-sha256 k\r\n"
	}
	for name, value := range headers {
		name = strings.ToLower(name)
		switch name {
		case "authorization":
			word, _, _ := strings.Cut(value, " ")
			if !strings.Contains(rendered, name+": "+strings.ToLower(word)+" ") {
				return "credential in " + name + " after " + word + ", the table says " + rendered
			}
		case "x-api-key", "api-key", "x-goog-api-key", "xi-api-key":
			if !strings.Contains("\n"+rendered, "\n"+name+": k") {
				return "credential in " + name + ", the table says " + rendered
			}
		}
	}
	return ""
}
