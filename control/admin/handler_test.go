package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"asbru/control"
	"asbru/control/store"
	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/core/govern"
)

const pepper = "0123456789abcdef0123456789abcdef"

const document = `
governance: {pepper: "` + pepper + `"}
store: {}
admin: {token: the-token-of-operators}
providers:
- {name: openai, api_key: k1, keys: [], budgets: [{usd: 1000, window: 1M}, {name: week, usd: 10, window: 7d, align: rolling, overrides: [{usd: 5, reason: fair}]}]}
- {name: mistral, api_key: k2, rate_limits: [{requests: 1000}]}
models:
- {alias: fast, provider: mistral, model: mistral-small}
virtual_keys:
- {name: filed, key: sk-bf-of-the-file-0001, team: filed-team, budget_usd_per_month: 50}
teams:
- {name: filed-team, customer: filed-customer, budgets: [{usd: 100, window: 1d}]}
`

// A bench is the API over a Plane that serves a document and a store.
type bench struct {
	t       *testing.T
	h       *Handler
	served  atomic.Pointer[core.Snapshot]
	store   *store.Store
	path    string // of the store
	told    []string
	balance map[string]govern.Balance
	now     time.Time
	log     bytes.Buffer
}

func (b *bench) Balance(name string, _ int64) (govern.Balance, bool) {
	x, ok := b.balance[name]
	return x, ok
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, balance: map[string]govern.Balance{}, now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	b.path = filepath.Join(t.TempDir(), "asbru.db")
	s, err := store.Open(t.Context(), store.Options{Path: b.path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	b.store = s
	log := slog.New(slog.NewTextHandler(&b.log, nil))
	env := config.Env{Known: build.Kinds()}
	plane := control.New(control.Options{
		Path: "/etc/asbru.yaml", Env: env, Log: log,
		Kept: func(*config.Document) (*config.Kept, error) { return s.Set().Kept(), nil },
		Compile: func(d *config.Document, _ uint64) (*core.Snapshot, []config.Problem) {
			snap, problems, _ := build.Compile(d, b.served.Load(), build.Deps{NewPool: func(core.Endpoint) (core.Pool, error) { return nil, nil }})
			return snap, problems
		},
		Swap: b.served.Store,
	})
	doc, problems := config.Decode("asbru.yaml", []byte(document), env)
	if doc == nil {
		t.Fatal(problems)
	}
	if _, _, err := plane.Apply(t.Context(), control.Actor{Kind: "start"}, doc); err != nil {
		t.Fatal(err, b.log.String())
	}
	b.h = New(Options{Plane: plane, Snapshot: b.served.Load, Store: func() *store.Store { return s }, Balances: b,
		Changed: func(c Changed) {
			b.told = append(b.told, fmt.Sprintf("%s %s: %d %s %s %v %v", c.Who, c.From, c.Revision, c.Did, c.What, c.Before != [32]byte{}, c.After != [32]byte{}))
		}, Now: func() time.Time { return b.now }, Log: log})
	return b
}

// do sends a request and returns the status and the answer.
func (b *bench) do(method, path, body string, head ...string) (int, map[string]any) {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, h := range head {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	if strings.HasPrefix(path, QuotaPath) {
		b.h.Quota(w, r)
	} else {
		b.h.ServeHTTP(w, r)
	}
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		b.t.Fatalf("%s %s answers %q", method, path, w.Body)
	}
	return w.Code, out
}

// ok is do for what has to work.
func (b *bench) ok(method, path, body string, head ...string) map[string]any {
	b.t.Helper()
	code, out := b.do(method, path, body, head...)
	if code != 200 {
		b.t.Fatalf("%s %s %s: %d %v", method, path, body, code, out)
	}
	return out
}

// refused is do for what must not change anything.
func (b *bench) refused(want int, text, method, path, body string, head ...string) {
	b.t.Helper()
	revision := b.store.Set().Revision
	code, out := b.do(method, path, body, head...)
	e, _ := out["error"].(map[string]any)
	message, _ := e["message"].(string)
	if code != want || !strings.Contains(message, text) || out["status_code"] != float64(want) || out["is_bifrost_error"] != false || e["type"] == "" {
		b.t.Errorf("%s %s %s: %d %v; want %d %s", method, path, body, code, out, want, text)
	}
	if b.store.Set().Revision != revision {
		b.t.Errorf("%s %s changed something", method, path)
	}
}

// at follows members and indices into an answer.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func (b *bench) is(v any, want any, path ...any) {
	b.t.Helper()
	if got := at(v, path...); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("%v is %v, want %v", path, got, want)
	}
}

const keys = "/api/governance/virtual-keys"

