package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// The budget and the rate limits of an alias hold for whatever leads to it: the name itself, a fallback of another alias or of
// the client, a routing rule.
func TestWhateverLeadsToAnAlias(t *testing.T) {
	_, broken := scripted(t, status(500))
	base, _ := paid(t)
	const key = "Authorization: Bearer secret-of-ci-0001"
	f := func(name, more, body string, over int) {
		t.Helper()
		g := serve(t, "providers: [{name: bad, base_url: '"+broken+"', breaker: {off: true}}, {name: good, base_url: '"+base+"'}]\n"+
			"admin: {listen: '127.0.0.1:0'}\ngovernance: {ledger: '"+filepath.Join(t.TempDir(), "ledger")+"'}\nprices: {overrides: [{name: all, input: 1, output: 2}]}\n"+
			"virtual_keys: [{name: ci, key: secret-of-ci-0001, budgets: [{usd: 1000}]}]\n"+
			"models:\n- {alias: second, provider: good, model: m, budgets: [{usd: 1, window: 1d}], rate_limits: [{requests: 2, per: 1h}]}\n"+more)
		for range 2 {
			if a := ask(t, "POST", g.url("/v1/chat/completions"), body, key); a.status != 200 {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		if got := spentBy(t, g)["model second: 1d"]; got != 2*eachCall {
			t.Errorf("%s: the alias has paid %d, want %d", name, got, 2*eachCall)
		}
		if a := ask(t, "POST", g.url("/v1/chat/completions"), body, key); a.status != over {
			t.Errorf("%s: once its limit is used up: %d %s; want %d", name, a.status, a.body, over)
		}
		if a := chat(t, g, "second", `,"max_tokens":50`, key); a.status != 429 || !strings.Contains(a.body, `model \"second\" has used its 2 requests`) {
			t.Errorf("%s: asked for by name: %d %s", name, a.status, a.body)
		}
	}
	const first = "- {alias: first, provider: bad, model: m"
	f("its name", "", chatBody("second", `,"max_tokens":50`), 429)
	f("a fallback of another", first+", fallback: [second]}\n", chatBody("first", `,"max_tokens":50`), 500)
	f("a fallback of the client", first+"}\n", chatBody("first", `,"max_tokens":50,"fallbacks":["second"]`), 500)
	f("a rule", first+"}\nrouting: {rules: [{name: away, when: 'model == \"first\"', targets: [{model: second}]}]}\n", chatBody("first", `,"max_tokens":50`), 429)
	f("a rule for an alias with limits", first+", rate_limits: [{requests: 9}]}\nrouting: {rules: [{name: away, when: 'model == \"first\"', targets: [{model: second}]}]}\n", chatBody("first", `,"max_tokens":50`), 429)
	f("the fallback of a rule", first+"}\nrouting: {rules: [{name: on, when: 'model == \"first\"', targets: [{model: first}], fallbacks: [second]}]}\n", chatBody("first", `,"max_tokens":50`), 500)
}
