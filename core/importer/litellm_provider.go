package importer

import (
	"cmp"
	"fmt"
	"strings"

	"asbru/adapters"
	"asbru/core/config"
)

// litellmTypes lists provider types that have another name here.
var litellmTypes = map[string]string{
	"azure_ai": "azure", "vertex_ai": "vertex", "vertex_ai_beta": "vertex", "together_ai": "together", "fireworks_ai": "fireworks",
	"cohere_chat": "cohere", "ollama_chat": "ollama", "hosted_vllm": "vllm", "lm_studio": "lmstudio", "nvidia_nim": "nvidia",
	"jina_ai": "jina", "dashscope": "alibaba", "github_copilot": "github-copilot", "litellm_proxy": "litellm", "azure_text": "azure",
	"text-completion-openai": "openai", "custom_openai": "openai-compatible", "openai_like": "openai-compatible", "aiohttp_openai": "openai",
	"bedrock_converse": "bedrock", "vercel_ai_gateway": "vercel", "bedrock_mantle": "bedrock-mantle", "anthropic_text": "anthropic",
}

// A lookup reads the fields of a deployment, and of the credential that it names.
type lookup struct{ params, named field }

func (d lookup) at(name string) field {
	if f := d.params.at(name); f.there() {
		return f
	}
	return d.named.at(name)
}

// kindOf splits a model's name: LiteLLM's name of the provider, our type, and the
// provider's name for the model.
func kindOf(model, custom string, based bool) (prefix, kind, rest string, ok bool) {
	prefix, rest, cut := strings.Cut(model, "/")
	if kind := cmp.Or(litellmTypes[prefix], prefix); cut && isType(kind) {
		return prefix, kind, strings.TrimPrefix(strings.TrimPrefix(rest, "converse/"), "invoke/"), true
	}
	if custom != "" {
		kind := cmp.Or(litellmTypes[custom], custom)
		return custom, kind, model, isType(kind)
	}
	for _, a := range adapters.All {
		for _, p := range a.Serves {
			if strings.HasPrefix(model, p) {
				return a.Name, a.Name, model, true
			}
		}
	}
	if cut {
		return prefix, "", rest, false
	}
	return "openai", "openai", model, based
}

func isType(kind string) bool { _, ok := adapters.Find(kind); return ok }

// provider finds or makes the provider of a deployment; ok is false if there is no such
// provider here.
func (l *litellm) provider(at field, d lookup) (p *config.Provider, model string, ok bool) {
	base := d.at("api_base")
	if !base.there() {
		base = d.at("base_url")
	}
	name := d.at("model")
	prefix, kind, model, ok := kindOf(name.text(), d.at("custom_llm_provider").text(), base.there())
	if !ok {
		at.leave("no provider is known here that %s is of", short(prefix))
		return nil, "", false
	}
	// Which deployments share a provider is decided before any of their fields is reported.
	id := strings.Join([]string{kind, text(base), d.all(placing)}, "\x00")
	if i, ok := l.providers[id]; ok {
		l.see(d)
		return &l.doc.Providers[i], model, true
	}
	next := config.Provider{BaseURL: l.address(base, kind)}
	if kind == "openai" && next.BaseURL != "" && !strings.HasPrefix(next.BaseURL, "https://api.openai.com") {
		kind = "openai-compatible"
	}
	next.Name = l.called("provider", prefix, field{l.run, nil})
	if kind != next.Name {
		next.Type = kind
	}
	l.credential(d, kind, &next)
	l.network(d, &next)
	i := len(l.doc.Providers)
	l.providers[id] = i
	l.origins[fmt.Sprintf("providers[%d]", i)] = at.v
	l.doc.Providers = append(l.doc.Providers, next)
	return &l.doc.Providers[i], model, true
}

// placing lists the parameters that keep two deployments from sharing a provider.
var placing = []string{"api_key", "organization", "timeout", "stream_timeout", "tenant_id", "client_id", "client_secret", "azure_ad_token",
	"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_region_name", "aws_role_name", "aws_session_name",
	"aws_external_id", "aws_profile_name", "aws_web_identity_token", "vertex_project", "vertex_location", "vertex_credentials",
	"extra_headers", "headers", "ssl_verify"}

// all returns the text of some fields.
func (d lookup) all(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(text(d.at(name)) + "\x00")
	}
	return b.String()
}

// text returns everything that a field holds, for comparison.
func text(f field) string {
	if f.v == nil {
		return ""
	}
	all := f.v.Text
	for _, m := range f.v.Members {
		all += m.Name + "\x01" + text(field{f.r, m.Value})
	}
	for _, v := range f.v.Items {
		all += "\x02" + text(field{f.r, v})
	}
	return all
}

// see marks what another deployment has reported already.
func (l *litellm) see(d lookup) {
	for _, name := range placing {
		if f := d.at(name); f.there() {
			f.see(f.v)
		}
	}
}

// address converts the address of a provider to ours.
func (l *litellm) address(f field, kind string) string {
	base := strings.TrimRight(f.written("http://127.0.0.1:9"), "/")
	switch {
	case base == "":
		return ""
	case kind == "anthropic":
		base = strings.TrimSuffix(strings.TrimSuffix(base, "/messages"), "/v1") + "/v1"
	case kind == "gemini":
		base = strings.TrimSuffix(base, "/v1beta")
	case kind == "ollama" && !strings.HasSuffix(base, "/v1"):
		base += "/v1"
	}
	return base
}
