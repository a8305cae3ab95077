package importer

import (
	"strings"

	"asbru/core/config"
)

// bifrostReference reads "env.NAME".
func bifrostReference(text string) (string, bool) { return strings.CutPrefix(text, "env.") }

// A bifrost is the import of a config.json of Bifrost.
//
// Source: https://docs.getbifrost.ai/deployment-guides/config-json, https://www.getbifrost.ai/schema
type bifrost struct {
	*run
	open     bool              // version 1, where an empty allow-list allows everything
	crowded  bool              // a full queue refuses at once instead of waiting
	provider map[string]string // Bifrost's name → our name
	key      map[string]string // id or name of a provider's key → our name for the key
	pending  []pending

	ids        map[string]string    // customer:ID, team:ID and virtual_key:ID → our name
	shut       map[string]bool      // customer:NAME and team:NAME, ours: whether its rate limit lets nothing through
	keyAt      map[string][2]string // Bifrost's provider / id or name of a key → our provider and key
	split      map[string][]string  // Bifrost's provider → our providers, if it became several
	budgetList []*purse
	rateList   []*purse
}

func bifrostDocument(r *run, f field) {
	b := &bifrost{run: r, provider: map[string]string{}, key: map[string]string{},
		ids: map[string]string{}, shut: map[string]bool{}, keyAt: map[string][2]string{}, split: map[string][]string{}}
	if v, ok := f.at("version").number(); ok {
		b.open = v == 1
	}
	f.at("$schema")
	client := f.at("client")
	b.crowded = client.at("drop_excess_requests").on()
	for _, p := range f.at("providers").members() {
		b.addProvider(p.name, p.field)
	}
	b.addAliases()
	b.client(client, f)
	b.governance(f.at("governance"))
	b.plugins(f.at("plugins"), f.at("vector_store"))
	b.configStore(f.at("config_store"))
	f.leaveAll(bifrostLeft)
	f.at("server").leaveAll([]left{{"read_buffer_size", "heads of requests have a bound of their own"}})
	if len(r.doc.Providers) == 0 {
		r.note(config.Problem{Line: f.v.Line, Path: "providers", Message: "there is no provider in it to import"})
	}
}

// bifrostLeft lists blocks of the file that have no counterpart.
var bifrostLeft = []left{
	{"source_of_truth", "the document alone is what holds"},
	{"encryption_key", "nothing is stored that it would encrypt: a store keeps digests"},
	{"env_label", "there is no page that would show it"},
	{"auth_config", "there is no login: admin.token guards the admin listener"},
	{"framework", "prices are not fetched: the catalogue is part of the program"},
	{"alerting", "alarms are metrics, for what watches them"},
	{"webhooks", "there are no asynchronous jobs to tell of"},
	{"mcp", "asbru is no gateway for MCP"},
	{"logs_store", "requests are told in the access log (observability.access_log)"},
	{"skills_registry", "it serves models only"},
	{"websocket", "there are no pools of WebSockets"},
	{"guardrails_config", "there are no guardrails"},
	{"audit_logs", "there is no store for them"},
	{"cluster_config", "processes do not know of each other"},
	{"load_balancer_config", "how an alias chooses is its strategy: see BALANCING.md"},
	{"large_payload_optimization", "bodies are streamed; limits.body_bytes bounds them"},
	{"scim_config", "there are no users"},
	{"access_profiles", "there are no users; write virtual_keys"},
	{"feature_flags", "there are no switches of that kind"},
	{"circuit_breaker_config", "breakers open on failures, not on headers: see breaker of a provider"},
}

// plugins imports the semantic cache and reports the plugins that are left out.
func (b *bifrost) plugins(f, store field) {
	cached := field{b.run, nil} // the configuration of the plugin semantic_cache
	for _, p := range f.items() {
		if !p.object() {
			continue
		}
		name := p.at("name").text()
		if on, ok := p.at("enabled").flag(); name == "semantic_cache" && (on || !ok) {
			cached = p.at("config")
			b.cache(cached)
			p.leaveAll([]left{{"version", "it is part of the program"}, {"path", "it is part of the program"}, {"placement", "its place is fixed"}, {"order", "its place is fixed"}})
			continue
		}
		why, known := bifrostPlugins[name]
		if !known {
			why = "there is no loading of foreign code"
		}
		p.leave("plugin %s: %s", short(name), why)
	}
	b.vectorStore(store, cached)
}

var bifrostPlugins = map[string]string{
	"telemetry":      "metrics are at /metrics without it",
	"logging":        "requests are told in the access log (observability.access_log)",
	"governance":     "virtual_keys are looked at without it",
	"otel":           "there is no export of spans",
	"maxim":          "there is no export to it",
	"semantic_cache": "it is off",
	"prompts":        "there is no store of prompts",
	"mocker":         "upstream: chaos:FILE stands in a provider's place",
	"jsonparser":     "streams are translated whole",
	"compat":         "formats are translated without it",
}