func TestVirtualKeys(t *testing.T) {
	b := newBench(t)
	out := b.ok("POST", keys, `{"name":"ci","description":"d","allow_all_providers":true,"team_id":"filed-team","expires_at":"2027-01-31T00:00:00Z",
		"budgets":[{"max_limit":10.5,"reset_duration":"1M","calendar_aligned":true},{"max_limit":1,"reset_duration":"1h"}],
		"rate_limit":{"token_max_limit":1000,"token_reset_duration":"1h","request_max_limit":5,"request_reset_duration":"30s"}}`)
	value, _ := at(out, "virtual_key", "value").(string)
	id, _ := at(out, "virtual_key", "id").(string)
	if !strings.HasPrefix(value, "sk-bf-") || len(id) != 36 {
		t.Fatal(out)
	}
	b.is(out, "Virtual key created successfully", "message")
	if k := b.served.Load().Caller([]byte(value)); k == nil || k.Name != "ci" || k.Team != "filed-team" || k.Limiter == nil {
		t.Fatalf("the key does not work: %+v", k)
	}

	show := b.ok("GET", keys+"/"+id, "")
	for _, x := range []struct {
		want any
		path []any
	}{
		{"ci", []any{"name"}}, {nil, []any{"value"}}, {true, []any{"is_active"}}, {"filed-team", []any{"team_id"}}, {true, []any{"allow_all_providers"}},
		{10.5, []any{"budgets", 0, "max_limit"}}, {true, []any{"budgets", 0, "calendar_aligned"}}, {id + ".1M", []any{"budgets", 0, "id"}}, {0, []any{"budgets", 0, "current_usage"}},
		{"1h", []any{"budgets", 1, "reset_duration"}}, {1000, []any{"rate_limit", "token_max_limit"}}, {"30s", []any{"rate_limit", "request_reset_duration"}},
		{0, []any{"rate_limit", "request_current_usage"}}, {"store", []any{"source"}}, {"2027-01-31T00:00:00Z", []any{"expires_at"}},
	} {
		b.is(show, x.want, append([]any{"virtual_key"}, x.path...)...)
	}
	b.is(b.ok("GET", keys+"/ci", ""), id, "virtual_key", "id")

	// some members of it change, the others stay
	b.balance["key ci: 1M"] = govern.Balance{Cap: 10_500_000_000, Spent: 2_250_000_000, Held: 250_000_000, Begun: 1_793_491_200_000_000_000, Ends: 1_796_083_200_000_000_000}
	out = b.ok("PUT", keys+"/"+id, `{"is_active":false,"rate_limit":{"request_max_limit":7,"request_reset_duration":"1m"}}`)
	b.is(out, false, "virtual_key", "is_active")
	b.is(out, nil, "virtual_key", "rate_limit", "token_max_limit")
	b.is(out, 7, "virtual_key", "rate_limit", "request_max_limit")
	b.is(out, 2.25, "virtual_key", "budgets", 0, "current_usage")
	b.is(out, 8, "virtual_key", "budgets", 0, "remaining")
	b.is(out, "2026-11-01T00:00:00Z", "virtual_key", "budgets", 0, "last_reset")
	b.is(out, "2026-12-01T00:00:00Z", "virtual_key", "budgets", 0, "resets_at")
	b.is(out, "filed-team", "virtual_key", "team_id")
	b.is(out, nil, "virtual_key", "value")
	if k := b.served.Load().Caller([]byte(value)); k == nil || !k.Disabled {
		t.Errorf("a disabled key: %+v", k)
	}
	// what is shown can be sent back as it is
	whole, _ := json.Marshal(at(out, "virtual_key"))
	b.is(b.ok("PUT", keys+"/"+id, string(whole)), at(out, "virtual_key", "budgets", 0, "id"), "virtual_key", "budgets", 0, "id")

	// rotation: the old one is good for a while
	out = b.ok("POST", keys+"/"+id+"/rotate", `{"grace_seconds":3600}`)
	next := at(out, "virtual_key", "value").(string)
	b.is(out, "2026-11-21T13:00:00Z", "virtual_key", "previous_until", 0)
	if old, k := b.served.Load().Caller([]byte(value)), b.served.Load().Caller([]byte(next)); old == nil || !old.Old || k == nil || k.Old || next == value {
		t.Errorf("rotated: %+v %+v", old, k)
	}
	b.now = b.now.Add(2 * time.Hour)
	b.ok("POST", keys+"/"+id+"/rotate", "")
	if b.served.Load().Caller([]byte(value)) != nil || b.served.Load().Caller([]byte(next)) != nil {
		t.Error("old keys are good without a grace")
	}

	b.ok("DELETE", keys+"/"+id, "")
	b.refused(404, "there is no virtual key", "GET", keys+"/"+id, "")
	want := []string{"1 create virtual-key/ci false true", "2 update virtual-key/ci true true", "3 update virtual-key/ci true true", "4 rotate virtual-key/ci true true",
		"5 rotate virtual-key/ci true true", "6 delete virtual-key/ci true false"}
	if len(b.told) != len(want) {
		t.Fatalf("told %q", b.told)
	}
	for i := range want {
		if b.told[i] != "admin 192.0.2.1: "+want[i] {
			t.Errorf("told %q", b.told[i])
		}
	}
	if log := b.log.String(); strings.Contains(log, value) || strings.Contains(log, next) {
		t.Error("a key is in the log")
	}
}

// TestChangesAtOnce holds that a change of one member leaves alone what somebody else has changed of the others since this
// process read the object last: here a command line in another process that revokes the key.
func TestChangesAtOnce(t *testing.T) {
	b := newBench(t)
	made := b.ok("POST", keys, `{"name":"k","allow_all_providers":true,"budget":{"max_limit":5,"reset_duration":"1d"}}`)
	other, err := store.Open(t.Context(), store.Options{Path: b.path})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, _, err := other.Change(t.Context(), store.Wish{If: -1, Edit: func(e *store.Edit) error {
		k := *e.Find(store.VirtualKey, "k").Value.(*config.VirtualKey)
		k.Disabled = true
		_, err := e.Put(store.VirtualKey, at(made, "virtual_key", "id").(string), "k", &k)
		return err
	}, Apply: func(_ *config.Kept, commit func() error) error { return commit() }}); err != nil {
		t.Fatal(err)
	}
	out := b.ok("PUT", keys+"/k", `{"description":"mine"}`)
	b.is(out, false, "virtual_key", "is_active")
	b.is(out, "mine", "virtual_key", "description")
}

