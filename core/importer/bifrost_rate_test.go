package importer

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/core/config"
)

// taken is the document made of a Bifrost file with one provider and a block governance, and what was told.
func taken(t *testing.T, form, text string) (*config.Document, string) {
	t.Helper()
	name := map[string]string{"bifrost": "config.json", "litellm": "config.yaml"}[form]
	r := Import(form, name, []byte(text), Options{Env: known()})
	env := known()
	env.Lookup = variables
	doc, problems := config.Decode("asbru.yaml", r.Document, env)
	if doc == nil || config.Failed(problems) {
		t.Fatalf("%v\n%s\n%s", problems, r.Document, told(r.Notes))
	}
	return doc, told(r.Notes)
}

const bifrostKeys = `{"providers":{"openai":{"keys":[{"name":"a","value":"env.OPENAI_API_KEY","models":["*"],"weight":1}]}},"governance":`

// TestNothingIsNotEverything holds that a limit of nothing, or one that cannot be read, never lets more through than it did at Bifrost, which
// refuses all that is above 0.
func TestNothingIsNotEverything(t *testing.T) {
	f := func(owner, limit string) {
		t.Helper()
		limits := `"rate_limits":[{"id":"r",` + limit + `}]`
		key := func(more string) string {
			return `"virtual_keys":[{"id":"k","name":"k","value":"env.VK","provider_configs":[{"provider":"openai","allowed_models":["*"]` + more + `}]`
		}
		doc, notes := taken(t, "bifrost", bifrostKeys+map[string]string{
			"key":      `{` + limits + `,` + key("") + `,"rate_limit_id":"r"}]}}`,
			"team":     `{` + limits + `,"teams":[{"id":"t","name":"t","rate_limit_id":"r"}],` + key("") + `,"team_id":"t"}]}}`,
			"customer": `{` + limits + `,"customers":[{"id":"c","name":"c","rate_limit_id":"r"}],` + key("") + `,"customer_id":"c"}]}}`,
			"both":     `{` + limits + `,"customers":[{"id":"c","name":"c","rate_limit_id":"r"}],"teams":[{"id":"t","name":"t","customer_id":"c"}],` + key("") + `,"team_id":"t"}]}}`,
			"provider": `{` + limits + `,"providers":[{"name":"openai","rate_limit_id":"r"}],` + key("") + `}]}}`,
			"one":      `{` + limits + `,` + key(`,"rate_limit_id":"r"`) + `}]}}`,
			"all":      `{` + limits + `,` + key(`,"rate_limit_id":"r"`) + `,"allow_all_providers":true}]}}`,
		}[owner])
		k := doc.VirtualKeys[0]
		held := k.Disabled
		switch owner {
		case "provider":
			l := doc.Providers[0].RateLimits
			held = len(l) == 1 && l[0].Requests == 1
		case "all":
			held = len(k.BlockedProviders) == 1 && k.BlockedProviders[0] == "openai"
		}
		if !held || !strings.Contains(notes, "rate_limit") && !strings.Contains(notes, "rate limit") {
			text, _ := json.Marshal(k)
			t.Errorf("%s, %s: %s\n%s", owner, limit, text, notes)
		}
	}
	for _, owner := range []string{"key", "team", "customer", "both", "provider", "one", "all"} {
		for _, limit := range []string{`"request_max_limit":0,"request_reset_duration":"1m"`, `"token_max_limit":0,"token_reset_duration":"1h"`,
			`"request_max_limit":-3,"request_reset_duration":"1m"`, `"token_max_limit":"many","token_reset_duration":"1m"`} {
			f(owner, limit)
		}
	}
}

// TestBudgetOfNothing holds that a budget whose amount cannot be used lets nothing through, and one beyond what there is here is cut.
func TestBudgetOfNothing(t *testing.T) {
	f := func(amount string, want float64, told string) {
		t.Helper()
		doc, notes := taken(t, "bifrost", bifrostKeys+`{"budgets":[{"id":"b",`+amount+`"reset_duration":"1d","virtual_key_id":"k"}],
			"virtual_keys":[{"id":"k","name":"k","value":"env.VK","provider_configs":[{"provider":"openai","allowed_models":["*"]}]}]}}`)
		if b := doc.VirtualKeys[0].Budgets; len(b) != 1 || b[0].USD != want || !strings.Contains(notes, told) {
			t.Errorf("%s: %+v\n%s", amount, b, notes)
		}
	}
	const nothing = "lets nothing through that costs anything"
	f(`"max_limit":-5,`, 0, nothing)
	f(`"max_limit":"much",`, 0, nothing)
	f(``, 0, nothing)
	f(`"max_limit":null,`, 0, nothing)
	f(`"max_limit":0,`, 0, "")
	f(`"max_limit":2e9,`, config.MaxUSD, "is cut to 1000000000 dollars")
	f(`"max_limit":1e18,`, 0, nothing)
}

// TestWildcardLimits holds that what is told of the settings of a name with * is true.
func TestWildcardLimits(t *testing.T) {
	_, notes := taken(t, "litellm", `
model_list:
- {model_name: "openai/*", litellm_params: {model: "openai/*", api_key: os.environ/OPENAI_API_KEY, rpm: 5, tpm: 6, weight: 2, order: 1, max_parallel_requests: 3, input_cost_per_token: 1, temperature: 0.5}}
`)
	for name, want := range map[string]string{"rpm": "it is no limit here", "tpm": "it is no limit here", "max_parallel_requests": "it is no limit here", "weight": "nothing to weigh",
		"order": "nothing to order", "input_cost_per_token": "prices.overrides", "temperature": "that the client did not send"} {
		if !strings.Contains(notes, "."+name+": is left out: ") || !strings.Contains(notes[strings.Index(notes, "."+name+": "):], want) {
			t.Errorf("%s is not told of as %q:\n%s", name, want, notes)
		}
	}
}
