package doors

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/hotpath"
	"asbru/hotpath/http1"
	"asbru/hotpath/upstream"
)

func TestMessagesPath(t *testing.T) {
	f := func(method, tail string, op core.Op, ok bool) {
		t.Helper()
		got, found := messagesPath([]byte(method), []byte(tail))
		if found != ok || got.Op != op || ok && got.Speaks == nil {
			t.Errorf("%s %s: %+v, %v", method, tail, got, found)
		}
	}
	f("POST", "/messages", core.OpChat, true)
	f("POST", "/messages/count_tokens", core.OpCount, true)
	f("POST", "/Messages", core.OpChat, true)
	f("POST", "/messages/Count_Tokens", core.OpCount, true)
	f("POST", "/messages"+strings.Repeat("S", 300), 0, false)
	f("GET", "/messages", 0, false)
	f("POST", "/messages/batches", 0, false)
	f("POST", "/chat/completions", 0, false)
}

// TestDoorPathsAreClean checks that the paths of every door, which the data plane does not check if they match
// exactly, would pass its check.
func TestDoorPathsAreClean(t *testing.T) {
	for _, d := range All() {
		for op := range d.Ops {
			_, tail, _ := strings.Cut(op, " ")
			if path := d.Prefix + tail; !http1.PathClean([]byte(path)) {
				t.Errorf("%s can be read in two ways", path)
			}
		}
	}
}

// finds checks what a Find makes of paths, which stand within the bytes of a whole request as
// they do in life: the model must alias them to the end of their capacity.
func finds(t *testing.T, find func(method, tail []byte) (hotpath.Found, bool)) func(method, tail, model string, op core.Op, stream bool) {
	return func(method, tail, model string, op core.Op, stream bool) {
		t.Helper()
		whole := []byte(method + " /prefix" + tail + " HTTP/1.1\r\nHost: a\r\n\r\n")
		at := len(method) + len(" /prefix")
		got, ok := find([]byte(method), whole[at:at+len(tail)])
		if model == "" {
			if ok {
				t.Errorf("%s %s: found %+v", method, tail, got)
			}
			return
		}
		if !ok || string(got.Model) != model || got.Op != op || got.Stream != stream {
			t.Errorf("%s %s: %q %s %v, %v", method, tail, got.Model, got.Op, got.Stream, ok)
		}
		if i := cap(whole) - cap(got.Model); i < at || !strings.HasPrefix(string(whole[i:]), model) {
			t.Errorf("%s %s: the model is said to stand at %d", method, tail, i)
		}
	}
}

func TestDeploymentPath(t *testing.T) {
	f := finds(t, deploymentPath)
	f("POST", "/deployments/gpt-4o/chat/completions", "gpt-4o", core.OpChat, false)
	f("POST", "/deployments/azure%2Fgpt-4o/chat/completions", "azure%2Fgpt-4o", core.OpChat, false)
	f("POST", "/deployments/azure/gpt-4o/chat/completions", "azure/gpt-4o", core.OpChat, false)
	f("POST", "/deployments/a/b/c/embeddings", "a/b/c", core.OpEmbed, false)
	f("POST", "/deployments/e/embeddings", "e", core.OpEmbed, false)
	f("POST", "/deployments/e/completions", "e", core.OpCompletion, false)
	f("POST", "/deployments/w/audio/transcriptions", "w", core.OpPass, false)
	f("GET", "/deployments/w/chat/completions", "w", core.OpPass, false)
	f("POST", "/Deployments/GPT-4o/Chat/Completions", "GPT-4o", core.OpChat, false)
	f("POST", "/deployments/E/embeddingS", "E", core.OpEmbed, false)
	f("POST", "/deployments/w", "", 0, false)
	f("POST", "/deployments//chat/completions", "", 0, false)
	f("POST", "/chat/completions", "", 0, false)
	f("POST", "/deployments/w/"+strings.Repeat("x", 300), "w", core.OpPass, false)
}