// TestNulls holds that a client which sends null for what it does not know lifts neither a revocation nor a limit.
func TestNulls(t *testing.T) {
	b := newBench(t)
	b.ok("POST", "/api/governance/teams", `{"name":"t"}`)
	b.ok("POST", keys, `{"name":"k","allow_all_providers":true,"team_id":"t","is_active":false,"expires_at":"2030-01-01T00:00:00Z","allowed_models":["fast"],
		"budget":{"max_limit":5,"reset_duration":"1d"},"rate_limit":{"request_max_limit":5,"request_reset_duration":"1m"},"disable_content_logging":true}`)
	before := b.ok("GET", keys+"/k", "")
	after := b.ok("PUT", keys+"/k", `{"name":null,"is_active":null,"expires_at":null,"team_id":null,"customer_id":null,"allowed_models":null,"provider_configs":null,
		"allow_all_providers":null,"budget":null,"budgets":null,"rate_limit":null,"previous_until":null}`)
	for _, of := range []map[string]any{before, after} {
		delete(of["virtual_key"].(map[string]any), "updated_at")
	}
	b.is(after, at(before, "virtual_key"), "virtual_key")
	out := b.ok("PUT", keys+"/k", `{"disable_content_logging":null,"budget":{},"rate_limit":{},"team_id":"","expires_at":""}`)
	for _, gone := range []string{"disable_content_logging", "rate_limit", "team_id", "expires_at"} {
		b.is(out, nil, "virtual_key", gone)
	}
	b.is(out, "[]", "virtual_key", "budgets")
}

// TestProvidersRestrict holds that naming providers is enough to restrict a key that all of them could serve.
func TestProvidersRestrict(t *testing.T) {
	b := newBench(t)
	b.ok("POST", keys, `{"name":"k","allow_all_providers":true}`)
	b.ok("PUT", keys+"/k", `{"provider_configs":[]}`)
	out := b.ok("PUT", keys+"/k", `{"provider_configs":[{"provider":"openai","allowed_models":["*"]}]}`)
	b.is(out, false, "virtual_key", "allow_all_providers")
	b.is(out, "openai", "virtual_key", "provider_configs", 0, "provider")
	b.refused(400, "restricts", "PUT", keys+"/k", `{"allow_all_providers":true}`)
}

// TestEscapedNames holds that a name can stand in a path whatever letters it has.
func TestEscapedNames(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"Zürich", "a b", "R&D (x@y), #1+2"} {
		b.ok("POST", keys, fmt.Sprintf(`{"name":%q,"allow_all_providers":true,"budget":{"max_limit":1,"reset_duration":"1d"}}`, name))
		path := keys + "/" + url.PathEscape(name)
		b.is(b.ok("PUT", path, `{"is_active":false}`), name, "virtual_key", "name")
		b.ok("POST", path+"/rotate", "")
		b.ok("PUT", path+"/budgets/1d/override", `{"amount":1}`)
		b.ok("DELETE", path, "")
	}
}

// TestMultiples holds that windows of several days begin with their first use, whatever the owner's others do.
func TestMultiples(t *testing.T) {
	b := newBench(t)
	out := b.ok("POST", keys, `{"name":"k","allow_all_providers":true,"calendar_aligned":true,"budgets":[{"max_limit":1,"reset_duration":"30d"},{"max_limit":1,"reset_duration":"1d"},{"max_limit":1,"reset_duration":"1h"}]}`)
	for i, want := range []bool{false, true, false} {
		b.is(out, want, "virtual_key", "budgets", i, "calendar_aligned")
	}
	b.refused(400, "30d does not begin with the calendar", "PUT", keys+"/k", `{"budget":{"max_limit":1,"reset_duration":"30d","calendar_aligned":true}}`)
}

// TestKeysThatNobodyCanSend holds that a chosen credential fits into a header.
func TestKeysThatNobodyCanSend(t *testing.T) {
	b := newBench(t)
	for _, value := range []string{" sk-bf-0123456789abcdef", "sk-bf-0123456789abcdef\\n", "sk-bf-0123\\t456789abcdef", "sk-bf-0123456789abcdef\u00a0"} {
		b.refused(400, "no header can carry it", "POST", keys, `{"name":"k","allow_all_providers":true,"value":"`+value+`"}`)
	}
	b.refused(400, "value is 4097 bytes long", "POST", keys, `{"name":"k","allow_all_providers":true,"value":"`+strings.Repeat("x", 4097)+`"}`)
	b.ok("POST", keys, `{"name":"k","allow_all_providers":true,"value":"`+strings.Repeat("x", 4096)+`"}`)
}

// TestOverrideOfBegunWindow holds that a raise for one window ends with the window that runs, also where that began with its
// first use.
func TestOverrideOfBegunWindow(t *testing.T) {
	b := newBench(t)
	b.ok("POST", keys, `{"name":"k","allow_all_providers":true,"budget":{"max_limit":1,"reset_duration":"30d"}}`)
	f := func(cycles int, want string) {
		t.Helper()
		out := b.ok("PUT", keys+"/k/budgets/30d/override", fmt.Sprintf(`{"amount":1,"mode":"cycles","cycles":%d}`, cycles))
		b.is(out, want, "virtual_key", "budgets", 0, "overrides", 0, "until")
	}
	f(1, "2026-12-21T12:00:00Z")
	account := build.Accounts("key", "k", []config.Budget{{Window: "30d"}})[0]
	b.balance[account] = govern.Balance{Begun: b.now.AddDate(0, 0, -29).UnixNano(), Ends: b.now.AddDate(0, 0, 1).UnixNano()}
	f(1, "2026-11-22T12:00:00Z")
	f(2, "2026-12-22T12:00:00Z")
}

