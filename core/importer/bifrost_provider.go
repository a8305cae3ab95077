package importer

import (
	"cmp"
	"strings"

	"asbru/adapters"
	"asbru/core"
	"asbru/core/config"
)

// bifrostTypes lists provider types that have another name here.
var bifrostTypes = map[string]string{
	"bedrock_mantle": "bedrock-mantle", "sgl": "sglang", "github_copilot": "github-copilot",
	"fireworks-ai": "fireworks",
}

// typeOf returns our type for a provider of Bifrost; ok is false if there is none.
func typeOf(name string) (kind string, ok bool) {
	kind = cmp.Or(bifrostTypes[name], name)
	_, ok = adapters.Find(kind)
	return kind, ok
}

// addProvider imports one entry of providers. It can become several, since each of ours has one address.
func (b *bifrost) addProvider(name string, f field) {
	if !f.object() {
		return
	}
	p := config.Provider{}
	kind, ok := b.kind(name, f, &p)
	if !ok {
		f.leave("no provider of type %s is known here", short(kind))
		return
	}
	p.Name = b.called("provider", name, f)
	if p.Type == "" && kind != p.Name {
		p.Type = kind
	}
	b.provider[name] = p.Name
	b.network(f.at("network_config"), kind, &p)
	b.proxy(f.at("proxy_config"), &p)
	b.queue(f.at("concurrency_and_buffer_size"), &p)
	b.paths(f.at("custom_provider_config").at("request_path_overrides"), &p)
	f.leaveAll(bifrostProviderLeft)
	keys := b.keys(f, name, kind, &p)
	b.places(f, name, p, keys)
}

var bifrostProviderLeft = []left{
	{"send_back_raw_request", "answers hold no copy of the request"},
	{"send_back_raw_response", "answers hold no copy of the provider's; a format that is not translated passes byte for byte"},
	{"store_raw_request_response", "no bodies are stored"},
	{"openai_config", "requests say store themselves; drop: [store] takes it out of them"},
	{"prompt_cache", "cache points are the client's to set"},
}

// kind returns the type of p, which custom_provider_config may specify.
func (b *bifrost) kind(name string, f field, p *config.Provider) (string, bool) {
	custom := f.at("custom_provider_config")
	if !custom.object() {
		return typeOf(name)
	}
	base := custom.at("base_provider_type").text()
	custom.at("is_key_less").flag() // here, a provider without keys is keyless
	custom.at("does_not_send_done_marker").flag()
	custom.at("request_path_overrides")
	if off := notAllowed(custom.at("allowed_requests")); len(off) > 0 {
		custom.at("allowed_requests").partly("operations are not forbidden here: %s would be relayed", strings.Join(off, ", "))
	}
	kind, ok := typeOf(base)
	if base == "openai" || base == "anthropic" {
		kind = base + "-compatible"
	}
	p.Type = kind
	return cmp.Or(kind, base), ok
}

// notAllowed returns the operations that are switched off, or not switched on.
func notAllowed(f field) (off []string) {
	for _, m := range f.members() {
		if on, ok := m.flag(); ok && !on {
			off = append(off, m.name)
		}
	}
	return off
}

// bifrostOps lists the request kinds that have a path here.
var bifrostOps = map[string]core.Op{
	"chat_completion": core.OpChat, "text_completion": core.OpCompletion, "responses": core.OpResponses,
	"embedding": core.OpEmbed, "rerank": core.OpRerank, "count_tokens": core.OpCount,
}

// paths imports the paths of operations. Bifrost's are relative to an address without /v1.
func (b *bifrost) paths(f field, p *config.Provider) {
	if !f.object() || len(f.v.Members) == 0 {
		return
	}
	root := strings.TrimSuffix(p.BaseURL, "/v1")
	paths := map[string]string{"chat": "/v1/chat/completions", "completion": "/v1/completions", "responses": "/v1/responses", "embeddings": "/v1/embeddings"}
	if p.Type == "anthropic-compatible" {
		paths = map[string]string{"chat": "/v1/messages"}
	}
	for _, m := range f.members() {
		path := m.written("/path")
		if root != "" {
			path = strings.TrimPrefix(path, root)
		}
		op, known := bifrostOps[strings.TrimSuffix(m.name, "_stream")]
		switch {
		case strings.HasSuffix(m.name, "_stream") && known:
			m.leave("a stream has the path of its operation")
		case !known:
			m.leave("%s is no operation that is translated; it is relayed to the path that the client names", m.name)
		case !strings.HasPrefix(path, "/"):
			m.leave("it is an address of its own, not below base_url")
		default:
			paths[op.String()] = path
		}
	}
	if p.BaseURL != "" {
		p.BaseURL = root
	}
	p.Paths = paths
}