func TestGeminiPath(t *testing.T) {
	f := finds(t, geminiPath)
	f("POST", "/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", core.OpChat, false)
	f("POST", "/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro", core.OpChat, true)
	f("POST", "/models/openai%2Fgpt-4o:generateContent", "openai%2Fgpt-4o", core.OpChat, false)
	f("POST", "/models/openai/gpt-4o:generateContent", "openai/gpt-4o", core.OpChat, false)
	f("POST", "/models/bedrock/a.b-v1:0:generateContent", "bedrock/a.b-v1:0", core.OpChat, false)
	f("POST", "/models/e:embedContent", "e", core.OpEmbed, false)
	f("POST", "/models/e:batchEmbedContents", "e", core.OpEmbed, false)
	f("POST", "/models/e:countTokens", "e", core.OpCount, false)
	f("POST", "/models/veo-3:predictLongRunning", "veo-3", core.OpPass, false)
	for tail, want := range map[string]bool{"/models/gemini-2.5-pro": true, "/models/openai/gpt-4o": true, "/models/": false, "/models/veo-3/operations/x": false, "/files/1": false} {
		if got, ok := geminiPath([]byte("GET"), []byte(tail)); ok != want || ok && (got.Op != core.OpModels || "/models/"+string(got.Model) != tail) {
			t.Errorf("GET %s: %+v, %v", tail, got, ok)
		}
	}
	f("POST", "/models/:generateContent", "", 0, false)
	f("POST", "/models/gemini-2.5-pro", "", 0, false)
	f("POST", "/openai/gpt-4o:generateContent", "openai/gpt-4o", core.OpChat, false)
	f("POST", "/bedrock/a.b-v1:0:streamGenerateContent", "bedrock/a.b-v1:0", core.OpChat, true)
	f("POST", "/gemini-2.5-pro:generateContent", "", 0, false)
	f("POST", "/tunedModels/x:generateContent", "", 0, false)
	f("POST", "/files/x:generateContent", "", 0, false)
	f("POST", "/batches/x:cancel", "", 0, false)
	if got, _ := geminiPath([]byte("POST"), []byte("/models/g:streamGenerateContent")); !got.Array {
		t.Error("a stream is an array unless the query says otherwise")
	}
}

func TestVertexPath(t *testing.T) {
	const at = "/projects/my-p/locations/us-east5"
	f := finds(t, vertexPath)
	for _, before := range []string{at, ""} {
		f("POST", before+"/publishers/google/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", core.OpChat, false)
		f("POST", before+"/publishers/google/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro", core.OpChat, true)
		f("POST", before+"/publishers/google/models/g:countTokens", "g", core.OpCount, false)
		f("POST", before+"/publishers/google/models/text-embedding-005:predict", "text-embedding-005", core.OpEmbed, false)
		f("POST", before+"/publishers/google/models/gemini-embedding-2:embedContent", "gemini-embedding-2", core.OpEmbed, false)
		f("POST", before+"/publishers/openai/models/vectors:predict", "vectors", core.OpEmbed, false)
		f("POST", before+"/publishers/google/models/imagen-4:predict", "imagen-4", core.OpPass, false)
		f("POST", before+"/publishers/google/models/veo-3:predictLongRunning", "veo-3", core.OpPass, false)
		f("POST", before+"/publishers/openai/models/gpt-5:generateContent", "gpt-5", core.OpChat, false)
		f("POST", before+"/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict", "claude-sonnet-4-5@20250929", core.OpChat, false)
		f("POST", before+"/publishers/anthropic/models/openai/gpt-5:streamRawPredict", "openai/gpt-5", core.OpChat, true)
		f("POST", before+"/publishers/mistralai/models/mistral-large:rawPredict", "mistral-large", core.OpChat, false)
		f("POST", before+"/publishers//models/m:rawPredict", "", 0, false)
		f("POST", before+"/publishers/google/openai/gpt-5:generateContent", "openai/gpt-5", core.OpChat, false)
		f("POST", before+"/publishers/google/m:rawPredict", "", 0, false)
		f("POST", before+"/publishers/a%2Fb/models/m:generateContent", "", 0, false)
	}
	f("POST", "/projects/p/publishers/google/models/m:generateContent", "", 0, false)
	f("POST", "/projects//locations/l/publishers/google/models/m:generateContent", "", 0, false)
	f("POST", "/endpoints/openapi/chat/completions", "", 0, false)
	f("POST", "/messages", "", 0, false)
	g := func(method, tail, rest string, op core.Op, drop string) {
		t.Helper()
		got, ok := vertexPath([]byte(method), []byte(tail))
		if !ok || got.Op != op || got.Model != nil || tail[got.Skip:] != rest || got.Drop != drop || got.Speaks == nil {
			t.Errorf("%s %s: %+v, %v", method, tail, got, ok)
		}
	}
	g("POST", at+"/publishers/anthropic/models/count-tokens:rawPredict", "/models/count-tokens:rawPredict", core.OpCount, "anthropic_version")
	g("POST", at+"/endpoints/openapi/chat/completions", "/endpoints/openapi/chat/completions", core.OpChat, "")
	if got, ok := vertexPath([]byte("GET"), []byte("/publishers/google/models/a%2Fb")); !ok || got.Op != core.OpModels || string(got.Model) != "a%2Fb" {
		t.Errorf("one model: %+v, %v", got, ok)
	}
	g("GET", at+"/publishers/google/models", "/models", core.OpModels, "")
	g("POST", at+"/cachedContents", "/cachedContents", core.OpPass, "")
	g("DELETE", at+"/cachedContents/1", "/cachedContents/1", core.OpPass, "")
}