// TestBudgetsOfTheFile holds that a provider's budgets in the file stay, and that nobody is told otherwise.
func TestBudgetsOfTheFile(t *testing.T) {
	b := newBench(t)
	const path = "/api/governance/providers/openai"
	shown := b.ok("GET", path, "")
	budgets, err := json.Marshal(at(shown, "provider", "budgets"))
	if err != nil {
		t.Fatal(err)
	}
	again := b.ok("PUT", path, `{"budgets":`+string(budgets)+`}`)
	b.is(again, at(shown, "provider", "budgets"), "provider", "budgets")
	b.refused(409, `cannot change the budget 1M of provider "openai": it stands in`, "PUT", path, `{"budgets":[{"max_limit":5,"reset_duration":"1M"}]}`)
	out := b.ok("PUT", path, `{"budgets":[{"name":"mine","max_limit":5,"reset_duration":"1M"}]}`)
	b.is(out, "mine", "provider", "budgets", 2, "name")
}

// TestSloppyRequests holds that what was not understood is not left out silently.
func TestSloppyRequests(t *testing.T) {
	b := newBench(t)
	b.ok("POST", keys, `{"name":"k","provider_configs":[{"provider":"openai","allowed_models":["*"],"weight":0.5},{"provider":"mistral","allowed_models":["*"],"weight":0.0001}]}`)
	b.is(b.ok("GET", keys+"/k", ""), 1, "virtual_key", "provider_configs", 1, "weight")
	b.refused(400, `unknown field "Is_Active"; hint: write "is_active"`, "PUT", keys+"/k", `{"Is_Active":false}`)
	b.refused(400, "cannot read the query", "GET", keys+"?search=a;b", "")
	b.refused(400, "cannot read the query", "GET", keys+"?team_id=%zz", "")
}

// TestModelsThatLookAlike holds that each model has budgets of its own whatever letters its name has, and keeps them.
func TestModelsThatLookAlike(t *testing.T) {
	b := newBench(t)
	const path = "/api/governance/model-configs"
	for _, name := range []string{"meta/llama-3", "meta-llama-3", "Größe", "Grüße", "openai/" + strings.Repeat("x", 60) + "a", "openai/" + strings.Repeat("x", 60) + "b"} {
		made := b.ok("POST", path, `{"model_name":"`+name+`","budget":{"max_limit":5,"reset_duration":"1d"}}`)
		changed := b.ok("PUT", path+"/"+at(made, "model_config", "id").(string), `{"budget":{"max_limit":6,"reset_duration":"1d"}}`)
		b.is(changed, at(made, "model_config", "budgets", 0, "name"), "model_config", "budgets", 0, "name")
	}
	e := b.store.Set().Find(store.Model, "meta-llama-3").Value.(*config.KeptModel).Budgets[0]
	if e.Name != "model--meta-llama-3-1d" {
		t.Errorf("a plain name is %s", e.Name)
	}
}

// TestAlignedLater holds that the owner's calendar_aligned can be changed for the budgets that it has.
func TestAlignedLater(t *testing.T) {
	b := newBench(t)
	b.ok("POST", keys, `{"name":"k","provider_configs":[{"provider":"openai","allowed_models":["*"],"budgets":[{"max_limit":1,"reset_duration":"1w"}]}],"budgets":[{"max_limit":1,"reset_duration":"1d"},{"max_limit":1,"reset_duration":"1h"}]}`)
	for _, want := range []bool{true, false} {
		out := b.ok("PUT", keys+"/k", fmt.Sprintf(`{"calendar_aligned":%v}`, want))
		b.is(out, want, "virtual_key", "budgets", 0, "calendar_aligned")
		b.is(out, false, "virtual_key", "budgets", 1, "calendar_aligned")
		b.is(out, want, "virtual_key", "provider_configs", 0, "budgets", 0, "calendar_aligned")
	}
	b.is(b.ok("PUT", keys+"/k", `{"description":"x"}`), false, "virtual_key", "budgets", 0, "calendar_aligned")
	b.ok("POST", "/api/governance/teams", `{"name":"t","budget":{"max_limit":1,"reset_duration":"1d"}}`)
	b.is(b.ok("PUT", "/api/governance/teams/t", `{"calendar_aligned":true}`), true, "team", "budgets", 0, "calendar_aligned")
}

// TestGraceEnds holds that the keys before a key can be ended before their time, and not be added.
func TestGraceEnds(t *testing.T) {
	b := newBench(t)
	b.refused(400, "previous_until", "POST", keys, `{"name":"k","allow_all_providers":true,"previous_until":["2030-01-01T00:00:00Z"]}`)
	b.ok("POST", keys, `{"name":"k","allow_all_providers":true}`)
	b.ok("POST", keys+"/k/rotate", `{"grace_seconds":3600}`)
	out := b.ok("POST", keys+"/k/rotate", `{"grace_seconds":7200}`)
	b.is(out, "[2026-11-21T14:00:00Z 2026-11-21T13:00:00Z]", "virtual_key", "previous_until")
	b.refused(400, "previous_until[0]", "PUT", keys+"/k", `{"previous_until":["2030-01-01T00:00:00Z"]}`)
	out = b.ok("PUT", keys+"/k", `{"previous_until":["2026-11-21T13:00:00Z"]}`)
	b.is(out, "[2026-11-21T13:00:00Z]", "virtual_key", "previous_until")
	if n := len(b.store.Set().Find(store.VirtualKey, "k").Value.(*config.VirtualKey).Previous); n != 1 {
		t.Errorf("%d keys before it are good", n)
	}
	out = b.ok("PUT", keys+"/k", `{"previous_until":[]}`)
	b.is(out, nil, "virtual_key", "previous_until")
}

