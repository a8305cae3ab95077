package build

import "asbru/core"

var paths = map[core.Op]string{core.OpChat: "/chat/completions", core.OpEmbed: "/embeddings", core.OpCompletion: "/completions", core.OpResponses: "/responses"}
var dialect = &core.Dialect{Name: "openai"}

func bearer(dst []byte, key string) []byte {
	return append(dst, "authorization: Bearer "+key+"\r\n"...)
}

func findAdapter(name string) (*Adapter, bool) {
	a, ok := map[string]*Adapter{
		"openai":  {Name: "openai", Base: "https://api.openai.com/v1", Serves: []string{"gpt-", "o1"}, Env: "OPENAI_API_KEY"},
		"mistral": {Name: "mistral", Base: "https://api.mistral.ai/v1", Serves: []string{"mistral-"}, Env: "MISTRAL_API_KEY"},
		"groq":    {Name: "groq", Base: "https://api.groq.com/openai/v1", Env: "GROQ_API_KEY"},
		"ollama":  {Name: "ollama", Base: "http://127.0.0.1:11434/v1", Local: true},
	}[name]
	if ok {
		a.Dialect, a.Paths, a.Headers = dialect, paths, bearer
	}
	return a, ok
}