func TestBedrockPath(t *testing.T) {
	f := finds(t, bedrockPath)
	const arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-v1:0"
	f("POST", "/m/converse", "m", core.OpChat, false)
	f("POST", "/m/converse-stream", "m", core.OpChat, true)
	f("POST", "/m/invoke", "m", core.OpInvoke, false)
	f("POST", "/m/invoke-with-response-stream", "m", core.OpInvoke, true)
	f("POST", "/m/count-tokens", "m", core.OpCount, false)
	f("POST", "/"+arn+"/converse", arn, core.OpChat, false)
	f("POST", "/arn%3Aaws%3Abedrock%2Fx/converse", "arn%3Aaws%3Abedrock%2Fx", core.OpChat, false)
	f("POST", "/m/other", "", 0, false)
	f("GET", "/m/converse", "", 0, false)
	f("POST", "//converse", "", 0, false)
	f("POST", "/converse", "", 0, false)
}

func TestHotPaths(t *testing.T) {
	all := All()
	f := func(uri string, want bool) {
		t.Helper()
		if got := Hot(all, uri); got != want {
			t.Errorf("%s: %v", uri, got)
		}
	}
	for _, d := range all {
		f(d.Prefix+"/x", true)
		f(d.Prefix+"/", true)
	}
	for _, quota := range []string{"/v1/quota", "/v1/quota/", "/v1/Quota?x", "/litellm/v1/QUOTA/"} {
		f(quota, false)
	}
	f("/v1/quotas", true)
	f("/v1betax/models", false)
	f("/litellm", false)
	f("/openai_passthrough", false)
	f("/litellmx/v1/messages", false)
}

func TestHotBytes(t *testing.T) {
	f := func(uri string, want bool) {
		t.Helper()
		if got := Hot(All(), uri); got != want {
			t.Errorf("Hot(%q) = %v, want %v", uri, got, want)
		}
	}
	f("/v1/chat/completions", true)
	f("/openai/v1/models?x", true)
	f("/v1/../metrics", true) // the strict reader refuses it
	f("/v1", false)
	f("/v10/x", false)
	f("//v1/x", false)
	f("/%76%31/models", false)
	f("http://host/v1/models", false)
	f("*", false)
	f("", false)
}

// No door is hidden by another one's prefix.
func TestDoorsAreReached(t *testing.T) {
	all := All()
	for i, d := range all {
		for _, before := range all[:i] {
			if strings.HasPrefix(d.Prefix+"/", before.Prefix+"/") {
				t.Errorf("%s is never reached: %s comes first", d.Prefix, before.Prefix)
			}
		}
	}
}

// An echo is a provider that answers every request with an error that describes the request.
func echo(w http.ResponseWriter, q *http.Request) {
	b, _ := io.ReadAll(q.Body)
	var sent struct{ Model string }
	json.Unmarshal(b, &sent)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(418)
	path := q.URL.EscapedPath()
	if q.URL.RawQuery != "" {
		path += "?" + q.URL.RawQuery
	}
	said := fmt.Sprintf("%s %s model=%s auth=%s", q.Method, path, sent.Model, q.Header.Get("X-Goog-Api-Key")+q.Header.Get("X-Api-Key")+q.Header.Get("Authorization")+q.Header.Get("Api-Key"))
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": said}, "message": said})
}

