package build

import (
	"slices"
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// Budgets are shared where a database is, unless the document says no; explain shows it.
func TestLeased(t *testing.T) {
	f := func(doc, want string) {
		t.Helper()
		d, problems := config.Decode("a.yaml", []byte(doc+"\nproviders: [{name: p, base_url: 'http://127.0.0.1:1', models: [m]}]\nvirtual_keys: [{name: ci, key: secret-of-ci-0001, budgets: [{usd: 1}]}]\n"), config.Env{Known: Kinds()})
		if config.Failed(problems) {
			t.Fatal(problems)
		}
		snap, problems, _ := Compile(d, nil, Deps{NewPool: func(core.Endpoint) (core.Pool, error) { return nil, nil }})
		if config.Failed(problems) {
			t.Fatal(problems)
		}
		for _, k := range snap.Keys {
			steps := k.Policy.Plans[core.OpChat].Steps
			if i := slices.IndexFunc(steps, func(s core.Step) bool { return s.Name == "budgets" }); i < 0 || steps[i].From != want {
				t.Errorf("%s: %+v; want budgets from %q", doc, steps, want)
			}
		}
	}
	store := "store: {postgres: 'postgres://h/db'}\ngovernance: {pepper: 0123456789abcdef0123456789abcdef"
	f("", "budgets")
	f(store+"}", "budgets of several machines")
	f(store+", shared: false}", "budgets")
	f(store+", shared: true}", "budgets of several machines")
}