func TestKeyProviders(t *testing.T) {
	b := newBench(t)
	out := b.ok("POST", keys, `{"name":"p","provider_configs":[{"provider":"openai","weight":0.25,"allowed_models":["gpt-*"],"key_ids":["*"],"budgets":[{"max_limit":3,"reset_duration":"1d"}]},
		{"provider":"mistral","weight":0.75,"allowed_models":["*"],"blacklisted_models":["x"]}]}`)
	b.is(out, 250, "virtual_key", "provider_configs", 0, "weight")
	b.is(out, "[gpt-*]", "virtual_key", "provider_configs", 0, "allowed_models")
	b.is(out, 3, "virtual_key", "provider_configs", 0, "budgets", 0, "max_limit")
	b.is(out, "[]", "virtual_key", "budgets")
	b.is(out, "[*]", "virtual_key", "provider_configs", 1, "allowed_models")
	b.is(out, false, "virtual_key", "allow_all_providers")
	k := b.store.Set().Find(store.VirtualKey, "p").Value.(*config.VirtualKey)
	if len(k.Budgets) != 1 || !slices.Equal(k.Budgets[0].Providers, []string{"openai"}) || k.Budgets[0].Align != "rolling" || k.Providers[1].BlockedModels[0] != "x" {
		t.Errorf("kept %+v", k)
	}
	b.ok("PUT", keys+"/p", `{"description":"again"}`)
	if again := b.store.Set().Find(store.VirtualKey, "p").Value.(*config.VirtualKey); fmt.Sprint(again.Budgets) != fmt.Sprint(k.Budgets) || len(again.Providers) != 2 {
		t.Errorf("kept %+v", again)
	}
}

func TestRefusals(t *testing.T) {
	b := newBench(t)
	b.ok("POST", keys, `{"name":"there","allow_all_providers":true}`)
	f := b.refused
	f(400, "no JSON object", "POST", keys, `[`)
	f(400, "no JSON object", "POST", keys, `[]`)
	f(400, `unknown field`, "POST", keys, `{"name":"x","allow_all_providers":true,"quantum":1}`)
	f(400, `duplicate key`, "POST", keys, `{"name":"x","name":"y","allow_all_providers":true}`)
	f(400, `is_active is a string where true or false belongs`, "POST", keys, `{"name":"x","is_active":"yes"}`)
	f(400, `budgets is an object where a list belongs`, "POST", keys, `{"name":"x","budgets":{}}`)
	f(400, `rate_limit.request_max_limit is the number 1.5 where a whole number belongs`, "POST", keys, `{"name":"x","rate_limit":{"request_max_limit":1.5}}`)
	f(400, `weight is a list where a number belongs`, "POST", keys, `{"name":"x","provider_configs":[{"weight":[]}]}`)
	f(400, "name is missing", "POST", keys, `{"allow_all_providers":true}`)
	f(400, "could be served by nobody", "POST", keys, `{"name":"x"}`)
	f(400, "leave one of them out", "POST", keys, `{"name":"x","allow_all_providers":true,"provider_configs":[{"provider":"openai","allowed_models":["*"]}]}`)
	f(400, `write ["*"] for all`, "POST", keys, `{"name":"x","provider_configs":[{"provider":"openai"}]}`)
	f(400, "not both", "POST", keys, `{"name":"x","allow_all_providers":true,"team_id":"filed-team","customer_id":"c"}`)
	f(400, `no team with the id or name "nobody"`, "POST", keys, `{"name":"x","allow_all_providers":true,"team_id":"nobody"}`)
	f(400, "could be guessed", "POST", keys, `{"name":"x","allow_all_providers":true,"value":"short"}`)
	f(400, "is no window of time", "POST", keys, `{"name":"x","allow_all_providers":true,"budgets":[{"max_limit":1,"reset_duration":"30s"}]}`)
	f(400, "two budgets for 1d", "POST", keys, `{"name":"x","allow_all_providers":true,"budgets":[{"max_limit":1,"reset_duration":"1d"},{"max_limit":2,"reset_duration":"1d"}]}`)
	f(400, "at least 1", "POST", keys, `{"name":"x","allow_all_providers":true,"rate_limit":{"request_max_limit":0,"request_reset_duration":"1m"}}`)
	f(400, "at most 1099511627776", "POST", keys, `{"name":"x","allow_all_providers":true,"rate_limit":{"request_max_limit":9223372036854775807,"request_reset_duration":"1m"}}`)
	f(400, "no gateway for MCP", "POST", keys, `{"name":"x","allow_all_providers":true,"mcp_configs":[{}]}`)
	// the whole configuration is checked, and all of its problems are told
	f(400, `virtual_keys["x"].budgets[0].usd: cannot be negative (-1); store: virtual_keys["x"].providers[0].provider: no provider is named "opanai"; hint: did you mean openai?`, "POST", keys,
		`{"name":"x","provider_configs":[{"provider":"opanai","allowed_models":["*"]}],"budgets":[{"max_limit":-1,"reset_duration":"1d"}]}`)
	f(400, "cannot be the name of a virtual key", "POST", keys, `{"name":"a:b","allow_all_providers":true}`)
	f(400, "is the secret of", "POST", keys, `{"name":"x","allow_all_providers":true,"value":"sk-bf-of-the-file-0001"}`)
	f(400, "is the admin token", "POST", keys, `{"name":"x","allow_all_providers":true,"value":"the-token-of-operators"}`)
	f(400, "is the admin token", "POST", keys+"/there/rotate", `{"value":"the-token-of-operators"}`)
	f(400, "begins as the admin tokens", "POST", keys, `{"name":"x","allow_all_providers":true,"value":"asbru-admin-0123456789abcdef"}`)
	f(400, "begins as the admin tokens", "POST", keys+"/there/rotate", `{"value":"asbru-admin-0123456789abcdef"}`)
	f(409, "already", "POST", keys, `{"name":"there","allow_all_providers":true}`)
	f(409, `cannot change virtual key "filed": it stands in`, "POST", keys, `{"name":"filed","allow_all_providers":true}`)
	f(409, "it stands in", "PUT", keys+"/filed", `{"is_active":false}`)
	f(409, "it stands in", "DELETE", keys+"/filed", "")
	f(409, "it stands in", "POST", keys+"/filed/rotate", "")
	f(409, "counted under its name", "PUT", keys+"/there", `{"name":"else"}`)
	f(400, "/rotate", "PUT", keys+"/there", `{"value":"sk-bf-0123456789abcdef"}`)
	f(412, "revision 1, not 7", "PUT", keys+"/there", `{"is_active":false}`, `If-Match: "7"`)
	f(400, "it is 0 to", "POST", keys+"/there/rotate", `{"grace_seconds":10000000}`)
	f(404, "there is no such path", "GET", "/api/governance/nothing", "")
	f(404, "there is no such path", "GET", keys+"/there/else", "")
	f(405, "use GET, POST", "DELETE", keys, "")
	f(400, "limit", "GET", keys+"?limit=-1", "")
	f(413, "larger than", "POST", keys, `{"name":"`+strings.Repeat("x", maxBody)+`"}`)
	if s := b.h.o.Plane.Status(); s.LastError != "" || s.Refused != 0 {
		t.Errorf("what was only tried left a mark: %+v", s)
	}
	b.ok("PUT", keys+"/there", `{"is_active":false}`, `If-Match: "1"`)
}

