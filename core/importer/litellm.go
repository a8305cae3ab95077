package importer

import (
	"strings"

	"asbru/core/config"
)

// litellmReference parses "os.environ/NAME".
func litellmReference(text string) (string, bool) { return strings.CutPrefix(text, "os.environ/") }

// A litellm is the import of a config.yaml of LiteLLM's proxy.
//
// Source: https://docs.litellm.ai/docs/proxy/config_settings
type litellm struct {
	*run
	router, settings, general field
	credentials               map[string]field
	providers                 map[string]int // identity of a provider → its index in the document
	groups                    []*group       // by model_name, in the order of the file
	strategy                  string
}

func litellmDocument(r *run, f field) {
	l := &litellm{run: r, credentials: map[string]field{}, providers: map[string]int{},
		router: f.at("router_settings"), settings: f.at("litellm_settings"), general: f.at("general_settings")}
	for _, c := range f.at("credential_list").items() {
		if c.object() {
			l.credentials[c.at("credential_name").text()] = c.at("credential_values")
			c.at("credential_info").leave("a credential has no description")
		}
	}
	l.strategy = l.choice()
	list := f.at("model_list").items()
	for _, all := range []bool{true, false} { // a provider that serves all its models gets the plain name
		for _, m := range list {
			if m.v.Form == config.Object && strings.Contains(m.at("model_name").text(), "*") == all {
				l.deployment(m)
			}
		}
	}
	for _, m := range list {
		m.object()
	}
	l.models()
	l.keys()
	f.leaveAll(litellmLeft)
	l.leaveSettings()
	if len(r.doc.Providers) == 0 {
		r.note(config.Problem{Line: f.v.Line, Path: "model_list", Message: "there is no model in it whose provider is known here"})
	}
}

// litellmLeft lists blocks that have no counterpart.
var litellmLeft = []left{
	{"environment_variables", "set variables where asbru is started"},
	{"include", "one file is imported at a time"},
	{"guardrails", "there are no guardrails"},
	{"mcp_servers", "asbru is no gateway for MCP"},
	{"mcp_tools", "asbru is no gateway for MCP"},
	{"vector_store_registry", "it serves models only"},
	{"search_tools", "it serves models only"},
	{"prompts", "there is no store of prompts"},
	{"callback_settings", "there are no callbacks"},
	{"files_settings", "files pass to the provider that is asked"},
	{"finetune_settings", "jobs pass to the provider that is asked"},
	{"default_vertex_config", "a provider of type vertex has its own options"},
	{"default_team_settings", "there are no callbacks"},
	{"assistant_settings", "assistants pass to the provider that is asked"},
}

// choice returns the strategy of aliases with several targets.
func (l *litellm) choice() string {
	f := l.router.at("routing_strategy")
	switch text := f.text(); text {
	case "", "simple-shuffle":
		return "weighted"
	case "least-busy":
		return "least-in-flight"
	case "latency-based-routing":
		return "least-latency"
	case "cost-based-routing":
		return "cheapest"
	case "usage-based-routing", "usage-based-routing-v2":
		f.partly("is least-in-flight here: what a deployment used of its limits is not known")
		return "least-in-flight"
	default:
		f.partly("is weighted here: a strategy %s is not known", short(text))
		return "weighted"
	}
}

// keys imports the master key, the only key in the file.
func (l *litellm) keys() {
	f := l.general.at("master_key")
	if !f.there() {
		return
	}
	key := f.secret("MASTER_KEY")
	f.partly("is a virtual key here; it administers nothing")
	l.origins["virtual_keys[0]"] = f.v
	l.doc.VirtualKeys = []config.VirtualKey{{Name: l.called("virtual key", "master", f), Key: key}}
}

// budget imports the proxy's budget.
func (l *litellm) budget() {
	f := l.settings.at("max_budget")
	usd, ok := f.number()
	window := l.settings.at("budget_duration")
	if !ok || usd > config.MaxUSD {
		window.leave("there is no max_budget that can be used")
		return
	}
	text := window.text()
	text = strings.TrimSuffix(text, "o") // 1mo
	if strings.HasSuffix(window.text(), "mo") {
		text = strings.TrimSuffix(text, "m") + "M"
	}
	x := config.Budget{USD: usd, Window: text, Align: "rolling"}
	if w, ok := config.ParseWindow(text); !ok {
		window.partly("is 1M here: budgets are for minutes, hours, days, weeks, months and years")
		x.Window = "1M"
	} else if !w.Aligns() {
		x.Align = ""
	}
	l.origins["budgets[0]"] = f.v
	l.doc.Budgets = []config.Budget{x}
}