// everyProvider is a data plane with one provider for each format, each an echo below a path
// of its own name.
func everyProvider(t *testing.T, loops int) (addr string) {
	t.Helper()
	up := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(up.Close)
	doc := &config.Document{VirtualKeys: []config.VirtualKey{{Name: "k", Key: config.NewSecret("", "vk-0123456789abcdef")}}}
	for name, base := range map[string]string{"openai": "/v1", "anthropic": "/v1", "gemini": "", "azure": "", "cohere": "", "ollama": "", "bedrock": ""} {
		doc.Providers = append(doc.Providers, config.Provider{Name: name, BaseURL: up.URL + "/" + name + base, APIKey: config.NewSecret("", "sk-"+name),
			Network: config.Network{AllowPrivateNetwork: new(true)}})
		if name == "bedrock" {
			doc.Providers[len(doc.Providers)-1].Options = map[string]string{"region": "us-east-1"}
		}
	}
	snap, problems, retire := build.Compile(doc, nil, build.Deps{NewPool: func(e core.Endpoint) (core.Pool, error) { return upstream.New(e) }})
	if snap == nil {
		t.Fatal(problems)
	}
	t.Cleanup(retire)
	s := hotpath.New(hotpath.Options{Doors: All(), Loops: loops, Slow: func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 299 Slow\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		c.Close()
	}})
	s.Swap(snap)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s.Drain(ctx)
		s.Close()
		<-done
		for _, p := range snap.Pools {
			p.Close()
		}
	})
	return l.Addr().String()
}