// TestNamedByTheFile holds that a team of the store stays while a key of the file spends its budget.
func TestNamedByTheFile(t *testing.T) {
	b := newBench(t)
	b.ok("POST", "/api/governance/customers", `{"name":"filed-customer","budget":{"max_limit":5,"reset_duration":"1d"}}`)
	b.refused(409, `team "filed-team" of the configuration file has it`, "DELETE", "/api/governance/customers/filed-customer", "")
}

func TestOwners(t *testing.T) {
	b := newBench(t)
	const teams, customers = "/api/governance/teams", "/api/governance/customers"
	c := at(b.ok("POST", customers, `{"name":"acme","budget":{"max_limit":500,"reset_duration":"1M"}}`), "customer", "id").(string)
	out := b.ok("POST", teams, `{"name":"core","customer_id":"`+c+`","rate_limit":{"request_max_limit":5,"request_reset_duration":"1m"},"budget":{"max_limit":50,"reset_duration":"1d"}}`)
	b.is(out, "acme", "team", "customer", "name")
	b.is(out, c, "team", "customer_id")
	b.is(out, 50, "team", "budgets", 0, "max_limit")
	team := at(out, "team", "id").(string)
	out = b.ok("POST", keys, `{"name":"k","team_id":"`+team+`","allow_all_providers":true}`)
	b.is(out, team, "virtual_key", "team_id")
	key := b.served.Load().Caller([]byte(at(out, "virtual_key", "value").(string)))
	if key == nil || key.Team != "core" || key.Customer != "acme" {
		t.Errorf("%+v", key)
	}
	b.refused(409, `virtual-key "k" has it`, "DELETE", teams+"/"+team, "")
	b.refused(409, `team "core" has it`, "DELETE", customers+"/"+c, "")
	b.ok("PUT", teams+"/"+team, `{"budget":{},"rate_limit":{}}`)
	out = b.ok("GET", teams+"/core", "")
	b.is(out, "[]", "team", "budgets")
	b.is(out, nil, "team", "rate_limit")

	b.ok("PUT", customers+"/"+c+"/budgets/1M/override", `{"amount":25,"mode":"cycles","cycles":2,"reason":"trade fair"}`)
	o := b.store.Set().Find(store.Customer, "acme").Value.(*config.Customer).Budgets[0].Overrides
	if len(o) != 1 || o[0].USD != 25 || o[0].Until != "2027-01-21T12:00:00Z" || o[0].Reason != "trade fair" {
		t.Errorf("override %+v", o)
	}
	b.ok("PUT", customers+"/"+c, `{"budget":{"max_limit":600,"reset_duration":"1M"}}`)
	if o := b.store.Set().Find(store.Customer, "acme").Value.(*config.Customer).Budgets[0]; o.USD != 600 || len(o.Overrides) != 1 {
		t.Errorf("an update lost the override: %+v", o)
	}
	b.refused(400, "cycles is 1, and the mode is to add", "PUT", customers+"/"+c+"/budgets/1M/override", `{"amount":25,"cycles":1}`)
	b.ok("DELETE", customers+"/"+c+"/budgets/1M/override", "")
	b.refused(404, `no budget "1Y"`, "PUT", customers+"/"+c+"/budgets/1Y/override", `{"amount":1}`)
	b.refused(400, "amount is missing", "PUT", customers+"/"+c+"/budgets/1M/override", `{}`)
}

func TestModelsAndProviders(t *testing.T) {
	b := newBench(t)
	const models, providers = "/api/governance/model-configs", "/api/governance/providers"
	out := b.ok("POST", models, `{"model_name":"gpt-4o","provider":"openai","budget":{"max_limit":5,"reset_duration":"1d"}}`)
	b.is(out, "global", "model_config", "scope")
	doc := b.h.o.Plane.Status().Document
	if len(doc.Budgets) != 1 || doc.Budgets[0].Name != "model-openai-gpt-4o-1d" || doc.Budgets[0].Models[0] != "gpt-4o" || doc.Budgets[0].Providers[0] != "openai" {
		t.Errorf("budgets %+v", doc.Budgets)
	}
	b.ok("POST", keys, `{"name":"k","allow_all_providers":true}`)
	out = b.ok("POST", models, `{"model_name":"fast","scope":"virtual_key","scope_id":"k","budgets":[{"max_limit":5,"reset_duration":"1d"}]}`)
	doc = b.h.o.Plane.Status().Document
	if k := doc.VirtualKeys[1]; k.Name != "k" || len(k.Budgets) != 1 || k.Budgets[0].Models[0] != "fast" {
		t.Errorf("budgets %+v", k)
	}
	b.refused(409, `model "k fast" has it`, "DELETE", keys+"/k", "")
	b.ok("DELETE", models+"/"+at(out, "model_config", "id").(string), "")
	b.ok("POST", models, `{"model_name":"fast","rate_limit":{"request_max_limit":5,"request_reset_duration":"1m"}}`)
	if m := b.h.o.Plane.Status().Document.Models[0]; len(m.RateLimits) != 1 {
		t.Errorf("an alias: %+v", m)
	}
	b.refused(400, "only an alias", "POST", models, `{"model_name":"gpt-5","rate_limit":{"request_max_limit":5,"request_reset_duration":"1m"}}`)
	b.is(b.ok("GET", models, ""), 2, "total_count")

	out = b.ok("PUT", providers+"/mistral", `{"budget":{"max_limit":9,"reset_duration":"1w"}}`)
	b.is(out, "mistral", "provider", "provider")
	b.is(out, 9, "provider", "budgets", 0, "max_limit")
	b.is(out, 1000, "provider", "rate_limit", "request_max_limit")
	if p := b.h.o.Plane.Status().Document.Providers[1]; len(p.Budgets) != 1 || len(p.RateLimits) != 1 {
		t.Errorf("what the file says was added again: %+v", p)
	}
	b.ok("PUT", providers+"/mistral/budgets/1w/override", `{"amount":1}`)
	b.ok("DELETE", providers+"/mistral", "")
	b.refused(404, "nothing to delete", "DELETE", providers+"/mistral", "")
	b.refused(404, "no provider", "PUT", providers+"/nobody", `{}`)
	b.is(b.ok("GET", providers, ""), 2, "total_count")
}

func TestPrices(t *testing.T) {
	b := newBench(t)
	const prices = "/api/governance/pricing-overrides"
	out := b.ok("POST", prices, `{"name":"cheap","scope_kind":"provider","provider_id":"openai","match_type":"wildcard","pattern":"gpt-*","request_types":["chat_completion"],
		"pricing_patch":"{\"input_cost_per_token\":0.0000025}"}`)
	id := at(out, "pricing_override", "id").(string)
	b.is(out, "provider", "pricing_override", "scope_kind")
	b.is(out, 0.0000025, "pricing_override", "pricing_patch", "input_cost_per_token")
	o := b.store.Set().Find(store.Override, "cheap").Value.(*config.PriceOverride)
	if *o.Input != 2.5 || o.Model != "gpt-*" || o.Operations[0] != "chat" || o.Scope.Provider != "openai" {
		t.Errorf("kept %+v", o)
	}
	b.ok("PUT", prices+"/"+id, `{"patch":{"output_cost_per_token":0.00001},"pricing_patch":null}`)
	b.refused(400, "there is no such price here", "PUT", prices+"/"+id, `{"patch":{"cost_of_living":1}}`)
	b.refused(400, "do not go together", "POST", prices, `{"name":"x","scope_kind":"virtual_key","pattern":"*","factor":2}`)
	b.refused(400, "changes nothing", "POST", prices, `{"name":"x","pattern":"*"}`)
	b.ok("DELETE", prices+"/"+id, "")
}

func TestLists(t *testing.T) {
	b := newBench(t)
	for i := range 5 {
		b.ok("POST", keys, fmt.Sprintf(`{"name":"k%d","allow_all_providers":true,"budgets":[{"max_limit":1,"reset_duration":"1d"}]}`, i))
	}
	out := b.ok("GET", keys, "")
	b.is(out, 6, "count")
	b.is(out, "filed", "virtual_keys", 0, "name")
	b.is(out, "file", "virtual_keys", 0, "source")
	b.is(out, true, "virtual_keys", 0, "read_only")
	b.is(out, 50, "virtual_keys", 0, "budgets", 0, "max_limit")
	out = b.ok("GET", keys+"?limit=2&offset=1&search=K", "")
	b.is(out, 2, "count")
	b.is(out, 5, "total_count")
	b.is(out, "k1", "virtual_keys", 0, "name")
	b.is(b.ok("GET", keys+"?team_id=filed-team", ""), 1, "total_count")
	out = b.ok("GET", "/api/governance/budgets", "")
	b.is(out, 9, "total_count")
	b.is(out, "filed", "budgets", 0, "virtual_key_id")
	b.is(b.ok("GET", "/api/governance/budgets/filed-team.1d", ""), 100, "budget", "max_limit")
	b.is(b.ok("GET", "/api/governance/rate-limits", ""), "mistral", "rate_limits", 0, "provider_name")
}

func TestQuota(t *testing.T) {
	b := newBench(t)
	b.balance["key filed: 1M"] = govern.Balance{Cap: 50e9, Spent: 20e9, Held: 5e9}
	f := func(head string) {
		t.Helper()
		out := b.ok("GET", QuotaPath, "", head)
		b.is(out, "filed", "virtual_key_name")
		b.is(out, true, "is_active")
		b.is(out, 20, "budgets", 0, "current_usage")
		b.is(out, 25, "budgets", 0, "remaining")
		b.is(out, "[*]", "allowed_models")
		b.is(out, 100, "team", "budgets", 0, "max_limit")
	}
	for _, h := range []string{"x-bf-vk: ", "Authorization: Bearer ", "x-api-key: ", "api-key: ", "x-goog-api-key: "} {
		f(h + "sk-bf-of-the-file-0001")
	}
	b.refused(401, "no virtual key was sent", "GET", QuotaPath, "")
	b.refused(401, "the virtual key is unknown", "GET", QuotaPath, "", "x-bf-vk: sk-bf-guessed")
	b.refused(405, "use GET", "POST", QuotaPath, "", "x-bf-vk: sk-bf-of-the-file-0001")
	key := at(b.ok("POST", keys, `{"name":"off","is_active":false,"allow_all_providers":true}`), "virtual_key", "value").(string)
	b.is(b.ok("GET", QuotaPath, "", "x-bf-vk: "+key), false, "is_active")
}