// Every door, and where it leads: METHOD PATH and model of what the provider gets.
func TestDoorsLeadSomewhere(t *testing.T) {
	const chat = `{"model":"%s","messages":[{"role":"user","content":"hi"}],"max_tokens":9}`
	const google = `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`
	const aws = `{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`
	for lane, loops := range map[string]int{"goroutine": -1, "loop": 2} {
		t.Run(lane, func(t *testing.T) {
			addr := everyProvider(t, loops)
			f := func(method, path, body, model, want string) {
				t.Helper()
				if strings.Contains(body, "%s") {
					body = fmt.Sprintf(body, model)
				}
				q, err := http.NewRequest(method, "http://"+addr+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				q.Header.Set("X-Api-Key", "vk-0123456789abcdef")
				if body != "" {
					q.Header.Set("Content-Type", "application/json")
				}
				a, err := http.DefaultClient.Do(q)
				if err != nil {
					t.Fatal(err)
				}
				defer a.Body.Close()
				b, _ := io.ReadAll(a.Body)
				if !strings.Contains(string(b), want+" ") && !strings.Contains(string(b), want+`"`) {
					t.Errorf("%s %s gave %d %s\nwant %s", method, path, a.StatusCode, b, want)
				}
				if strings.Contains(string(b), "vk-0123") {
					t.Errorf("%s %s: the caller's key went on: %s", method, path, b)
				}
			}
			for _, under := range []string{"", "/litellm", "/langchain", "/pydanticai"} {
				f("POST", under+"/v1/chat/completions", chat, "openai/gpt-4o", "POST /openai/v1/chat/completions model=gpt-4o auth=Bearer sk-openai")
				f("POST", under+"/v1/messages?beta=true", chat, "anthropic/c", "POST /anthropic/v1/messages?beta=true model=c auth=sk-anthropic")
				f("POST", under+"/v1/messages/count_tokens", chat, "anthropic/c", "POST /anthropic/v1/messages/count_tokens model=c")
				f("POST", under+"/openai/v1/embeddings", `{"model":"%s","input":"a"}`, "openai/e", "POST /openai/v1/embeddings model=e")
				f("POST", under+"/openai/responses", `{"model":"%s","input":"a"}`, "openai/e", "POST /openai/v1/responses model=e")
				f("POST", under+"/openai/openai/deployments/openai%2Fgpt-4o/chat/completions?api-version=1", `{"messages":[]}`, "", "POST /openai/v1/chat/completions?api-version=1 model=gpt-4o")
				f("POST", under+"/openai/deployments/gpt-4o/chat/completions", chat, "ignored", "POST /openai/v1/chat/completions model=gpt-4o")
				f("POST", under+"/anthropic/v1/messages", chat, "anthropic/c", "POST /anthropic/v1/messages model=c")
				for _, v := range []string{"/genai/v1beta", "/genai/v1", "/v1beta"} {
					f("POST", under+v+"/models/gemini%2Fg:generateContent?key=vk-0123456789abcdef", google, "", "POST /gemini/v1beta/models/g:generateContent model= auth=sk-gemini")
				}
				f("POST", under+"/genai/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", google, "", "POST /gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse")
				f("POST", under+"/bedrock/model/bedrock%2Fa.b-v1:0/converse", aws, "", "POST /bedrock/model/a.b-v1%3A0/converse")
				f("POST", under+"/model/amazon.nova-lite-v1:0/converse-stream", aws, "", "POST /bedrock/model/amazon.nova-lite-v1%3A0/converse-stream")
				for _, v := range []string{"/v1", "/vertex/v1", "/vertex/v1beta1", "/v1beta1", "/genai/v1beta1", "/genai/v1"} {
					at := under + v + "/projects/p/locations/l/publishers/"
					f("POST", at+"google/models/gemini-g:generateContent", google, "", "POST /gemini/v1beta/models/gemini-g:generateContent model= auth=sk-gemini")
					f("POST", at+"openai/models/gpt-4o:generateContent", google, "", "POST /openai/v1/chat/completions model=gpt-4o")
					f("POST", at+"anthropic/models/claude-x:rawPredict", `{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"messages":[]}`, "", "POST /anthropic/v1/messages model=claude-x auth=sk-anthropic")
					f("POST", at+"anthropic/models/count-tokens:rawPredict", `{"anthropic_version":"vertex-2023-10-16","model":"%s","messages":[]}`, "anthropic/c", "POST /anthropic/v1/messages/count_tokens model=c")
				}
				f("POST", under+"/vertex/v1beta1/projects/p/locations/l/publishers/google/models/gemini-g:predict", `{"instances":[]}`, "", "POST /gemini/v1beta/models/gemini-g:predict model=")
				f("POST", under+"/cohere/v2/chat", chat, "cohere/c", "POST /cohere/v2/chat model=c")
				f("POST", under+"/v2/chat", chat, "cohere/c", "POST /cohere/v2/chat model=c")
				f("POST", under+"/cohere/v1/rerank", `{"model":"%s","query":"q","documents":["a"]}`, "cohere/r", "POST /cohere/v2/rerank model=r")
				f("POST", under+"/v1/chat/completions", chat, "anthropic/c", "POST /anthropic/v1/messages model=c")
				f("POST", under+"/ollama/api/chat", chat, "openai/gpt-4o", "POST /openai/v1/chat/completions model=gpt-4o")
				f("POST", under+"/mistral/v1/chat/completions", chat, "openai/m", "POST /openai/v1/chat/completions model=m")
				f("POST", under+"/groq/openai/v1/chat/completions", chat, "openai/m", "POST /openai/v1/chat/completions model=m")
			}
			// A slash at the end of an operation's path means nothing, nor does the case of its letters; what is only relayed keeps both.
			f("POST", "/v1/chat/completions/", chat, "openai/gpt-4o", "POST /openai/v1/chat/completions model=gpt-4o auth=Bearer sk-openai")
			f("POST", "/v1/chat/completions/", chat, "anthropic/c", "POST /anthropic/v1/messages model=c")
			f("POST", "/v1/Chat/COMPLETIONS", chat, "openai/gpt-4o", "POST /openai/v1/chat/completions model=gpt-4o")
			f("POST", "/v1/Chat/Completions/", chat, "anthropic/c", "POST /anthropic/v1/messages model=c")
			f("POST", "/v1/messages/?beta=true", chat, "anthropic/c", "POST /anthropic/v1/messages?beta=true model=c")
			f("POST", "/openai/deployments/gpt-4o/chat/completions/", chat, "ignored", "POST /openai/v1/chat/completions model=gpt-4o")
			f("POST", "/genai/v1beta/models/gemini%2Fg:generateContent/", google, "", "POST /gemini/v1beta/models/g:generateContent model=")
			f("POST", "/v1/projects/p/locations/l/publishers/openai/models/gpt-4o:generateContent/", google, "", "POST /openai/v1/chat/completions model=gpt-4o")
			f("POST", "/bedrock/model/bedrock%2Fa.b-v1:0/converse/", aws, "", "POST /bedrock/model/a.b-v1%3A0/converse")
			f("POST", "/cohere/v2/chat/", chat, "cohere/c", "POST /cohere/v2/chat model=c")
			f("POST", "/ollama/api/chat/", chat, "openai/gpt-4o", "POST /openai/v1/chat/completions model=gpt-4o")
			f("GET", "/v1/files/", "", "", "GET /openai/v1/files/")
			f("POST", "/openai_passthrough/chat/completions/", chat, "gpt-4o", "POST /openai/v1/chat/completions/ model=gpt-4o")
			f("POST", "/v1/v1/chat/completions", chat, "openai/gpt-4o", "the path has /v1 twice; hint: take it from the end of the base URL that the client was given")
			f("POST", "/anthropic/v1/v1/messages", chat, "anthropic/c", "has /v1 twice; hint:")
			f("POST", "//v1/chat/completions", chat, "openai/gpt-4o", "a base URL that ends in a slash can double it")
			f("POST", "/v1/chat//completions", chat, "openai/gpt-4o", "doubled slashes")
			f("POST", "/v1/chat/completions//", chat, "openai/gpt-4o", "doubled slashes")
			f("POST", "//v1/chat/completions", chat, "openai/gpt-4o", "doubled slashes")

			f("POST", "/v1/Messages", chat, "anthropic/c", "POST /anthropic/v1/messages model=c")
			f("POST", "/openai/Deployments/gpt-4o/Chat/Completions", chat, "ignored", "POST /openai/v1/chat/completions model=gpt-4o")
			for _, quota := range []string{"/v1/quota", "/v1/quota/", "/v1/Quota", "/litellm/v1/QUOTA/?x"} { // the slow door's
				a, err := http.Get("http://" + addr + quota)
				if err != nil {
					t.Fatal(err)
				}
				if a.Body.Close(); a.StatusCode != 299 {
					t.Errorf("%s is answered %d", quota, a.StatusCode)
				}
			}

			f("POST", "/cohere/v1/tokenize", `{"model":"%s","text":"a"}`, "cohere/c", "POST /cohere/v1/tokenize model=c")
			f("GET", "/genai/v1beta/cachedContents/x?key=vk-0123456789abcdef", "", "", "GET /gemini/v1beta/cachedContents/x model=")
			f("POST", "/genai/upload/v1beta/files", `{"file":{}}`, "", "POST /gemini/upload/v1beta/files model= auth=sk-gemini")
			f("POST", "/genai/v1beta/models/gemini%2Fveo-3:predictLongRunning", "{}", "", "POST /gemini/v1beta/models/veo-3:predictLongRunning model=")
			f("POST", "/genai/v1/models/veo-3.1:predictLongRunning", "{}", "", "POST /gemini/v1/models/veo-3.1:predictLongRunning model=")
			f("POST", "/openai/deployments/azure%2Fd/images/generations", `{"prompt":"p"}`, "", "POST /azure/openai/v1/images/generations model=d")
			f("POST", "/openai/deployments/azure%2Fd/chat/completions", `{"stream":true,"messages":[]}`, "", "POST /azure/openai/v1/chat/completions model=d")
			f("POST", "/openai/deployments/anthropic%2Fc/chat/completions", `{"messages":[{"role":"user","content":"a"}]}`, "", "POST /anthropic/v1/messages model=c")
			f("GET", "/v1/files", "", "", "GET /openai/v1/files")
			f("POST", "/openai_passthrough/chat/completions", chat, "gpt-4o", "POST /openai/v1/chat/completions model=gpt-4o auth=Bearer sk-openai")
			f("POST", "/anthropic_passthrough/messages", chat, "c", "POST /anthropic/v1/messages model=c auth=sk-anthropic")
			f("POST", "/anthropic_passthrough/v1/messages", chat, "c", "POST /anthropic/v1/messages model=c auth=sk-anthropic")
			f("POST", "/genai_passthrough/v1beta/models/g:generateContent", google, "", "POST /gemini/v1beta/models/g:generateContent")
			f("POST", "/azure_passthrough/chat/completions", chat, "d", "POST /azure/openai/v1/chat/completions model=d auth=sk-azuresk-azure")
			f("POST", "/azure_passthrough/openai/v1/chat/completions", chat, "d", "POST /azure/openai/v1/chat/completions model=d auth=sk-azuresk-azure")
		})
	}
}