func TestWithoutStore(t *testing.T) {
	b := newBench(t)
	b.h.o.Store = nil
	b.is(b.ok("GET", keys, ""), 1, "count")
	b.refused(409, "has no store", "POST", keys, `{"name":"x","allow_all_providers":true}`)
}

func TestStoreLost(t *testing.T) {
	b := newBench(t)
	b.store.Close()
	b.refused(http.StatusServiceUnavailable, "does not answer", "POST", keys, `{"name":"x","allow_all_providers":true}`)
	if len(b.served.Load().Keys) != 1 {
		t.Error("a key that was not kept is served")
	}
}

func TestUntil(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 30, 0, 0, time.UTC) // a Saturday
	f := func(b config.Budget, cycles int, want string) {
		t.Helper()
		if got := until(&b, now, cycles).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%+v, %d cycles: %s, want %s", b, cycles, got, want)
		}
	}
	f(config.Budget{Window: "1d"}, 1, "2026-11-22T00:00:00Z")
	f(config.Budget{Window: "1w"}, 1, "2026-11-23T00:00:00Z")
	f(config.Budget{Window: "1M", TimeZone: "Europe/Berlin"}, 2, "2026-12-31T23:00:00Z")
	f(config.Budget{Window: "1Q"}, 1, "2027-01-01T00:00:00Z")
	f(config.Budget{Window: "1Y"}, 1, "2027-01-01T00:00:00Z")
	f(config.Budget{Window: "1M", Align: "rolling"}, 1, "2026-12-21T12:30:00Z")
	f(config.Budget{Window: "90m"}, 2, "2026-11-21T15:30:00Z")
}

func TestSpans(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		d, ok := span(text)
		if !ok || duration(d) != want {
			t.Errorf("%s is %v and shown as %s, want %s", text, d, duration(d), want)
		}
	}
	for _, x := range [][2]string{{"30s", "30s"}, {"60s", "1m"}, {"5m", "5m"}, {"1h", "1h"}, {"24h", "1d"}, {"1w", "1w"}, {"1M", "1M"}, {"1Y", "1Y"}, {"1Q", "90d"}, {"90m", "90m"}} {
		f(x[0], x[1])
	}
	for _, bad := range []string{"", "1", "s", "-1s", "0m", "2Y", "1x", "1.5h", "999999999999999999999s"} {
		if d, ok := span(bad); ok {
			t.Errorf("%q is %v", bad, d)
		}
	}
}

// TestParts holds that a budget and a rate limit are found by the name of their holder as well as by its id, unless two have the name.
func TestParts(t *testing.T) {
	b := newBench(t)
	out := b.ok("POST", keys, `{"name":"R&D","allow_all_providers":true,"budgets":[{"max_limit":1,"reset_duration":"1d"}],"rate_limit":{"request_max_limit":5,"request_reset_duration":"1m"}}`)
	id := at(out, "virtual_key", "id").(string)
	for _, path := range []string{id + ".1d", "R%26D.1d"} {
		b.is(b.ok("GET", "/api/governance/budgets/"+path, ""), id+".1d", "budget", "id")
	}
	b.is(b.ok("GET", "/api/governance/rate-limits/R%26D.rate-1", ""), id+".rate-1", "rate_limit", "id")
	b.is(b.ok("GET", "/api/governance/budgets?search=r%26d", ""), id+".1d", "budgets", 0, "id")
	b.is(b.ok("GET", "/api/governance/budgets?search="+id, ""), id+".1d", "budgets", 0, "id")
	b.is(b.ok("GET", "/api/governance/budgets/filed-team.1d", ""), "filed-team", "budget", "team_id")
	b.ok("POST", "/api/governance/teams", `{"name":"R&D","budget":{"max_limit":5,"reset_duration":"1d"}}`)
	b.refused(409, "there are 2 budgets with the name", "GET", "/api/governance/budgets/R%26D.1d", "")
	b.is(b.ok("GET", "/api/governance/budgets/"+id+".1d", ""), id, "budget", "virtual_key_id")
	b.refused(404, "no budget with the id or name", "GET", "/api/governance/budgets/R%26D.7d", "")
}

// TestRotateChunked holds that a client which sends its body in chunks may send an empty one, and that a body counts that way too.
func TestRotateChunked(t *testing.T) {
	b := newBench(t)
	b.ok("POST", keys, `{"name":"k","allow_all_providers":true}`)
	rotate := func(body string) (int, string) {
		r := httptest.NewRequest("POST", keys+"/k/rotate", io.MultiReader(strings.NewReader(body)))
		if r.ContentLength != -1 {
			t.Fatal("the length is known")
		}
		w := httptest.NewRecorder()
		b.h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if code, body := rotate(""); code != 200 {
		t.Errorf("without a body: %d %s", code, body)
	}
	if code, body := rotate(`{"grace_seconds":3600}`); code != 200 || !strings.Contains(body, `"previous_until":[`) {
		t.Errorf("with one: %d %s", code, body)
	}
	if code, body := rotate(` `); code != 400 {
		t.Errorf("with a blank: %d %s", code, body)
	}
}
